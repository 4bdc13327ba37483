using System.Text;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Import;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Import;

/// <summary>Text of perf script and of trace-cmd report, recognised by itself.</summary>
public sealed class ToolImportTests : IDisposable
{
    private const string PerfDrop = "bash  1699 [000] 15746.137294: skb:kfree_skb: skbaddr=0xffff88814f19ba00 rx_sk=(nil) protocol=2048 location=tcp_v4_rcv+0x99 reason: NO_SOCKET\n";

    private readonly ScratchDirectory _scratch = new();
    private readonly StringWriter _output = new(), _notes = new();

    public static TheoryData<string> Fixtures => [.. TraceFixture.Names.Where(name => TraceFixture.Load(name).Format != TextFormat.Trace)];

    // dropwatch names no event.
    public static TheoryData<string> FixturesOfTheEvent => [.. TraceFixture.Names.Where(name => TraceFixture.Load(name).Format is TextFormat.PerfScript or TextFormat.TraceCmd)];

    private string Capture => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_tools_text_is_recognised_kept_byte_for_byte_and_agrees_with_its_rows(string name)
    {
        TraceFixture fixture = TraceFixture.Load(name);
        Import(fixture.Bytes);
        Assert.Equal(TextDecoders.TransportOf(fixture.Format), Db.Scalar<string>(Capture, "select transport from capture"));
        Assert.Equal(fixture.Decode().Batch.Drops.Sum(drop => drop.Count), Db.Scalar<long>(Capture, "select count(*) from drops"));

        using var raw = new MemoryStream();
        Assert.Equal(ExitCode.Done, RawExport.Run(Capture, null, raw, CancellationToken.None));
        Assert.Equal(fixture.Bytes, raw.ToArray());
        using CaptureReader reader = CaptureReader.Open(Capture);
        VerifyResult result = VerifyJob.Check(reader, CancellationToken.None);
        Assert.True(result.Agrees, string.Join("; ", result.Differences.SelectMany(kind => kind.First)));
        Assert.True(result.DropsFound > 0);
    }

    [Theory]
    [MemberData(nameof(FixturesOfTheEvent))]
    public void There_are_as_many_drops_as_lines_of_the_event(string name)
    {
        TraceFixture fixture = TraceFixture.Load(name);
        Import(fixture.Bytes);
        string mark = fixture.Format == TextFormat.PerfScript ? "skb:kfree_skb: " : " kfree_skb: ";
        Assert.Equal(Encoding.UTF8.GetString(fixture.Bytes).Split('\n').Count(line => line.Contains(mark)), Db.Scalar<long>(Capture, "select count(*) from drops"));
    }

    [Fact]
    public void No_traces_text_passes_for_that_of_another_tool()
    {
        foreach (TraceFixture fixture in TraceFixture.Names.Select(TraceFixture.Load).Where(fixture => fixture.Format is TextFormat.Trace or TextFormat.Dropwatch))
            Assert.Equal(fixture.Format, TextRecognizer.Recognize(fixture.Bytes) ?? fixture.Format);
    }

    [Fact]
    public void Who_decided_and_why_is_told_as_for_the_kernels_own_text()
    {
        Import(TraceFixture.Load("perf-6.18-stack").Bytes);
        CaptureFacts facts = MadeCapture.Read(Capture).Facts;
        Assert.Equal(
            [("__udp4_lib_rcv", "NO_SOCKET", 5), ("__udp6_lib_rcv", "NO_SOCKET", 1), ("ping_rcv", "NO_SOCKET", 1), ("tcp_v4_rcv", "NO_SOCKET", 1)],
            facts.Sites.Select(site => (site.Function, site.Reason, (int)site.Drops)).GroupBy(site => (site.Function, site.Reason)).Select(group => (group.Key.Function, group.Key.Reason, group.Sum(site => site.Item3))).OrderBy(site => site.Function).ToList());
        Assert.All(facts.Sites, site => Assert.Equal("stack", site.FunctionRule));
        Assert.Equal(0, facts.Losses.WithoutStack);
        Assert.Contains(facts.Processes, process => process.Comm == "my prog: 3");
        Assert.Contains(facts.Processes, process => process.Comm == "1-2 [004]");
        Assert.Equal(0, Db.Scalar<long>(Capture, "select count(*) from frames where symbol like '%libc%' or symbol = '[unknown]'"));
    }

