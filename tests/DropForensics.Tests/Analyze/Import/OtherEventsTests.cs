using DropForensics.Analyze.Import;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Redact;
using DropForensics.Analyze.Terminal;
using DropForensics.Analyze.Verify;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Import;

/// <summary>Events beside the drops: kept with their fields, told of in the report, and checked like everything else.</summary>
public sealed class OtherEventsTests : IDisposable
{
    private const string Text = """
                  <idle>-0       [001] ..s1.   101.250000: kfree_skb: skbaddr=00000000f00d1234 protocol=2048 location=tcp_v4_rcv+0x7d/0xf20 reason: NO_SOCKET
                  <idle>-0       [001] ..s1.   101.250010: tcp_retransmit_skb: skbaddr=00000000f00d1234 state=TCP_ESTABLISHED sport=80 dport=4000 family=AF_INET
                  <idle>-0       [001] ..s1.   101.250010: <stack trace>
         => tcp_retransmit_skb+0x10/0x20
         => tcp_write_timer+0x7d/0xf0
                     cat-12      [000] .....   101.260000: tcp_retransmit_skb: skbaddr=00000000f00d1234 state=TCP_SYN_SENT sport=81 dport=4000 family=AF_INET
                     cat-12      [000] .....   101.270000: sched_switch: prev_comm=a b prev_pid=1 ==> next_comm=c

        """;

    private readonly ScratchDirectory _scratch = new();
    private readonly string _capture;

    public OtherEventsTests()
    {
        _capture = _scratch.File("events.db");
        ImportJob.Run(new ImportOptions("-", _capture, Force: false, Format: null), () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Text)), TextWriter.Null, TextWriter.Null, CancellationToken.None);
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_view_has_drops_and_other_events_with_their_fields_by_name()
    {
        Assert.Equal(
            [
                "kfree_skb|0|1|<idle>|NO_SOCKET|", "tcp_retransmit_skb|10000|1|<idle>||TCP_ESTABLISHED", "tcp_retransmit_skb|10000000|0|cat||TCP_SYN_SENT",
                "sched_switch|20000000|0|cat||",
            ],
            Texts(_capture, "SELECT kind, t_ns, cpu, comm, fields->>'reason', fields->>'state' FROM events ORDER BY t_ns"));
        Assert.Equal(["a b|1|c"], Texts(_capture, "SELECT fields->>'prev_comm', fields->>'prev_pid', fields->>'next_comm' FROM events WHERE kind = 'sched_switch'"));
    }

    [Theory]
    [InlineData("probe: (f+0x1/0x2) arg1=7 arg2=\"str with = sign and x=y\" arg3=8", "{\"text\":\"(f+0x1/0x2)\",\"arg1\":\"7\",\"arg2\":\"\\\"str with = sign and x=y\\\"\",\"arg3\":\"8\"}")]
    [InlineData("probe: name=\"a b=c\"", "{\"name\":\"\\\"a b=c\\\"\"}")]
    [InlineData("sys_write(fd: 1, buf: 2)", "{\"text\":\"(fd: 1, buf: 2)\"}")]
    [InlineData("sys_write -> 0x2", "{\"text\":\"-> 0x2\"}")]
    [InlineData("bputs: 0xffff: hello", "{\"text\":\"0xffff: hello\"}")]
    public void Fields_are_read_by_name(string line, string fields)
    {
        string capture = _scratch.File("fields.db");
        byte[] text = System.Text.Encoding.UTF8.GetBytes(Text + $"                     cat-12      [000] .....   101.280000: {line}\n");
        ImportJob.Run(new ImportOptions("-", capture, Force: false, Format: null), () => new MemoryStream(text), TextWriter.Null, TextWriter.Null, CancellationToken.None);
        Assert.Equal([fields], Texts(capture, "SELECT fields FROM other_event ORDER BY id DESC LIMIT 1"));
    }

    [Fact]
    public void A_stack_belongs_to_its_event() => Assert.Equal(
        ["tcp_retransmit_skb", "tcp_write_timer"],
        Texts(_capture, "SELECT symbol FROM frames f JOIN events e ON e.stack_id = f.stack_id WHERE e.kind = 'tcp_retransmit_skb' ORDER BY depth"));

    [Fact]
    public void The_report_has_a_table_of_them()
    {
        ReportModel report = MadeCapture.Read(_capture);
        Assert.Equal([("tcp_retransmit_skb", 2L, 10_000L, 10_000_000L), ("sched_switch", 1, 20_000_000, 20_000_000)], report.Facts.OtherEvents.Select(e => (e.Kind, e.Events, e.FirstNs, e.LastNs)));
        Assert.Contains("tcp_retransmit_skb", Terminal(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE FROM other_event WHERE id = 1", "1 rows")]
    [InlineData("UPDATE other_event SET fields = '{}' WHERE id = 2", "other values")]
    [InlineData("UPDATE other_event SET stack_id = NULL", "other values")]
    [InlineData("UPDATE stack_frame SET offset = 99 WHERE position = 1", "other values")]
    public void Verify_shows_rows_that_are_not_the_texts(string change, string shown)
    {
        MadeCapture.Change(_capture, change);
        using CaptureReader reader = CaptureReader.Open(_capture);
        VerifyResult verified = VerifyJob.Check(reader, CancellationToken.None);
        Assert.Contains(verified.Differences.SelectMany(kind => kind.First), difference => difference.ToString()!.Contains(shown, StringComparison.Ordinal));
    }

    [Fact]
    public void What_it_was_recorded_with_agrees()
    {
        using CaptureReader reader = CaptureReader.Open(_capture);
        Assert.True(VerifyJob.Check(reader, CancellationToken.None).Agrees);
    }

    [Fact]
    public void Redaction_leaves_nothing_of_their_fields()
    {
        string redacted = _scratch.File("redacted.db");
        RedactJob.Run(_capture, redacted, TextWriter.Null, CancellationToken.None);
        Assert.Equal(["3"], Texts(redacted, "SELECT count(*) FROM other_event"));
        Assert.Empty(Texts(redacted, "SELECT fields FROM other_event WHERE fields LIKE '%TCP%' OR fields LIKE '%a b%'"));
    }

    private static string Terminal(ReportModel report)
    {
        var output = new StringWriter();
        TerminalReport.Write(report, 10, output, plain: true, width: 200);
        return output.ToString();
    }

    private static IEnumerable<string> Texts(string capture, string sql) => Db.Texts(capture, sql).Select(row => string.Join('|', row));
}
