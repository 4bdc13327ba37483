using System.Text;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Lines;
using DropForensics.Core.Store;
using DropForensics.Core.Upgrade;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Upgrade;

/// <summary>A capture that was recorded in parts, against the same one recorded at once.</summary>
public sealed class CapturePartsTests : IDisposable
{
    private const long SecondNs = 1_000_000_000;

    private static readonly string[] Same =
    [
        "select id, time_utc, t_ns, cpu, pid, comm, reason, function, location, driver, stack_id, raw_line from drops order by t_ns, cpu",
        "select kind, t_ns, cpu, fields, raw_line from events order by t_ns, cpu",
        "select cpu, kind, lines from line_count where lines > 0 order by 1, 2",
        "select source, cpu, drops from kernel_count order by 1, 2",
        "select cpu, source, sum(records) from loss group by 1, 2 order by 1, 2",
        "select opened_ns, closed_ns, ended, witness_drops, witness_slack, host_name from capture",
        "select phase, path, cast(content as text) from artifact order by 1, 2",
        "select count(*) from stack",
        "select count(*) from site",
        "select count(*) from task",
        "select mono_ns from clock order by 1",
    ];

    private readonly ScratchDirectory _directory = new();

    private string Folder => _directory.File("x.db") + CaptureParts.FolderSuffix;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Parts_that_follow_each_other_are_the_same_capture_as_one_file()
    {
        string whole = _directory.File("whole.db");
        Write(whole, 100, 110, Text(0, 100, 110), Text(1, 100, 110), isFirst: true, isLast: true);
        WriteParts(104, 107);

        using (CaptureReader reader = CaptureUpgrade.Open(Folder, CancellationToken.None)) CaptureSnapshot.Of(reader, _directory.File("joined.db"));

        foreach (string sql in Same) Assert.Equal(Db.Texts(whole, sql), Db.Texts(_directory.File("joined.db"), sql));
        foreach (int cpu in new[] { 0, 1 }) Assert.Equal(Raw(whole, cpu), Raw(_directory.File("joined.db"), cpu));
        using var said = new StringWriter();
        Assert.True(VerifyJob.Run(_directory.File("joined.db"), json: false, said, CancellationToken.None) == ExitCode.Done, said.ToString());
    }

    [Fact]
    public void The_folder_itself_is_read_as_one_capture()
    {
        WriteParts(104, 107);
        Assert.Equal(60, MadeCapture.Read(Folder).Facts.Drops);
        Assert.Equal(Completeness.Complete, MadeCapture.Read(Folder).Facts.Completeness.Word);
    }

    [Theory]
    [InlineData("/tmp/drops.db")]
    [InlineData("/tmp/drops.db.parts")]
    [InlineData("/tmp/drops.db.parts/")]
    public void The_report_is_named_after_the_capture_that_was_asked_for(string path) => Assert.Equal("drops", CaptureParts.NameOfCapture(path));