    [Fact]
    public void What_trace_cmd_recorded_of_known_packets_is_what_was_sent()
    {
        Assert.Equal(ExitCode.Done, Import(TraceFixture.Load("trace-cmd-6.12-stack").Bytes));
        Assert.Equal(
            [
                ("__udp4_lib_rcv", "NO_SOCKET", 4), ("__udp6_lib_rcv", "NO_SOCKET", 1), ("ip_local_deliver_finish", "IP_NOPROTO", 1), ("ip_rcv_core", "OTHERHOST", 1),
                ("tcp_v4_rcv", "TCP_CSUM", 1), ("tcp_v6_rcv", "NO_SOCKET", 1), ("tcp_v6_send_response", "NOT_SPECIFIED", 1), // the answer to the one before has no way back
            ],
            MadeCapture.Read(Capture).Facts.Sites.Select(site => (site.Function!, site.Reason!, (int)site.Drops)).Order().ToList()); // each has both
        Assert.Equal(0, Db.Scalar<long>(Capture, "select count(*) from drops where stack_id is null"));
    }

    [Fact]
    public void Without_the_monotonic_clock_in_the_heading_no_time_of_day_is_claimed()
    {
        Import(TraceFixture.Load("perf-6.18-stack").Bytes);
        Assert.Equal("perf", Db.Scalar<string>(Capture, "select trace_clock from capture"));
        Assert.Equal(0, Db.Scalar<long>(Capture, "select count(time_utc) from drops"));
        Assert.True(MadeCapture.Read(Capture).Facts.Window.IsTime);
    }

    [Fact]
    public void The_heading_gives_the_host_and_where_perf_read_both_clocks_the_time_of_day()
    {
        Import(TraceFixture.Load("perf-6.18-header-ns").Bytes);
        Assert.Equal("vm|6.18.44-fc-v782|x86_64|mono", Db.Scalar<string>(Capture, "select host_name || '|' || kernel_release || '|' || machine || '|' || trace_clock from capture"));

        // 1795688162.012532 s of the day at 15746.065756879 s: the first drop, at 15746.137294862, is 71.538 ms later.
        Assert.Equal("2026-11-26T10:16:02.084069Z", Db.Scalar<string>(Capture, "select time_utc from drops order by id limit 1"));
    }

    [Fact]
    public void Each_record_that_perf_lost_is_one_drop_at_most_for_its_stack_is_part_of_it()
    {
        Import(Encoding.UTF8.GetBytes(PerfDrop + "\tffffffff820a7f2c tcp_v4_rcv+0x99 ([kernel.kallsyms])\n\nbash  1699 [000] 15746.137300: PERF_RECORD_LOST lost 17\n"));
        CaptureFacts facts = MadeCapture.Read(Capture).Facts;
        Assert.Equal((17, 1), (facts.Losses.Records, facts.Losses.RecordsPerDrop));
        Assert.Equal(Completeness.Incomplete, CompletenessJudge.Of(facts.Ledger).Word);
        Assert.Equal(17, CompletenessJudge.Of(facts.Ledger).AtLeast);
    }

    [Fact]
    public void A_malformed_line_is_named_by_its_number()
    {
        Assert.Equal(ExitCode.Incomplete, Import(Encoding.UTF8.GetBytes(PerfDrop + "\n" + PerfDrop.Replace("[000]", "[0x0]") + PerfDrop.Replace("location", "loc"))));
        Assert.Contains("1  unparsed_header: no task, CPU and time at its start; the first is line 3", _notes.ToString());
        Assert.Contains("1  unparsed_arguments: an event whose arguments could not be read; the first is line 4", _notes.ToString());
        Assert.Equal(2, Db.Scalar<long>(Capture, "select count(*) from unparsed"));
    }

