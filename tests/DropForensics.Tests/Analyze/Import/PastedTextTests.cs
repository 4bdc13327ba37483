using System.Globalization;
using System.Text;
using DropForensics.Analyze.Import;
using DropForensics.Analyze.Import.Cleaning;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Import;

/// <summary>What people paste: the texts of three tools, each in every way that mails, pages, shells and loggers change a text.</summary>
public sealed class PastedTextTests : IDisposable
{
    private const string Perf =
        "reader 26982 [026] 33054.363561: skb:kfree_skb: skbaddr=0xffff88803dd83a00 rx_sk=(nil) protocol=2048 location=tcp_v4_rcv+0xb1 reason: NO_SOCKET\n"
        + "\tffffffff816e9c9b sk_skb_reason_drop+0x7b ([kernel.kallsyms])\n"
        + "\tffffffff816ea931 tcp_v4_rcv+0xb1 ([kernel.kallsyms])\n"
        + "\t           2c4f1 mlx5e_handle_rx_cqe+0x41 ([mlx5_core])\n"
        + "\n"
        + "longer-comm-15     4 [002] 33054.363999: skb:kfree_skb: skbaddr=0xffff88803dd83b00 rx_sk=(nil) protocol=34525 location=udp_rcv+0x1 reason: UDP_CSUM\n"
        + "\tffffffff816e9c9b sk_skb_reason_drop+0x7b ([kernel.kallsyms])\n"
        + "\tffffffff816ea777 udp_rcv+0x1 ([kernel.kallsyms])\n"
        + "\n";

    private const string PerfLines =
        "          reader 26982 [026] 33054.363561: skb:kfree_skb: skbaddr=0xffff88803dd83a00 rx_sk=(nil) protocol=2048 location=tcp_v4_rcv+0xb1 reason: NO_SOCKET\n"
        + "         swapper     0 [002] 33054.363999: skb:kfree_skb: skbaddr=0xffff88803dd83b00 rx_sk=(nil) protocol=34525 location=udp_rcv+0x1 reason: UDP_CSUM\n"
        + "          reader 26982 [026] 33054.364561: skb:kfree_skb: skbaddr=0xffff88803dd83a00 rx_sk=(nil) protocol=2048 location=tcp_v4_rcv+0xb1 reason: NO_SOCKET\n";

    private const string Trace =
        "          <idle>-0       [018] ..s1.  1478.130490: kfree_skb: skbaddr=00000000a1f20b8d rx_sk=0000000000000000 protocol=2048 location=tcp_v4_rcv+0xb1/0xf20 reason: NO_SOCKET\n"
        + "          <idle>-0       [018] ..s1.  1478.130495: <stack trace>\n"
        + " => sk_skb_reason_drop+0x7b/0x90\n"
        + " => tcp_v4_rcv+0xb1/0xf20\n"
        + " => e1000_clean+0x41/0x90 [e1000]\n"
        + "CPU:1 [LOST 7 EVENTS]\n"
        + "        vhost-90-9020    [012] b..1.  1478.196264: kfree_skb: skbaddr=00000000c174ab9b rx_sk=0000000000000000 protocol=2054 location=tun_net_xmit+0x1/0x2 reason: FULL_RING\n";

    private const string TraceCmd =
        "cpus=2\n"
        + "          <idle>-0     [001] ..s1.   101.250000: kfree_skb:            skbaddr=0xffff8a01c2d3e400 rx_sk=(nil) protocol=2048 location=tcp_v4_rcv+0x7d reason: NO_SOCKET\n"
        + "          <idle>-0     [001] ..s2.   101.250004: kernel_stack:         <stack trace >\n"
        + "=> sk_skb_reason_drop (ffffffff81e94fb0)\n"
        + "=> tcp_v4_rcv (ffffffff82099c1d)\n"
        + "     ksoftirqd/0-16    [000] ..s1.   101.260000: kfree_skb:            skbaddr=0xffff8a01c2d3e800 rx_sk=(nil) protocol=2048 location=__udp4_lib_rcv+0x4bc reason: NO_SOCKET\n";