    [Fact]
    public void A_part_that_the_killed_agent_could_not_close_may_end_before_the_next_begins_and_the_capture_says_so()
    {
        WriteParts(104, 107);
        foreach (int part in new[] { 2, 3 }) MadeCapture.Change(Path.Combine(Folder, CaptureParts.NameOf(part)), "update capture set ended = 'killed', closed_ns = closed_ns - 500000000");
        Assert.Contains(MadeCapture.Read(Folder).Facts.Completeness.Evidence, each => each.Contains("was killed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_gap_between_two_parts_is_refused_with_the_file_that_follows_it()
    {
        WriteParts(104, 107);
        File.Delete(Path.Combine(Folder, CaptureParts.NameOf(2)));
        UserError error = Assert.Throws<UserError>(() => CaptureUpgrade.Open(Folder, CancellationToken.None));
        Assert.Contains($"{CaptureParts.NameOf(3)} does not begin where the file before it ends", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy!);
    }

    [Fact]
    public void A_damaged_part_is_named()
    {
        WriteParts(104, 107);
        File.WriteAllText(Path.Combine(Folder, CaptureParts.NameOf(3)), "nothing");
        UserError error = Assert.Throws<UserError>(() => CaptureUpgrade.Open(Folder, CancellationToken.None));
        Assert.Contains(CaptureParts.NameOf(3), error.Message, StringComparison.Ordinal);
    }

    /// <summary>Three parts, cut at two moments as the agent cuts the text of its rings.</summary>
    private void WriteParts(params int[] cuts)
    {
        Directory.CreateDirectory(Folder);
        (string zero, string one) = (Text(0, 100, 110), Text(1, 100, 110));
        int from = 100;
        foreach ((int i, int to) in cuts.Append(110).Index())
        {
            (string zeroPart, zero) = Cut(zero, to);
            (string onePart, one) = Cut(one, to);
            Write(Path.Combine(Folder, CaptureParts.NameOf(i + 1)), from, to, zeroPart, onePart, isFirst: i == 0, isLast: i == cuts.Length);
            from = to;
        }

        Assert.Equal(("", ""), (zero, one));
    }

    private static (string Before, string After) Cut(string text, int second)
    {
        int at = new TimeCut(second * SecondNs, hasStacks: true).Take(Encoding.ASCII.GetBytes(text));
        return (text[..at], text[at..]);
    }

    /// <summary>Three drops a second on each CPU, one beside a retransmit.</summary>
    private static string Text(int cpu, int from, int to)
    {
        var text = new StringBuilder();
        for (int second = from; second < to; second++)
        {
            text.Append(MadeCapture.EventAndStack(second + 0.1, MadeCapture.E1000, cpu: cpu));
            text.Append(MadeCapture.EventAndStack(second + 0.2, MadeCapture.Backlog, "SOCKET_RCVBUFF", cpu, $"sender-{100 + second % 4}"));
            text.Append(string.Create(null, $"{"<idle>-0",24} [{cpu:d3}] ..s1. {second + 0.3,12:0.000000}: tcp_retransmit_skb: state=TCP_ESTABLISHED\n"));
            text.Append(MadeCapture.EventAndStack(second + 0.9999, MadeCapture.E1000, cpu: cpu));
        }

        return text.ToString();
    }

    private static void Write(string path, int from, int to, string zero, string one, bool isFirst, bool isLast) => MadeCapture.Write(
        path,
        MadeCapture.Whole with
        {
            OpenedNs = from * SecondNs,
            ClosedNs = to * SecondNs,
            Ended = isLast ? "duration" : WindowEnds.NextPart,
            WitnessDrops = 6 * (to - from),
            WitnessSlack = 0,
            BootId = "b",
        },
        [(0, zero), (1, one)],
        (writer, recorder) =>
        {
            // Each part has the host's files of its own beginning and end.
            writer.AddArtifact(ArtifactPhase.Before, 0, "/proc/modules", Encoding.ASCII.GetBytes(isFirst ? "first" : "other"));
            writer.AddArtifact(ArtifactPhase.After, 0, "/proc/modules", Encoding.ASCII.GetBytes(isLast ? "last" : "other"));
            writer.AddArtifact(ArtifactPhase.After, 0, "per_cpu/cpu0/stats", "overrun: 0\n"u8);
            for (int second = from; second < to; second++) writer.AddClock(new ClockReading(second * SecondNs, second * SecondNs, 1_700_000_000 * SecondNs + second * SecondNs));
            foreach (int cpu in new[] { 0, 1 })
            {
                writer.AddWitnessCount(cpu, 3 * (to - from));
            }
        });

    private static string Raw(string path, int cpu)
    {
        using CaptureReader reader = CaptureReader.Open(path);
        var text = new StringBuilder();
        reader.ReadRaw(cpu, piece => text.Append(Encoding.ASCII.GetString(piece)));
        return text.ToString();
    }
}
