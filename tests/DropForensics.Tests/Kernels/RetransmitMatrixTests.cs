using System.Text.RegularExpressions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>What tests/kernels/guest/retransmits recorded: TCP whose losses are known, beside what the kernel itself counted as sent again and as dropped.</summary>
public sealed partial class RetransmitMatrixTests
{
    // A segment of dropgen has 1000 bytes; what carries no data is far shorter.
    private const int HasData = 500;

    // What happened to TCP, in order: drops, and segments that were sent again.
    private const string InOrder =
        """
        SELECT kind, e.src, e.sport, e.dst, e.dport, ifnull(d.length, 0) FROM events e LEFT JOIN drops d ON d.id = e.drop_id
         WHERE e.ip_protocol = 6 AND (e.drop_id IS NOT NULL OR kind LIKE 'tcp_retransmit%') ORDER BY e.t_ns, e.raw_line
        """;

    private const string BeforeTheLast = "SELECT count(*) FROM drops WHERE reason = 'QDISC_DROP' AND t_ns < (SELECT max(t_ns) FROM events WHERE kind = 'tcp_retransmit_skb')";

    public static TheoryData<string> Kernels => [.. MatrixKernel.With("retransmits")];

    public static TheoryData<string, string> Runs => [.. from kernel in MatrixKernel.With("retransmits") from run in new[] { "nft", "answer", "netem", "elsewhere", "copies" } select (kernel, run)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_segment_that_the_kernel_counts_as_sent_again_is_stored_with_its_flow(string kernel, string run)
    {
        Ran ran = Of(kernel, run);
        long counted = ran.SentAgain("near") + ran.SentAgain("far");

        Assert.InRange(counted, 1, 100); // an answer that is sent again may come before the SYN would be
        Assert.Equal(counted, ran.Facts.Retransmits);
        Assert.Equal(counted, Db.Scalar<long>(ran.Database, "SELECT count(*) FROM events WHERE kind LIKE 'tcp_retransmit%' AND src IS NOT NULL"));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Each_segment_that_a_rule_dropped_is_followed_by_its_retransmit(string kernel)
    {
        Ran ran = Of(kernel, "nft");
        long dropped = ran.Counted("nft", NftCount());

        Assert.InRange(dropped, 4, 100);
        Assert.Equal(dropped, ran.Facts.Drops);
        Assert.InRange(ran.Facts.AfterDrop, dropped, ran.Facts.Retransmits); // a busy machine may send again what was not lost
        Assert.Equal([new RetransmitCause("nft_do_chain", "NETFILTER_DROP", ran.Facts.AfterDrop)], ran.Facts.By);
        Assert.Equal($"Drops here make TCP send again: {ran.Facts.AfterDrop} of {ran.Facts.Retransmits} retransmits follow a drop of the same connection.", ran.Finding.Title);
        Assert.Equal([["10.20.0.1"], ["fd00:20::1"]], Db.Texts(ran.Database, "SELECT DISTINCT src FROM events WHERE kind = 'tcp_retransmit_skb' ORDER BY 1"));
        AssertTurns(ran);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void When_the_answer_to_a_SYN_is_lost_what_is_sent_again_is_because_of_that_drop(string kernel)
    {
        Ran ran = Of(kernel, "answer");

        Assert.Equal(1, ran.Counted("nft", NftCount()));
        Assert.InRange(ran.Facts.AfterDrop, 1, ran.Facts.Retransmits);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Each_segment_that_netem_lost_is_followed_by_its_retransmit(string kernel)
    {
        Ran ran = Of(kernel, "netem");
        long again = ran.Facts.Retransmits;

        Assert.Equal(ran.Counted("tc", TcCount()), Db.Scalar<long>(ran.Database, "SELECT count(*) FROM drops WHERE reason = 'QDISC_DROP' AND interface = 'near0'"));
        Assert.Equal([new RetransmitCause("__dev_queue_xmit", "QDISC_DROP", ran.Facts.AfterDrop)], ran.Facts.By);

        // A SYN, its acknowledgement and data; nothing is sent again after the reset.
        Assert.Equal(Db.Scalar<long>(ran.Database, BeforeTheLast), ran.Facts.Drops);
        Assert.InRange(ran.Facts.AfterDrop, 4, again);
        Assert.StartsWith($"Drops here make TCP send again: {ran.Facts.AfterDrop} of {again} retransmits follow a drop", ran.Finding.Title, StringComparison.Ordinal);
        AssertTurns(ran);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void What_is_lost_where_the_filter_does_not_look_is_said_to_be_elsewhere(string kernel)
    {
        Ran ran = Of(kernel, "elsewhere");

        AssertElsewhere(ran);
        Assert.InRange(ran.Counted("tc", TcCount()), 4, 100);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void What_is_sent_again_and_had_arrived_is_no_cause_of_retransmits(string kernel)
    {
        Ran ran = Of(kernel, "copies");

        AssertElsewhere(ran);
        Assert.InRange(Db.Scalar<long>(ran.Database, "SELECT count(*) FROM drops WHERE reason = 'TCP_OLD_DATA' AND dport = 5005"), 4, ran.Facts.Retransmits);
    }

    private static void AssertElsewhere(Ran ran)
    {
        Assert.Equal((0, 0, true), (ran.Facts.AfterDrop, ran.Facts.Of, ran.Facts.AreComparable));
        Assert.Equal(
            $"What TCP lost was lost elsewhere, or by drops that the filter leaves out: TCP sent {ran.Facts.Retransmits} segments again, and this capture has no earlier drop of these connections.",
            ran.Finding.Title);
    }

    // One segment is on its way at a time: after a drop of data, the next that is sent again is that segment.
    private static void AssertTurns(Ran ran)
    {
        string? lost = null;
        int turns = 0;
        foreach (string?[] row in Db.Texts(ran.Database, InOrder))
        {
            string flow = string.Join(' ', row[1..5]);
            if (row[0]!.StartsWith("tcp_retransmit", StringComparison.Ordinal)) // a kind is never NULL
            {
                if (lost is not null) Assert.Equal(lost, flow);
                turns += lost is null ? 0 : 1;
                lost = null;
            }
            else if (int.Parse(row[5]!) > HasData) // nor is what ifnull made
            {
                Assert.Null(lost);
                lost = flow;
            }
        }

        Assert.Null(lost);
        Assert.InRange(turns, 4, 100);
    }

    private static Ran Of(string kernel, string run)
    {
        string directory = Requires.KernelResults(kernel);
        var ran = new MatrixRun(directory, kernel, $"retransmits-{run}");
        Assert.True(ran.ExitCode == "0", ran.Log);
        return new Ran(Path.Combine(directory, $"retransmits-{run}"), MadeCapture.Read(ran.Database));
    }

    [GeneratedRegex("counter packets ([0-9]+) ")]
    private static partial Regex NftCount();

    [GeneratedRegex(@"\(dropped ([0-9]+),")]
    private static partial Regex TcCount();

    private sealed record Ran(string Path, ReportModel Model)
    {
        public string Database => $"{Path}.db";

        public RetransmitFacts Facts => Model.Facts.Retransmits ?? throw new Xunit.Sdk.XunitException("nothing was sent again");

        public Finding Finding => Model.Findings.Single(finding => finding.Id == "retransmits");

        /// <summary>RetransSegs of a namespace.</summary>
        public long SentAgain(string netns) => Gain(netns, text =>
        {
            string[][] lines = [.. text.Split('\n').Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal)).Select(line => line.Split(' '))];
            return long.Parse(lines[1][Array.IndexOf(lines[0], "RetransSegs")]);
        });

        /// <summary>What the counters of nft or tc gained, together.</summary>
        public long Counted(string program, Regex count) => Gain(program, text => count.Matches(text).Sum(match => long.Parse(match.Groups[1].Value)));

        private long Gain(string of, Func<string, long> number) => number(File.ReadAllText($"{Path}.after.{of}")) - number(File.ReadAllText($"{Path}.before.{of}"));
    }
}
