using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>A storm of which a sample is recorded: every drop is counted, the window goes on, and what the sample holds is held against what was counted in it.</summary>
[Collection(LiveCollection.Name)]
public sealed class OverloadTests : IDisposable
{
    private const int MaxRate = 500;

    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public OverloadTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    private string File => _directory.File("x.db");

    [Fact]
    public void The_window_stays_open_every_drop_is_counted_and_the_sample_lacks_nothing_that_happened_in_it()
    {
        var before = TracefsSettings.Of(_host);
        long sent = 0;
        using var capture = _host.Start([.. Agent.Command, "--duration", "60s", "-o", File, "--json", "--max-rate", $"{MaxRate}"]);
        var finished = Agent.Around(capture, () => sent = FloodUntil(() => capture.HasExited || StoredSpans() > 10), "INT");

        Assert.True(finished.ExitCode == 4, finished.ToString());
        Assert.Contains("from here on a sample is recorded; each drop is still counted", finished.Errors, StringComparison.Ordinal);
        var json = Agent.Json(finished);
        Assert.Equal("SIGINT", json.GetProperty("ended").GetString());
        Assert.Equal(["stacks", "sample"], Db.Rows<string>(File, "select step from relief order by t_ns"));
        Assert.Equal(0, json.GetProperty("missed").GetInt64());
        Assert.Equal(0, json.GetProperty("lost").GetInt64());

        // Each datagram was counted; so was what else was dropped on this machine meanwhile.
        var (counted, left, inSpans) = (json.GetProperty("witness_drops").GetInt64(), json.GetProperty("missed_by_sampling").GetInt64(), json.GetProperty("sampled_drops").GetInt64());
        Assert.InRange(counted, sent, long.MaxValue);
        Assert.Equal(counted, left + inSpans);
        Assert.InRange(left, 1, counted);
        Assert.InRange(json.GetProperty("sampled_spans").GetInt64(), 11, 1000);
        before.AssertSame(TracefsSettings.Of(_host));

        // The file says the same.
        AssertVerified(File);
        CaptureFacts facts = MadeCapture.Read(File).Facts;
        Assert.Equal((0L, left, counted), (facts.Missed, facts.Completeness.BySampling, facts.Happened));
        Assert.Equal([new Gap(Stages.Sampling, null, null, left)], facts.Completeness.Gaps);
        Assert.InRange(inSpans - facts.Drops, 0, facts.Ledger.AllSlack);
        Assert.Contains(facts.Completeness.Evidence, sentence => sentence.StartsWith("Flows and stacks: a sample, ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flight_recorder_goes_on_and_its_parts_are_one_sample()
    {
        using var capture = _host.Start([.. Agent.Command, "--keep-last", "2s", "-o", File, "--json", "--max-rate", $"{MaxRate}"]);
        var folder = File + CaptureParts.FolderSuffix;
        var finished = Agent.Around(capture, () => FloodUntil(() => capture.HasExited || System.IO.File.Exists(Path.Combine(folder, CaptureParts.NameOf(6)))), "INT");

        Assert.True(finished.ExitCode == 4, finished.ToString());
        Assert.Equal(0, Agent.Json(finished).GetProperty("missed").GetInt64());
        CompletenessLedger[] parts = [.. CaptureParts.In(folder).Select(part => MadeCapture.Read(part).Facts.Ledger)];
        Assert.All(parts, part => Assert.Equal(0, part.Missed));
        Assert.Contains(parts[^1].Relief, step => step.Step == ReliefRow.Sample);
        foreach (var part in CaptureParts.In(folder)) AssertVerified(part);
        CompletenessLedger one = MadeCapture.Read(folder).Facts.Ledger;
        Assert.Equal(0, one.Missed);
        Assert.Equal(parts.Sum(part => part.MissedBySampling), one.MissedBySampling);
        Assert.InRange(one.MissedBySampling, 1, long.MaxValue);
    }

    [Fact]
    public void Killed_in_a_sample_it_leaves_the_host_as_before_and_a_file_that_knows_its_spans()
    {
        var before = TracefsSettings.Of(_host);
        using var capture = _host.Start([.. Agent.Command, "--duration", "60s", "-o", File, "--max-rate", $"{MaxRate}"]);
        Agent.AwaitOpenWindow(capture);
        var spans = 0L;
        FloodUntil(() => (spans = StoredSpans()) > 3);
        capture.Kill();
        Shell.Wait(capture);
        Await.Until(() => Directory.GetDirectories($"{_host.Tracefs}/instances", "dropforensics_*").Length == 0 && !System.IO.File.Exists(File + "-wal"));

        before.AssertSame(TracefsSettings.Of(_host));
        AssertVerified(File);
        CaptureFacts facts = MadeCapture.Read(File).Facts;
        Assert.Equal("killed", facts.Capture.Ended);
        Assert.InRange(facts.Ledger.Sample!.Spans, spans, long.MaxValue);
        Assert.DoesNotContain(facts.Completeness.Gaps, gap => gap.Stage == Stages.Unexplained);
    }

    [Fact]
    public void Killed_after_the_storm_the_span_that_is_still_open_is_known()
    {
        using var capture = _host.Start([.. Agent.Command, "--duration", "60s", "-o", File, "--max-rate", $"{MaxRate}"]);
        Agent.AwaitOpenWindow(capture);
        FloodUntil(() => StoredSpans() > 3);
        Await.Until(() =>
        {
            _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 1)); // at less than the rate the gate stays open, and no span is over
            return LastSpanNs() > 1_500_000_000;
        });

        // A snapshot has no count of the whole window.
        var snapshot = _directory.File("snapshot.db");
        Assert.Equal(0, _host.Run([.. Agent.Command, "snapshot", File, "-o", snapshot]).ExitCode);
        AssertVerified(snapshot);
        capture.Kill();
        Shell.Wait(capture);
        Await.Until(() => Directory.GetDirectories($"{_host.Tracefs}/instances", "dropforensics_*").Length == 0 && !System.IO.File.Exists(File + "-wal"));

        AssertVerified(File);
        CaptureFacts facts = MadeCapture.Read(File).Facts;
        Assert.InRange(facts.Missed ?? -1, 0, long.MaxValue);
        Assert.Equal(facts.Ledger.Counted, facts.Ledger.MissedBySampling + facts.Ledger.CountedInside);
        Assert.DoesNotContain(facts.Completeness.Evidence, sentence => sentence.Contains("reset", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private long StoredSpans() => System.IO.File.Exists(File)
        ? Db.Scalar<long>(File, "select ifnull(max(length(content) - length(replace(cast(content as text), char(10), '')) - 1), 0) from artifact where path = 'sampled-spans.tsv'") : 0;

    private long LastSpanNs() => long.Parse(
        Db.Scalar<string>(File, "select cast(content as text) from artifact where path = 'sampled-spans.tsv'").TrimEnd().Split('\n')[^1].Split('\t') is [var from, var until, ..]
            ? $"{long.Parse(until) - long.Parse(from)}" : "0");

    /// <returns>How many datagrams for a closed port were sent.</returns>
    private long FloodUntil(Func<bool> isOver)
    {
        long sent = 0;
        _host.InNetwork(() =>
        {
            for (; !isOver(); sent += 1000) Traffic.SendUdp("127.0.0.1", 9, 1000);
        });
        return sent;
    }

    private static void AssertVerified(string file)
    {
        using var said = new StringWriter();
        Assert.True(VerifyJob.Run(file, json: false, said, CancellationToken.None) == ExitCode.Done, $"{file}: {said}");
    }
}
