using System.Text;
using DropForensics.Capture;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Recording;
using DropForensics.Core.RingPages;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>Text and pages from one ring: nothing is lost, nothing comes twice, nothing comes in another order.</summary>
[Collection(LiveCollection.Name)]
public sealed class TransportTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public TransportTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    private string File => _directory.File("x.db");

    [Fact]
    public void Random_changes_between_text_and_pages_under_load_lose_and_double_nothing()
    {
        const int Datagrams = 20_000;
        ArmedEvent[] armed = [new() { Id = "skb:kfree_skb", Kind = ProbeKind.Tracepoint, Directory = DropTracepoint.Directory, Trigger = "stacktrace" }];
        using var kernel = new ArmedKernel(_host.Tracefs, TracefsWriter.Real);
        kernel.MakeRing(32 * 1024, measureCost: false);
        kernel.Define(armed);
        var pages = RingPages.Prepare(new HostRoot(), _host.Tracefs, kernel.Ring, armed, TransportKind.Pages);
        kernel.MakeCounters();
        var renderer = pages.Renderer!;   // Prepare would have thrown
        var (changes, texts) = (0, new Dictionary<int, LineBuffer>());
        using (var pipes = kernel.OpenPipes(withPages: true))
        {
            Lane[] lanes = [.. pipes.All.Select((text, i) => new Lane(text, pipes.Pages[i], renderer.PageBytes, pagesOnly: false))];
            kernel.Arm();
            kernel.OpenGates();
            Exception? failure = null;
            var sending = new Thread(() => failure = Record.Exception(() => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, Datagrams))));
            sending.Start();
            var random = new Random(4);
            var block = new Block();
            var isOver = false;
            while (true)
            {
                var any = false;
                foreach (var lane in lanes)
                {
                    changes++;
                    lane.Change(toPages: random.Next(2) == 0);
                    lane.Fill(block, pagesAllowed: true);
                    any |= block.Length > 0;
                    Take(block, renderer, texts);
                }

                if (isOver && !any) break;
                if (isOver || sending.IsAlive) continue;
                kernel.ShutGates();
                isOver = true;
            }

            Assert.Null(failure);
            kernel.Disarm();
        }

        Assert.InRange(changes, 100, int.MaxValue);
        Assert.Equal(0, renderer.Unrendered);
        long events = 0, stacks = 0;
        foreach (var (cpu, buffer) in texts)
        {
            string[] heads = [.. Encoding.Latin1.GetString(buffer.Written).Split('\n').Where(line => line.Contains(": kfree_skb: ") || line.EndsWith(": <stack trace>"))];
            events += heads.LongCount(line => line.Contains(": kfree_skb: "));
            stacks += heads.LongCount(line => line.EndsWith(": <stack trace>"));
            var times = heads.Select(line => decimal.Parse(line.Split(": ")[0].Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(times.Order(), times);
            Assert.DoesNotContain("LOST", Encoding.Latin1.GetString(buffer.Written));
            string[] lines = [.. heads.Where(line => line.Contains(": kfree_skb: "))];
            Assert.Equal(lines.Length, lines.Distinct().Count());
        }

        var (counted, slack) = kernel.Counts().Drops is { } drops ? (drops.Total, drops.Slack) : default;   // this kernel has counters
        Assert.InRange(events, Math.Max(Datagrams, counted - slack), counted + kernel.Ring.Cpus.Count);
        Assert.InRange(stacks, events - kernel.Ring.Cpus.Count, events + kernel.Ring.Cpus.Count);
    }

    [Fact]
    public void In_a_flood_the_agent_goes_over_to_pages_and_loses_nothing()
    {
        var finished = Agent.Around(
            _host, () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 60_000)), "--duration", "50s", "-o", File, "--json", "--probe", "tracepoint");

        Assert.True(finished.ExitCode == 0, finished.ToString());
        var json = Agent.Json(finished);
        Assert.Equal(0, json.GetProperty("lost").GetInt64());
        Assert.InRange(Db.Scalar<long>(File, "select count(*) from drops where reason = 'NO_SOCKET'"), 60_000, long.MaxValue);
        var (counted, slack) = (Db.Scalar<long>(File, "select witness_drops from capture"), Db.Scalar<long>(File, "select witness_slack from capture"));
        Assert.InRange(Db.Scalar<long>(File, "select count(*) from drops"), counted - slack, counted);
        Assert.Equal("both", Db.Scalar<string>(File, "select transport from capture"));
        CaptureLedger.AssertEveryLineIsAccountedFor(File);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("pages")]
    public void With_a_ring_too_small_what_is_captured_and_what_is_lost_is_all_that_happened(string transport)
    {
        var finished = Agent.Around(
            _host, () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 60_000)),
            "--duration", "50s", "-o", File, "--json", "--probe", "tracepoint", "--buffer", "64KiB", "--transport", transport);

        Assert.True(finished.ExitCode == 4, finished.ToString());
        var lost = Agent.Json(finished).GetProperty("lost").GetInt64();
        Assert.InRange(lost, 1, long.MaxValue);
        using var reader = CaptureReader.Open(File);
        using var raw = new MemoryStream();
        foreach (var stream in reader.Streams()) reader.ReadRaw(stream.Cpu, raw);
        var stacks = Encoding.Latin1.GetString(raw.ToArray()).Split(": <stack trace>\n").Length - 1;
        var drops = Db.Scalar<long>(File, "select count(*) from drops");

        // An event and its stack are a record each. At the two ends of the window a CPU may have recorded one without the other.
        var (counted, slack) = (Db.Scalar<long>(File, "select witness_drops from capture"), Db.Scalar<long>(File, "select witness_slack from capture"));
        Assert.InRange(drops + stacks + lost, (2 * (counted - slack)) - 4, (2 * counted) + 4);
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private static void Take(Block block, PageRenderer renderer, Dictionary<int, LineBuffer> texts)
    {
        if (!texts.TryGetValue(block.Cpu, out var lines)) texts.Add(block.Cpu, lines = new LineBuffer());
        ReadOnlySpan<byte> bytes = block.Bytes.AsSpan(0, block.Length);
        if (block.PageBytes == 0)
        {
            lines.Append(bytes);
            return;
        }

        for (; !bytes.IsEmpty; bytes = bytes[block.PageBytes..]) renderer.Render(lines, block.Cpu, bytes[..block.PageBytes]);
    }
}