    [Theory]
    [InlineData("            bash  1699 15746.137294: skb:kfree_skb: skbaddr=0xffff protocol=2048 location=0xffffffff865ad8f3", "cpu")]
    [InlineData("            bash [000] 15746.137294: skb:kfree_skb: skbaddr=0xffff protocol=2048 location=0xffffffff865ad8f3", "comm or tid")]
    [InlineData(" 1699 [000] 15746.137294: skb:kfree_skb: skbaddr=0xffff protocol=2048 location=0xffffffff865ad8f3", "comm or tid")]
    [InlineData("            bash  1699 [000] skb:kfree_skb: skbaddr=0xffff protocol=2048 location=0xffffffff865ad8f3", "time")]
    [InlineData("            bash  1699 [000] 15746.137294: skbaddr=0xffff protocol=2048 location=0xffffffff865ad8f3", "event")]
    [InlineData("            bash  1699 [000] 15746.137294: skb:kfree_skb: ", "trace")]
    public void A_field_that_perf_was_not_asked_for_is_named_with_the_command_that_prints_it(string line, string missing)
    {
        UserError error = Assert.Throws<UserError>(() => Import(Encoding.UTF8.GetBytes($"{line}\n{line}\n")));
        Assert.Equal($"standard input, line 1: this text of perf script lacks {missing}", error.Message);
        Assert.Contains("perf script -F comm,tid,cpu,time,event,trace,ip,sym,symoff,dso", error.Remedy);
        AssertNothingIsLeft(error);
    }

    [Fact]
    public void Text_of_several_tools_is_refused_and_the_line_named()
    {
        string kernel = MadeCapture.Event(101);
        foreach ((string first, string second) in ((string, string)[])[(kernel, PerfDrop), (PerfDrop + "\n", kernel)])
        {
            UserError error = Assert.Throws<UserError>(() => Import(Encoding.UTF8.GetBytes(first + second)));
            Assert.Contains($"line {first.Count(c => c == '\n') + 1}: this is the text of another tool", error.Message);
            AssertNothingIsLeft(error);
        }
    }

    [Theory]
    [InlineData("", "is empty", "perf script")]
    [InlineData("PERFILE2\u0068\0\0\0", "a file of perf record", "perf script -i TRACE")]
    [InlineData("\u0017\u0008\u0044tracing6\0", "a file of trace-cmd record", "trace-cmd report -i TRACE")]
    [InlineData("SQLite format 3\0", "a database", "analyze TRACE")]
    [InlineData("\u000a\u000d\u000d\u000a", "pcapng", "trace_pipe")]
    [InlineData("[    0.000000] Linux version 6.1.0\n[    0.100000] x\n", "kernel's log; line 1 reads '[    0.000000] Linux version 6.1.0'", "trace_pipe")]
    [InlineData("skbaddr=0xffff protocol=2048 location=0xffffffff865ad8f3\n", "lines have lost their beginning", "trace_pipe, trace or trace-cmd report")]
    [InlineData("     0.000 bash/1699 skb:kfree_skb(skbaddr: 0xffff, protocol: 2048)\n", "perf trace", "perf script")]
    [InlineData("bash  1699 [000] 15746.137294: sched:sched_switch: prev_comm=a\n", "holds no event skb:kfree_skb", "perf record -e skb:kfree_skb -a -g")]
    public void Something_else_is_named_with_its_remedy_and_nothing_is_left(string text, string what, string remedy)
    {
        UserError error = Assert.Throws<UserError>(() => Import(Encoding.Latin1.GetBytes(text)));
        Assert.Contains(what, error.Message);
        Assert.Contains(remedy, error.Remedy);
        AssertNothingIsLeft(error);
    }

    [Fact]
    public void A_capture_of_packets_is_told_by_its_first_bytes()
    {
        UserError error = Assert.Throws<UserError>(() => Import([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]));
        Assert.Contains("(pcap)", error.Message);
        AssertNothingIsLeft(error);
    }

    [Fact]
    public void A_tools_text_that_comes_a_line_at_a_time_is_recognised()
    {
        using var pipe = new Trickle(TraceFixture.Load("perf-6.18-header-ns").Bytes);
        ImportJob.Run(new ImportOptions("-", Capture, Force: false, Format: null), () => pipe, _output, _notes, CancellationToken.None);
        Assert.Equal(8, Db.Scalar<long>(Capture, "select count(*) from drops"));
        Assert.Equal("vm", Db.Scalar<string>(Capture, "select host_name from capture"));
    }

    private void AssertNothingIsLeft(UserError error)
    {
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Empty(_scratch.Names);
    }

    private ExitCode Import(byte[] text) =>
        ImportJob.Run(new ImportOptions("-", Capture, Force: false, Format: null), () => new MemoryStream(text), _output, _notes, CancellationToken.None);

    /// <summary>Gives a few bytes at each read.</summary>
    private sealed class Trickle(byte[] text) : MemoryStream(text)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 50)]);
    }
}
