using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Replay;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Replay;

public sealed class ReplayTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Drops_of_all_CPUs_come_in_the_order_of_their_time()
    {
        Write(Path, Whole, [(0, Event(101) + Event(103) + Event(105)), (1, Event(100.5, cpu: 1) + Event(102, cpu: 1) + Event(109, cpu: 1))]);
        Assert.Equal(
            ["+0.500000 CPU 1", "+1.000000 CPU 0", "+2.000000 CPU 1", "+3.000000 CPU 0", "+5.000000 CPU 0", "+9.000000 CPU 1"],
            Replayed().Select(line => line[..15]));
    }

    [Fact]
    public void A_line_says_what_is_known_and_leaves_out_what_is_not()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000, task: "sshd-811"))]);
        Assert.Equal("+1.000000 CPU 0 NO_SOCKET in __udp4_lib_rcv, driver e1000, IPv4, task sshd-811", Assert.Single(Replayed()));
        string[] lines = Replayed(stacks: true);
        Assert.Equal("    __udp4_lib_rcv+0x4bc", lines[1]); // the deciding function first
        Assert.Contains("    e1000_clean+0x296 [e1000]", lines);
        Assert.Contains(
            ", lo, UDP 127.0.0.1:40001 > 127.0.0.1:9, 15 B, task dropgen-640",
            Replayed(Repository.At("fixtures", "captures", "packets.db"))[0]);
    }

    [Theory]
    [InlineData("packets")]
    [InlineData("drivers")]
    [InlineData("scenarios/tcp6-closed-port")]
    public void JSON_lines_are_the_rows_of_the_view_drops(string name)
    {
        string capture = Repository.At("fixtures", "captures", $"{name}.db");
        string[] lines = Replayed(capture, json: true, stacks: true);
        List<string?[]> rows = Db.Texts(capture, "select * from drops order by t_ns, cpu, raw_line");
        Assert.Equal(rows.Count, lines.Length);
        foreach ((string?[] row, string line) in rows.Zip(lines))
        {
            JsonElement drop = JsonDocument.Parse(line).RootElement;
            Assert.Equal(row, drop.EnumerateObject().Where(p => p.Name != "stack").Select(p => p.Value.ValueKind == JsonValueKind.Null ? null : p.Value.ToString()));
            Assert.True(drop.GetProperty("stack").GetArrayLength() > 0);
        }
    }

    [Fact]
    public void A_hostile_name_is_made_visible()
    {
        Write(Path, Whole, [(0, Event(101, task: "\x1b[2Jx-811"))]);
        Assert.EndsWith(@"task \x1b[2Jx-811", Assert.Single(Replayed()));
        Assert.Equal(@"\x1b[2Jx", JsonDocument.Parse(Replayed(json: true)[0]).RootElement.GetProperty("comm").GetString());
    }

    [Theory]
    [InlineData(1, "1.5 2 6")]
    [InlineData(10, "0.15 0.2 0.6")]
    [InlineData(0.5, "3 4 12")]
    public void Paced_each_drop_waits_for_its_moment(double speed, string waits)
    {
        Write(Path, Whole, [(0, Event(100.5) + Event(102) + Event(104) + Event(110))]);
        long now = 77;
        List<double> waited = [];
        var pace = new Pace(speed, () => now, ns =>
        {
            waited.Add(ns / 1e9);
            now += ns;
        });
        Replayed(pace: pace);
        Assert.Equal(waits, string.Join(' ', waited.Select(wait => wait.ToString(null, System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void A_wait_that_ends_early_goes_on_and_a_late_drop_does_not_wait()
    {
        long now = 0;
        int waits = 0;
        var pace = new Pace(1, () => now, ns =>
        {
            waits++;
            now += Math.Min(ns, 400);
        });
        pace.Await(10_000, CancellationToken.None);
        pace.Await(11_000, CancellationToken.None);
        Assert.Equal((3, 1000), (waits, now));
        now = 5000;
        pace.Await(12_000, CancellationToken.None);
        Assert.Equal(3, waits);
    }

    [Fact]
    public void What_has_come_is_written_before_a_wait()
    {
        Write(Path, Whole, [(0, Event(101) + Event(102))]);
        using var output = new MemoryStream();
        long now = 0, writtenAtWait = 0;
        var pace = new Pace(1, () => now, ns =>
        {
            writtenAtWait = output.Length;
            now += ns;
        });
        ReplayJob.Run(new ReplayOptions(Path, Json: false, Stacks: false), pace, output, CancellationToken.None);
        Assert.InRange(writtenAtWait, 1, output.Length - 1);
    }

    [Fact]
    public void A_reader_that_goes_away_ends_it_quietly()
    {
        Write(Path, Whole, [(0, string.Concat(Enumerable.Range(0, 5000).Select(i => Event(101 + (i * 0.001)))))]);
        Finished finished = Shell.Run("sh", "-c", $"dotnet '{System.IO.Path.Combine(AppContext.BaseDirectory, "analyze.dll")}' replay '{Path}' | head -n 1; exit 0");
        Assert.Equal("", finished.Errors);
        Assert.Equal(2, finished.Output.Split('\n').Length);
    }

    [Fact]
    public void It_can_be_stopped()
    {
        Write(Path, Whole, [(0, Event(101))]);
        Assert.Throws<OperationCanceledException>(() => ReplayJob.Run(new ReplayOptions(Path, false, false), null, Stream.Null, new CancellationToken(canceled: true)));
    }

    private string[] Replayed(string? path = null, bool json = false, bool stacks = false, Pace? pace = null)
    {
        using var output = new MemoryStream();
        Assert.Equal(ExitCode.Done, ReplayJob.Run(new ReplayOptions(path ?? Path, json, stacks), pace, output, CancellationToken.None));
        return Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n');
    }
}
