using System.Text;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Import;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Redact;
using DropForensics.Analyze.Terminal;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.Analyze.Export;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Import;

/// <summary>What dropwatch printed, as a capture: every drop it counts is a row, and what it does not say is NULL.</summary>
public sealed class DropwatchImportTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private int _imports;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Each_drop_of_a_count_is_a_row_without_cpu_task_and_time()
    {
        string capture = Imported("field", "11-cake-llist-dropwatch");
        Assert.Equal(["__dev_xmit_skb|155715", "|1"], Texts(capture, "SELECT function, count(*) FROM drops GROUP BY 1 ORDER BY 2 DESC"));
        Assert.Equal(["155716"], Texts(capture, "SELECT count(*) FROM drops WHERE coalesce(time_utc, cpu, pid, comm, reason) IS NULL"));
    }

    [Fact]
    public void The_report_leads_with_the_place_that_dropped_most_and_says_what_dropwatch_does_not_tell()
    {
        ReportModel report = MadeCapture.Read(Imported("field", "11-cake-llist-dropwatch"));
        Assert.Equal(155_716, report.Facts.Drops);
        Assert.Equal(155_715, report.Findings[0].Drops);
        Assert.Contains("queue", report.Findings[0].Title, StringComparison.Ordinal);
        Assert.Empty(report.Facts.Cpus);
        Assert.Empty(report.Facts.Processes);
        string text = Terminal(report);
        Assert.Contains("timeline (its text has no times)", text, StringComparison.Ordinal);
        Assert.Contains("dropwatch names neither the CPU nor the task of a drop", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_paragraph_of_packet_mode_has_its_time_of_day_interface_protocol_and_length()
    {
        string capture = Imported("field", "34-dropwatch-packet-mode");
        Assert.Equal(
            ["2022-12-22T13:14:21.005165Z|ip_rcv_finish_core|3|2048|1358"], Texts(capture, "SELECT time_utc, function, iif, ethertype, length FROM drops"));
    }

    [Theory]
    [InlineData("traces", "dropwatch-counts-made")]
    [InlineData("traces", "dropwatch-packets-made")]
    public void Every_command_takes_such_a_capture(string folder, string name)
    {
        string capture = Imported(folder, name);
        foreach (ExportFormat format in (ExportFormat[])[ExportFormat.Csv, ExportFormat.Json, ExportFormat.Folded, ExportFormat.Speedscope])
        {
            Assert.NotEmpty(Exported.Text(capture, format));
        }

        string redacted = _scratch.File("redacted.db");
        RedactJob.Run(capture, redacted, TextWriter.Null, CancellationToken.None);
        Assert.Equal(
            Texts(capture, "SELECT function, reason, t_ns, iif, length, count(*) FROM drops GROUP BY raw_line ORDER BY raw_line"),
            Texts(redacted, "SELECT function, reason, t_ns, iif, length, count(*) FROM drops GROUP BY raw_line ORDER BY raw_line"));
        using CaptureReader reader = CaptureReader.Open(redacted);
        Assert.True(VerifyJob.Check(reader, CancellationToken.None).Agrees);
    }

    [Theory]
    [InlineData("> ", "")]
    [InlineData("host dropwatch[12]: ", "")]
    [InlineData("     7\t", "")]
    [InlineData("12:", "\r")]
    public void Packets_are_the_same_whatever_stands_before_their_lines_and_once_redacted(string before, string after)
    {
        const string Columns = "SELECT time_utc, t_ns, function, reason, iif, length, ethertype FROM drops ORDER BY raw_line";
        string[] lines = File.ReadAllLines(Repository.At("fixtures", "traces", "dropwatch-packets-made.txt"));
        string[] plain = [.. Texts(Imported("traces", "dropwatch-packets-made"), Columns)];
        string capture = Import(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{before}{line}{after}\n"))));
        Assert.Equal(plain, Texts(capture, Columns));
        string redacted = _scratch.File("redacted.db");
        RedactJob.Run(capture, redacted, TextWriter.Null, CancellationToken.None);
        Assert.Equal(plain, Texts(redacted, Columns));
    }

    [Fact]
    public void Redaction_keeps_of_each_line_what_is_read_and_nothing_else()
    {
        string capture = Import(Encoding.UTF8.GetBytes("""
            dropwatch> my password is Secret
            drop at: ip_rcv+0x1/0x2/Secret (0xSecret)
            origin: Secret
            input port name: Secret
            timestamp: Thu Dec 22 13:14:21 2022 005165840 nsec Secret
            drop reason: NO_SOCKET
            protocol: 0x800 Secret
            Secret: Secret

            """));
        string redacted = _scratch.File("redacted.db");
        RedactJob.Run(capture, redacted, TextWriter.Null, CancellationToken.None);
        Assert.DoesNotContain("Secret", CaptureBytes.EverythingIn(redacted), StringComparison.Ordinal);
        Assert.Equal(["ip_rcv|NO_SOCKET"], Texts(redacted, "SELECT function, reason FROM drops"));
    }

    [Fact]
    public void A_packet_without_a_time_has_that_of_the_one_before_and_the_first_that_of_the_next()
    {
        string capture = Import(Encoding.UTF8.GetBytes(
            "drop at: a_b+0x1/0x2 (0x1)\n\ndrop at: c_d+0x1/0x2 (0x1)\ntimestamp: Thu Dec 22 13:14:21 2022 000000000 nsec\n\ndrop at: e_f+0x1/0x2 (0x1)\n"));
        Assert.Equal(["0", "0", "0"], Texts(capture, "SELECT t_ns FROM drops"));
    }

    [Fact]
    public void Both_modes_in_one_text_are_refused_because_the_counts_have_no_time() =>
        Assert.Contains("another mode", Assert.Throws<UserError>(() => Import([.. File.ReadAllBytes(Repository.At("fixtures", "traces", "dropwatch-packets-made.txt")), .. "3 drops at a_b+1 (0x1) [software]\n"u8])).Message, StringComparison.Ordinal);

    [Fact]
    public void What_dropwatch_itself_lost_is_missing()
    {
        string capture = Import(Encoding.UTF8.GetBytes("3 drops at tcp_v4_rcv+1 (0x1) [software]\nGetting statistics\nSoftware statistics:\nTail dropped: 55\n"));
        ReportModel report = MadeCapture.Read(capture);
        Assert.Equal(("incomplete", 55L), (report.Verdict.Completeness.Word, report.Verdict.Completeness.AtLeast));
    }

    [Theory]
    [InlineData("2,132 drops at tcp_v4_rcv+1 (0x1) [software]", 2132)]
    [InlineData("2 drops at ice_clean_rx_irq+1de/440 [ice] (0x1) [software]", 2)]
    public void A_count_may_be_grouped_and_a_module_is_the_driver(string line, int drops)
    {
        string capture = Import(Encoding.UTF8.GetBytes(line + "\n"));
        Assert.Equal(drops, Db.Scalar<long>(capture, "SELECT count(*) FROM drops"));
        Assert.Equal(line.Contains("[ice]", StringComparison.Ordinal) ? "ice" : null, Db.Scalar<string?>(capture, "SELECT DISTINCT module FROM drops"));
    }

    [Theory]
    [InlineData("-4 drops at tcp_v4_rcv+1 (0x1) [software]")]
    [InlineData("5.5 drops at tcp_v4_rcv+1 (0x1) [software]")]
    public void A_number_that_is_none_is_no_count(string line) =>
        Assert.Throws<UserError>(() => Import(Encoding.UTF8.GetBytes(line + "\n")));

    [Fact]
    public void A_session_in_which_nothing_was_dropped_is_refused_by_name()
    {
        UserError refused = Assert.Throws<UserError>(() => Import("dropwatch> start\nKernel monitoring activated.\nIssue Ctrl-C to stop monitoring\n"u8.ToArray()));
        Assert.Contains("text of dropwatch without any drop", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Drops_that_somebody_writes_about_are_none()
    {
        string capture = Import(Encoding.UTF8.GetBytes("We see 10 drops at the switch.\n          <idle>-0       [001] ..s1.   101.250000: kfree_skb: skbaddr=0 protocol=2048 location=tcp_v4_rcv+0x1/0x2 reason: NO_SOCKET\n"));
        Assert.Equal(["1"], Texts(capture, "SELECT count(*) FROM drops"));
    }

    private static string Terminal(ReportModel report)
    {
        var output = new StringWriter();
        TerminalReport.Write(report, 10, output, plain: true, width: 200);
        return output.ToString();
    }

    private static IEnumerable<string> Texts(string capture, string sql) => Db.Texts(capture, sql).Select(row => string.Join('|', row));

    private string Imported(string folder, string name) => Import(File.ReadAllBytes(Repository.At("fixtures", folder, name + ".txt")));

    private string Import(byte[] text)
    {
        string capture = _scratch.File($"dropwatch-{++_imports}.db");
        ImportJob.Run(new ImportOptions("-", capture, Force: false, Format: null), () => new MemoryStream(text), TextWriter.Null, TextWriter.Null, CancellationToken.None);
        return capture;
    }
}