    private static readonly Dictionary<string, string> Texts = new() { ["perf"] = Perf, ["perf-lines"] = PerfLines, ["trace"] = Trace, ["trace-cmd"] = TraceCmd };

    private static readonly Dictionary<string, Func<string, string>> Ways = new()
    {
        ["quoted"] = Lines((line, _) => line.Length == 0 ? ">" : "> " + line),
        ["quoted twice"] = Lines((line, _) => "> > " + line),
        ["quoted tight"] = Lines((line, _) => ">" + line),
        ["indented"] = Lines((line, _) => "    " + line),
        ["patch"] = Lines((line, _) => "+" + line),
        ["grep -n"] = Lines((line, i) => $"{i + 120}:{line}"),
        ["grep -Hn"] = Lines((line, i) => $"drops.txt:{i + 8}:{line}"),
        ["cat -n"] = Lines((line, i) => $"{i + 1,6}\t{line}"),
        ["brackets"] = Lines((line, _) => "[web1] " + line),
        ["kubectl"] = Lines((line, _) => "[pod/agent-x7k2p/agent] " + line),
        ["host"] = Lines((line, _) => "web1.example: " + line),
        ["compose"] = Lines((line, _) => "agent-1  | " + line),
        ["syslog"] = Lines((line, _) => "Nov 28 10:16:02 web1 cat[1234]: " + line),
        ["journald"] = Lines((line, i) => $"2026-11-28T10:16:0{i % 10}+0000 web1 cat[1234]: {line}"),
        ["container"] = Lines((line, i) => $"2026-11-28T10:16:02.12345678{i % 10}Z stdout F {line}"),
        ["ts"] = Lines((line, i) => $"Nov 28 10:16:0{i % 10} {line}"),
        ["two prefixes"] = Lines((line, i) => $"> [web1] {line}"),
        ["byte order mark"] = text => "\ufeff" + text,
        ["hard blanks"] = text => text.Replace(' ', '\u00a0'),
        ["colour"] = text => text.Replace("kfree_skb:", "\u001b[01;31m\u001b[Kkfree_skb\u001b[m\u001b[K:", StringComparison.Ordinal),
        ["html"] = text => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal),
        ["crlf"] = text => text.Replace("\n", "\r\n", StringComparison.Ordinal),
        ["quoted-printable"] = QuotedPrintable,
        ["wrapped"] = text => Wrap(text, ""),
        ["wrapped and quoted"] = text => Wrap(text, "> "),
        ["prose between"] = text => "Hi all,\n\nhere is what I see on the router:\n" + text + "\nAny idea what this may be?\n-- \nJane\n",
        ["prompt"] = text => "root@web1:~# cat drops.txt\n" + text + "root@web1:~# \n",
        ["folded"] = text => string.Join('\n', text.Split('\n').Select(Fold)),
    };

    private readonly ScratchDirectory _scratch = new();

    public static TheoryData<string, string> Variants => [.. from text in Texts.Keys from way in Ways.Keys select (text, way)];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_text_means_the_same_whichever_way_it_was_pasted(string text, string way)
    {
        List<string> plain = Rows(Texts[text], "plain.db", out _), pasted = Rows(Ways[way](Texts[text]), "pasted.db", out Completeness completeness);
        Assert.Equal(plain, pasted);
        Assert.Equal(text == "trace" ? Completeness.Incomplete : Completeness.Unproven, completeness.Word); // its LOST line alone
        Assert.Equal(text == "trace" ? 7 : 0, Db.Scalar<long>(_scratch.File("pasted.db"), "select coalesce(sum(records), 0) from lost"));

        using CaptureReader reader = CaptureReader.Open(_scratch.File("pasted.db"));
        Assert.True(VerifyJob.Check(reader, CancellationToken.None).Agrees);
    }

    [Theory]
    [InlineData("perf", "brackets", "taken off each line: the names in brackets before the lines")]
    [InlineData("trace", "quoted", "taken off each line: the marks of a quoted mail (`> `)")]
    [InlineData("perf", "wrapped", "joined: lines that had been broken")]
    [InlineData("trace", "byte order mark", "taken off: a byte order mark")]
    public void What_was_taken_off_is_said_and_kept_with_the_capture(string text, string way, string step)
    {
        var notes = new StringWriter();
        Import(Ways[way](Texts[text]), _scratch.File("c.db"), notes);
        Assert.Contains(step, notes.ToString());
        Assert.Contains(step, Db.Scalar<string>(_scratch.File("c.db"), "select probe_why from capture"));
    }

    [Fact]
    public void A_prefix_that_nobody_knows_is_told_to_the_importer_and_not_kept_for_it_may_be_a_name()
    {
        var notes = new StringWriter();
        Import(string.Concat(Perf.Split('\n').Where(line => line.Length > 0).Select(line => $"secret-host7 {line}\n")), _scratch.File("c.db"), notes);
        Assert.Contains("taken off each line: what all lines begin with (`secret-host7 `)", notes.ToString());
        Assert.Equal(2, Db.Scalar<long>(_scratch.File("c.db"), "select count(*) from drops where stack_id is not null"));
        Assert.EndsWith("taken off each line: what all lines begin with", Db.Scalar<string>(_scratch.File("c.db"), "select probe_why from capture"));
    }

    [Fact]
    public void The_differences_of_time_that_trace_cmd_prints_are_taken_off()
    {
        string differences = TraceCmd.Replace("101.260000: kfree_skb:", "101.260000: (+9996)  kfree_skb:", StringComparison.Ordinal)
            .Replace("101.250004: kernel_stack:", "101.250004: (+4)     kernel_stack:", StringComparison.Ordinal)
            .Replace("101.250000: kfree_skb:", "101.250000:          kfree_skb:", StringComparison.Ordinal);
        Assert.Equal(Rows(TraceCmd, "plain.db", out _), Rows(differences, "differences.db", out _));
    }

    [Theory]
    [InlineData("PK\u0003\u0004", "an archive of zip", "unzip -p")]
    [InlineData("2ELIFREP", "a file of perf record", "perf script -i")]
    [InlineData("3316376152002 (5) [nc] 12345 [tp] skb:kfree_skb #303 (skb ffff) drop (NO_SOCKET)\n", "retis", "perf record")]
    [InlineData("     SKB      CPU  PROCESS  FUNC\n0xffff9d2851242700 2   ~n/curl:1234 tcp_v4_rcv\n", "pwru", "perf record")]
    [InlineData("Tracing tcp drops. Hit Ctrl-C to end.\nTIME     PID      COMM\n", "tcpdrop", "perf record")]
    [InlineData("# tracer: function_graph\n 1)   0.500 us    |  kfree_skb();\n", "function_graph", "events/skb/kfree_skb/enable")]
    [InlineData("# Samples: 10  of event 'skb:kfree_skb'\n# Overhead  Command\n  60.00%  swapper\n", "perf report", "perf script -i perf.data")]
    [InlineData("  <idle>-0         1..s1.   23us+: kfree_skb: skbaddr=0000 protocol=2048\n", "latency format", "nolatency-format")]
    [InlineData("kfree_skb: skbaddr=00000000a19bc448 protocol=2048 location=0000000061342eaf reason: NO_SOCKET\n", "lost their beginning", "trace-cmd report")]
    [InlineData("10:16:02.012532 IP 192.0.2.1.40000 > 192.0.2.2.80: Flags [S]\n", "tcpdump", "perf record")]
    public void The_text_of_another_tool_is_named_with_what_gives_the_same(string text, string tool, string remedy)
    {
        UserError error = Assert.Throws<UserError>(() => Import(text, _scratch.File("c.db"), TextWriter.Null));
        Assert.Contains(tool, error.Message);
        Assert.Contains(remedy, error.Remedy);
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Empty(_scratch.Names);
    }

    [Theory]
    [InlineData("4/4", ExitCode.Done)]
    [InlineData("4/5", ExitCode.Incomplete)]
    public void Records_that_were_overwritten_make_an_import_incomplete(string entries, ExitCode expected)
    {
        var notes = new StringWriter();
        string text = $"# tracer: nop\n#\n# entries-in-buffer/entries-written: {entries}   #P:8\n#\n" + MadeCapture.Event(101);
        Assert.Equal(expected, ImportJob.Run(
            new ImportOptions("-", _scratch.File("c.db"), Force: false, Format: null), () => new MemoryStream(Encoding.UTF8.GetBytes(text)), TextWriter.Null, notes, CancellationToken.None));
        Assert.Equal(expected == ExitCode.Incomplete, notes.ToString().Contains("1 record is missing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2/2", "complete", "counts 2 records written to the buffer, and all of them are in the text")]
    [InlineData("5/5", "unproven", "counts 5 records written to the buffer and none overwritten, but the text has only 2 of them")]
    [InlineData("2/9", "incomplete", "The kernel lost 7 records")]
    public void What_the_head_counts_is_evidence_of_a_whole_buffer(string entries, string word, string evidence)
    {
        string text = $"# tracer: nop\n#\n# entries-in-buffer/entries-written: {entries}   #P:8\n#\n" + MadeCapture.Event(101) + MadeCapture.Event(102);
        Rows(text, "head.db", out Completeness completeness);
        Assert.Equal(word, completeness.Word);
        Assert.Contains(completeness.Evidence, e => e.Contains(evidence, StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_that_reads_as_it_is_stays_as_it_is()
    {
        foreach (string name in TraceFixture.Names)
        {
            AssertUntouched(TraceFixture.Load(name).Bytes, name);
        }
    }

    private static void AssertUntouched(byte[] text, string name)
    {
        var plan = CleaningPlan.Of(Encoding.Latin1.GetString(text));
        Assert.True(plan.IsNothing, $"{name}: {string.Join("; ", plan.Steps)}");
    }

    private List<string> Rows(string text, string name, out Completeness completeness)
    {
        string capture = _scratch.File(name);
        Import(text, capture, TextWriter.Null);
        completeness = CompletenessJudge.Of(MadeCapture.Read(capture).Facts.Ledger);
        using CaptureReader reader = CaptureReader.Open(capture);
        return [.. DropForensics.Tests.TestKit.Rows.Of(reader, """
            SELECT cpu, pid, comm, ethertype, reason, function, driver, t_ns,
                   (SELECT group_concat(symbol || coalesce(module, ''), ' ') FROM frames f WHERE f.stack_id = d.stack_id)
              FROM drops d ORDER BY id
            """).Select(row => string.Join('|', row.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))))];
    }

    private static void Import(string text, string capture, TextWriter notes)
    {
        ExitCode result = ImportJob.Run(
            new ImportOptions("-", capture, Force: false, Format: null), () => new MemoryStream(Encoding.UTF8.GetBytes(text)), TextWriter.Null, notes, CancellationToken.None);
        Assert.True(result is ExitCode.Done or ExitCode.Incomplete);
    }

    private static Func<string, string> Lines(Func<string, int, string> change) =>
        text => string.Concat(text.TrimEnd('\n').Split('\n').Select((line, i) => change(line, i) + "\n"));

    // RFC 2045: no line longer than 76, "=" is "=3D".
    private static string QuotedPrintable(string text)
    {
        var mail = new StringBuilder();
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            int column = 0;
            foreach (char c in line)
            {
                string token = c switch { '=' => "=3D", '\t' => "=09", _ => c.ToString() };
                if (column + token.Length > 75)
                {
                    mail.Append("=\n");
                    column = 0;
                }

                mail.Append(token);
                column += token.Length;
            }

            mail.Append('\n');
        }

        return mail.ToString();
    }

    // As mail programs do: at the last blank before column 72.
    private static string Wrap(string text, string mark)
    {
        var mail = new StringBuilder();
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            string rest = line;
            while (rest.Length > 72 && rest.LastIndexOf(' ', 71) is > 20 and var blank)
            {
                mail.Append(mark).Append(rest[..blank]).Append('\n');
                rest = rest[(blank + 1)..].TrimStart();
            }

            mail.Append(mark).Append(rest).Append('\n');
        }

        return mail.ToString();
    }

    private static string Fold(string line)
    {
        while (line.Contains("  ", StringComparison.Ordinal))
        {
            line = line.Replace("  ", " ", StringComparison.Ordinal);
        }

        return line.StartsWith(' ') && !line.StartsWith(" =>", StringComparison.Ordinal) ? line[1..] : line;
    }
}
