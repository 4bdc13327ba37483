using System.Text;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Recording;

public sealed class RecorderTests : IDisposable
{
    // A drop of an emulated e1000 on 6.1, one on loopback, a hole, a stack whose event fell into it, and noise.
    private const string Trace =
        """
                  <idle>-0       [000] ..s1.    11.231914: kfree_skb: skbaddr=00000000c12d7600 protocol=2048 location=__udp4_lib_rcv+0x9a2/0xc30 reason: NO_SOCKET
                  <idle>-0       [000] ..s1.    11.232050: <stack trace>
         => trace_event_raw_event_kfree_skb+0x7a/0xc0
         => kfree_skb_reason+0x7b/0xd0
         => __udp4_lib_rcv+0x9a2/0xc30
         => ip_protocol_deliver_rcu+0xd8/0x210
         => netif_receive_skb_list_internal+0x1cd/0x300
         => napi_complete_done+0x6d/0x1a0
         => e1000_clean+0x296/0x6b0 [e1000]
         => __napi_poll+0x2b/0x160
         => net_rx_action+0x2a0/0x350
         => handle_softirqs+0xd7/0x280
           we ird-[3]: 5-104     [000] ..s1.    12.000000: kfree_skb: skbaddr=00000000c12d7900 protocol=34525 location=ip6_mc_input+0x9a/0x1f0 reason: NOT_SPECIFIED
        CPU:0 [LOST 34 EVENTS]
                 dropgen-104     [000] ..s1.    12.500000: <stack trace>
         => trace_event_raw_event_kfree_skb+0x7a/0xc0
         => kfree_skb_reason+0x7b/0xd0
        what is this

        """;

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_task_without_a_name_is_a_task()
    {
        const string NoName = "                -0       [000] ..s1.     1.000001: kfree_skb: skbaddr=ffff888000001000 protocol=2048 location=a+0x1/0x2 reason: NO_SOCKET\n";
        Record(recorder => recorder.Feed(0, Encoding.UTF8.GetBytes(NoName + NoName)), openedNs: 1_000_000_000);
        Assert.Equal([[0L, "", 2L]], Query("SELECT pid, comm, count(*) FROM drops GROUP BY 1, 2"));
    }

    [Fact]
    public void Text_becomes_attributed_rows()
    {
        Totals totals = Record(recorder => recorder.Feed(0, Encoding.UTF8.GetBytes(Trace)), openedNs: 11_000_000_000);
        Assert.Equal(
            [
                [231_914_000L, 0L, "<idle>", "NO_SOCKET", "__udp4_lib_rcv", "e1000", "module", 1L, 1L],
                [1_000_000_000L, 0L, "we ird-[3]: 5", "NOT_SPECIFIED", "ip6_mc_input", null, null, null, 13L],
            ],
            Query("SELECT t_ns, cpu, comm, reason, function, driver, driver_rule, stack_id, raw_line FROM drops ORDER BY t_ns"));
        Assert.Equal([["__udp4_lib_rcv", "e1000_clean"]], Query(
            "SELECT (SELECT symbol FROM frames WHERE depth = 0), (SELECT symbol FROM frames WHERE module = 'e1000')"));
        Assert.Equal([[0L, 34L, 0L]], Query("SELECT * FROM lost"));
        Assert.Equal([[0L, 18L, "unparsed_prose", "what is this"]], Query("SELECT cpu, raw_line, kind, text FROM unparsed"));
        Assert.Equal([[18L]], Query("SELECT sum(lines) FROM line_count"));
        Assert.Equal([[18L]], Query("SELECT sum(lines) FROM raw_chunk"));

        Assert.Equal(2, totals.Drops);
        Assert.Equal(34, totals.Lost);
        Assert.Equal(1, totals.Unparsed);
        Assert.Equal(1, totals.OrphanStacks);
        Assert.Equal(1, totals.Stacks);
        Assert.Equal([new("NO_SOCKET", 1), new("NOT_SPECIFIED", 1)], totals.By(tally => tally.Reason?.Name));
    }

    [Fact]
    public void The_window_opens_with_the_first_event_where_nobody_says_when()
    {
        Record(recorder => recorder.Feed(null, Encoding.UTF8.GetBytes(Trace)));
        Assert.Equal(0L, Query("SELECT min(t_ns) FROM drops")[0][0]);
    }

    [Fact]
    public void Equal_stacks_of_two_streams_are_one()
    {
        Totals totals = Record(recorder =>
        {
            recorder.Feed(0, Encoding.UTF8.GetBytes(Trace));
            recorder.Feed(1, Encoding.UTF8.GetBytes(Trace));
        });
        Assert.Equal(4, totals.Drops);
        Assert.Equal(1, totals.Stacks);
        Assert.Equal([2L, 2L], totals.Sites.Select(tally => tally.Drops));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void However_the_bytes_are_cut_they_come_back_and_mean_the_same(int seed)
    {
        // Longer than a chunk, with bytes of every value, a line longer than a chunk and a last line without its end.
        var random = new Random(seed);
        var noise = new byte[3_000];
        random.NextBytes(noise);
        byte[] text =
        [
            .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Trace, 300))), .. noise,
            .. Encoding.UTF8.GetBytes("\n" + new string('x', 1_500_000) + "\n" + Trace.TrimEnd('\n')),
        ];
        Record(recorder => recorder.Feed(0, text));
        List<object?[]> whole = Query("SELECT t_ns, comm, reason, function, driver, raw_line FROM drops ORDER BY id");

        Record(recorder =>
        {
            for (int at = 0; at < text.Length;)
            {
                int length = Math.Min(random.Next(1, random.Next(2) == 0 ? 50 : 60_000), text.Length - at);
                recorder.Feed(0, text.AsSpan(at, length));
                at += length;
                if (random.Next(10) == 0) recorder.Commit();
            }
        });
        Assert.Equal(whole, Query("SELECT t_ns, comm, reason, function, driver, raw_line FROM drops ORDER BY id"));
        Assert.True(Raw(0).AsSpan().SequenceEqual(text));
        Assert.Equal(Query("SELECT sum(lines) FROM line_count"), Query("SELECT sum(lines) FROM raw_chunk"));
    }

    [Fact]
    public void A_raw_line_is_the_line_of_that_number()
    {
        Record(recorder => recorder.Feed(0, Encoding.UTF8.GetBytes("a comm can\nhold anything\n" + Trace)));
        string[] lines = Encoding.UTF8.GetString(Raw(0)).Split('\n');
        foreach (object?[] drop in Query("SELECT raw_line, location FROM drops")) Assert.Contains((string)drop[1]!, lines[(long)drop[0]! - 1]);
    }

    [Fact]
    public void A_commit_keeps_the_lines_that_are_whole()
    {
        byte[] text = Encoding.UTF8.GetBytes(Trace);
        using CaptureWriter writer = CaptureWriter.Create(Path, force: false);
        writer.SetCapture(Made.Capture());
        var recorder = new Recorder(writer, ReasonTable.Empty);
        recorder.Feed(0, text.AsSpan(0, 500));
        recorder.Commit();
        Assert.Equal(text[..(Array.LastIndexOf(text, (byte)'\n', 499) + 1)], Raw(0));
    }

    [Fact]
    public void A_failing_decoder_costs_no_bytes_and_leaves_word()
    {
        byte[] text = Encoding.UTF8.GetBytes(Trace);
        Totals totals = Record(recorder =>
        {
            recorder.Feed(0, text);
            recorder.Decode = (_, _) => throw new InvalidOperationException("a defect");
            recorder.Feed(0, text);
            recorder.Feed(0, text);
        });
        Assert.Equal(1, totals.FaultyStreams);
        Assert.Equal([.. text, .. text, .. text], Raw(0));
        Assert.Contains("a defect", (string)Query("SELECT text FROM unparsed WHERE kind = 'decoder_fault'")[0][0]!);
    }

    [Fact]
    public void A_drop_like_one_before_allocates_nothing() =>
        AllocatesNothing(Trace[..Trace.IndexOf("CPU:0", StringComparison.Ordinal)]);

    [Theory]
    [InlineData("udp")]
    [InlineData("vxlan")]
    public void A_drop_with_its_packet_like_one_before_allocates_nothing(string sample)
    {
        string line = PacketSamples.Of(sample).Skb.Line();
        string stack = Trace[Trace.IndexOf(" =>", StringComparison.Ordinal)..Trace.IndexOf("   we ird", StringComparison.Ordinal)];
        string head = line[..(line.IndexOf(": ", StringComparison.Ordinal) + 2)];
        AllocatesNothing($"{line}\n{head}<stack trace>\n{stack}");
        Assert.Equal([[200L, 0L, 200L, "lo"]], Query("select count(*), sum(stack_id is null), sum(src is not null), max(interface) from drops"));
    }

    private void AllocatesNothing(string trace)
    {
        byte[] text = Encoding.UTF8.GetBytes(trace);
        Record(recorder =>
        {
            for (int i = 0; i < 100; i++) recorder.Feed(0, text);
            recorder.Commit(); // room in the chunk for the rest
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++) recorder.Feed(0, text);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        });
    }

    // The summary cannot read the view: it is shown before the rows are there.
    [Theory]
    [InlineData(14)]
    [InlineData(340)]
    public void The_summary_and_the_view_of_losses_have_the_same_numbers(long byRing)
    {
        Totals totals = Record(recorder =>
        {
            recorder.Feed(0, Encoding.UTF8.GetBytes(Trace + "CPU:0 [LOST EVENTS]\n"));
            recorder.AddRingLoss(0, byRing);
            recorder.AddRingLoss(1, 5);
        });

        Assert.Equal(Math.Max(34, byRing) + 5, totals.Lost);
        Assert.Equal(totals.LossesByCpu.OrderBy(lost => lost.Cpu).Select(lost => new object?[] { (long)lost.Cpu, lost.Records, lost.Uncounted }), Query("SELECT * FROM lost ORDER BY cpu"));
    }

    private Totals Record(Action<Recorder> record, long? openedNs = null)
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: true);
        var recorder = new Recorder(writer, ReasonTable.Empty) { OpenedNs = openedNs };
        record(recorder);
        recorder.Complete();
        writer.SetCapture(Made.Capture(recorder.OpenedNs));
        Assert.True(writer.Finish());
        return recorder.Totals;
    }

    private byte[] Raw(int? cpu)
    {
        using CaptureReader reader = CaptureReader.Open(Path);
        using var text = new MemoryStream();
        reader.ReadRaw(cpu, text);
        return text.ToArray();
    }

    private List<object?[]> Query(string sql)
    {
        using CaptureReader reader = CaptureReader.Open(Path);
        return Rows.Of(reader, sql);
    }
}
