using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Import;
using DropForensics.Analyze.Model;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Import;

public sealed class ImportJobTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly StringWriter _output = new(), _notes = new();

    private string Capture => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("tracepoint-article-stack")]
    [InlineData("kprobe-article-stack")]
    public void The_articles_traces_give_the_articles_answer(string fixture)
    {
        Assert.Equal(ExitCode.Done, Import(TraceFixture.Load(fixture).Bytes, TraceFixture.FormatFile("6.12")));
        CaptureFacts facts = MadeCapture.Read(Capture).Facts;
        SiteFacts site = Assert.Single(facts.Sites);
        DriverFacts driver = Assert.Single(facts.Drivers);
        Assert.Equal(("tcp_v4_rcv", "NO_SOCKET", "stack"), (site.Function, site.Reason, site.FunctionRule));
        Assert.Equal(("ath11k", "symbol"), (driver.Driver, driver.Rule));
        Assert.Equal("ath11k_pcic_ext_grp_napi_poll", Assert.Single(facts.Entries).Entry);
        Assert.Equal("import", facts.Capture.Probe);
        Assert.Equal(ProductVersion.Full(typeof(ImportJob).Module), facts.Capture.ToolVersion);
    }

    [Fact]
    public void The_e1000_is_named_by_its_module()
    {
        Import(TraceFixture.Load("tracepoint-6.1-e1000-nohash").Bytes);
        CaptureFacts facts = MadeCapture.Read(Capture).Facts;
        Assert.Equal(("e1000", "module"), (facts.Drivers[0].Driver, facts.Drivers[0].Rule));
        Assert.Null(Assert.Single(facts.Reasons).Reason); // 6.1 prints none with nohash-ptr
    }

    [Fact]
    public void What_comes_out_is_what_went_in_byte_for_byte()
    {
        foreach (string name in TraceFixture.Names)
        {
            byte[] text = TraceFixture.Load(name).Bytes;
            try
            {
                Import(text, force: true);
            }
            catch (UserError)
            {
                continue; // not one line of it is a trace
            }

            using var raw = new MemoryStream();
            Assert.Equal(ExitCode.Done, RawExport.Run(Capture, null, raw, CancellationToken.None));
            Assert.True(text.AsSpan().SequenceEqual(raw.GetBuffer().AsSpan(0, (int)raw.Length)), name);
        }
    }

    [Fact]
    public void The_formats_text_is_kept_with_the_capture()
    {
        byte[] format = TraceFixture.FormatFile("6.12");
        Import(TraceFixture.Load("kprobe-article-stack").Bytes, format);
        using CaptureReader reader = CaptureReader.Open(Capture);
        object?[] row = Assert.Single(Rows.Of(reader, "SELECT phase, path, content FROM artifact"));
        Assert.Equal(["before", "events/skb/kfree_skb/format", format], row);
    }

    [Fact]
    public void A_file_that_is_no_trace_leaves_no_capture_and_says_what_was_expected()
    {
        UserError error = Assert.Throws<UserError>(() => Import("dear diary,\n\ntoday nothing was dropped\n"u8.ToArray()));
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Contains("holds no line of a kernel trace", error.Message);
        Assert.Contains("trace_pipe", error.Remedy);
        Assert.DoesNotContain("c.db", _scratch.Names);
    }

    [Fact]
    public void Lines_that_could_not_be_read_are_counted_by_kind()
    {
        Assert.Equal(ExitCode.Incomplete, Import(Encoding.UTF8.GetBytes(MadeCapture.Event(101) + "garbage\n => orphan+0x1/0x2\n")));
        Assert.Equal($"1 drop in 3 lines: {Capture}{Environment.NewLine}", _output.ToString());
        Assert.Contains("1  unparsed_prose: no part of a trace", _notes.ToString());
        Assert.Contains("1  unparsed_frame", _notes.ToString());
    }

    [Fact]
    public void The_JSON_document_counts_drops_lines_and_what_could_not_be_read()
    {
        File.WriteAllText(_scratch.File("trace.txt"), MadeCapture.Event(101) + "garbage\nmore of it\n => orphan+0x1/0x2\n");
        var options = new ImportOptions(_scratch.File("trace.txt"), Capture, Force: false, Format: null, Json: true);
        Assert.Equal(ExitCode.Incomplete, ImportJob.Run(options, () => Stream.Null, _output, _notes, CancellationToken.None));
        JsonElement json = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal(["file", "drops", "lines", "unparsed", "cleaned"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal((Capture, 1, 4), (json.GetProperty("file").GetString(), json.GetProperty("drops").GetInt64(), json.GetProperty("lines").GetInt64()));
        Assert.Equal(
            [("unparsed_frame", 1L), ("unparsed_prose", 2L)],
            json.GetProperty("unparsed").EnumerateObject().Select(kind => (kind.Name, kind.Value.GetInt64())).OrderBy(kind => kind.Name, StringComparer.Ordinal));
        Assert.Equal("", _notes.ToString());

        File.WriteAllText(_scratch.File("trace.txt"), MadeCapture.Event(101));
        _output.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Done, ImportJob.Run(options with { Force = true }, () => Stream.Null, _output, _notes, CancellationToken.None));
        Assert.Empty(JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("unparsed").EnumerateObject());
    }

    [Fact]
    public void A_last_line_without_its_newline_may_be_cut_and_that_is_said()
    {
        const string said = "The text does not end with a newline: its last line may be cut.";
        Import(Encoding.UTF8.GetBytes(MadeCapture.Event(101)));
        Assert.DoesNotContain(said, MadeCapture.Read(Capture).Verdict.Completeness.Evidence);
        Import(Encoding.UTF8.GetBytes(MadeCapture.Event(101).TrimEnd('\n')), force: true);
        Assert.Contains(said, MadeCapture.Read(Capture).Verdict.Completeness.Evidence);
    }

    [Theory]
    [InlineData(1, "One drop at 101.250000 s of the trace clock")]
    [InlineData(3, "3 drops in one instant")]
    public void Drops_of_one_time_are_said_and_not_drawn_as_a_block(int drops, string said)
    {
        Import(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(MadeCapture.Event(101.25), drops))));
        ReportModel model = MadeCapture.Read(Capture);
        Drawing timeline = ReportCharts.Timeline(ReportCharts.TimelineOf(model), model.Colours);
        Assert.Contains(said, timeline.Marks.OfType<Mark.Text>().Select(t => t.Content));
        Assert.DoesNotContain(timeline.Marks.OfType<Mark.Rectangle>(), r => r.Width > 100);
    }

    [Fact]
    public async Task Addresses_in_the_text_are_not_promised_from_elsewhere()
    {
        Import(TraceFixture.Load("kprobe-6.12-packet").Bytes);
        string page = await HtmlReport.RenderAsync(MadeCapture.Read(Capture));
        Assert.Contains("headers could be read from the text", page);
        Assert.DoesNotContain("A capture with the probe", page);
    }

    [Fact]
    public void A_remedy_is_a_command_to_copy()
    {
        string trace = _scratch.File("my trace.gz");
        File.WriteAllBytes(trace, [0x1f, 0x8b, 8, 0]);
        UserError error = Assert.Throws<UserError>(() => ImportJob.Run(
            new ImportOptions(trace, Capture, Force: false, Format: null), () => Stream.Null, _output, _notes, CancellationToken.None));
        Assert.Contains($"gzip -dc '{trace}' |", error.Remedy);
    }

    [Fact]
    public void A_capture_that_is_there_is_not_replaced_unasked()
    {
        File.WriteAllText(Capture, "mine");
        Assert.Throws<UserError>(() => Import(Encoding.UTF8.GetBytes(MadeCapture.Event(101))));
        Assert.Equal("mine", File.ReadAllText(Capture));
    }

    [Fact]
    public void Nothing_is_said_to_be_made_that_was_not()
    {
        // Somebody else takes the name meanwhile.
        using var text = new EndingStream(MadeCapture.Event(101), () => File.WriteAllText(Capture, "mine"));
        var options = new ImportOptions("-", Capture, Force: false, Format: null);
        Assert.ThrowsAny<IOException>(() => ImportJob.Run(options, () => text, _output, _notes, CancellationToken.None));
        Assert.Equal(("", ""), (_output.ToString(), _notes.ToString()));
        Assert.Equal("mine", File.ReadAllText(Capture));
        Assert.Equal(["c.db"], _scratch.Names);
    }

    [Fact]
    public void A_forced_import_that_fails_leaves_the_capture_it_was_to_replace()
    {
        File.WriteAllText(Capture, "mine");
        Assert.Throws<UserError>(() => Import("no trace at all\n"u8.ToArray(), force: true));
        Assert.Equal("mine", File.ReadAllText(Capture));
        Assert.Equal(["c.db"], _scratch.Names);
    }

    [Fact]
    public void An_import_of_a_file_that_is_stopped_leaves_nothing()
    {
        File.WriteAllText(_scratch.File("trace.txt"), MadeCapture.Event(101));
        var options = new ImportOptions(_scratch.File("trace.txt"), Capture, Force: false, Format: null);
        Assert.Throws<OperationCanceledException>(() => ImportJob.Run(options, () => Stream.Null, _output, _notes, new CancellationToken(canceled: true)));
        Assert.Equal(["trace.txt"], _scratch.Names);
    }

    [Fact]
    public void To_stop_standard_input_is_its_end_and_what_came_is_kept()
    {
        using var stop = new CancellationTokenSource();
        using var idle = new IdleStream(MadeCapture.Event(101), stop.Cancel);
        var options = new ImportOptions("-", Capture, Force: false, Format: null);
        Assert.Equal(ExitCode.Done, ImportJob.Run(options, () => idle, _output, _notes, stop.Token));
        Assert.Equal(1, MadeCapture.Read(Capture).Facts.Drops);
        Assert.Equal(["c.db"], _scratch.Names);
    }

    [Fact]
    public void What_lay_in_the_pipe_when_the_stop_came_is_kept_too()
    {
        var options = new ImportOptions("-", Capture, Force: false, Format: null);
        var text = new MemoryStream(Encoding.UTF8.GetBytes(MadeCapture.Event(101)));
        Assert.Equal(ExitCode.Done, ImportJob.Run(options, () => text, _output, _notes, new CancellationToken(canceled: true)));
        Assert.Equal(1, MadeCapture.Read(Capture).Facts.Drops);
    }

    [Fact]
    public void No_file_beside_the_capture_is_touched()
    {
        File.WriteAllText(Capture + ".part", "mine");
        File.WriteAllText(Capture, "old");
        File.WriteAllText(Capture + "-journal", "of the old one");
        Import(Encoding.UTF8.GetBytes(MadeCapture.Event(101)), force: true);
        Assert.Equal(["c.db", "c.db.part"], _scratch.Names);
        Assert.Equal("mine", File.ReadAllText(Capture + ".part"));
        Assert.Equal(1, MadeCapture.Read(Capture).Facts.Drops);
    }

    [Theory]
    [InlineData(new byte[] { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0 }, "compressed with gzip", "gzip -dc TRACE |")]
    [InlineData(new byte[] { 0xff, 0xfe, (byte)'a', 0, (byte)'b', 0 }, "UTF-16", "iconv -f UTF-16 ")]
    [InlineData(new byte[] { (byte)' ', 0, (byte)'b', 0 }, "UTF-16", "iconv -f UTF-16LE ")]
    [InlineData(new byte[] { (byte)'h', (byte)'i' }, "standard input holds no line", "trace_pipe")]
    public void Text_in_another_form_is_named_with_its_remedy(byte[] text, string form, string remedy)
    {
        UserError error = Assert.Throws<UserError>(() => Import(text));
        Assert.StartsWith("standard input holds no line of a kernel trace", error.Message);
        Assert.Contains(form, error.Message);
        Assert.Contains(remedy, error.Remedy);
    }

    [Fact]
    public void Some_other_file_given_for_the_format_is_refused() =>
        Assert.Contains("not an event's format file", Assert.Throws<UserError>(() => Import("x"u8.ToArray(), "hello"u8.ToArray())).Message);

    [Fact]
    public void A_read_error_leaves_no_half_capture()
    {
        var options = new ImportOptions("-", Capture, Force: false, Format: null);
        Assert.Throws<IOException>(() => ImportJob.Run(options, () => new BrokenStream(), _output, _notes, CancellationToken.None));
        Assert.Empty(_scratch.Names);
    }

    private ExitCode Import(byte[] text, byte[]? format = null, bool force = false)
    {
        string? formatPath = format is null ? null : _scratch.File("format");
        if (formatPath is not null) File.WriteAllBytes(formatPath, format!); // not null where the path is not
        return ImportJob.Run(new ImportOptions("-", Capture, force, formatPath), () => new MemoryStream(text), _output, _notes, CancellationToken.None);
    }

    /// <summary>Gives its text, then asks for the stop and gives nothing more for as long as it lives.</summary>
    private sealed class IdleStream(string text, Action stop) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        private readonly ManualResetEventSlim _end = new();

        public override int Read(Span<byte> buffer)
        {
            if (base.Read(buffer) is var read and > 0) return read;
            stop();
            _end.Wait();
            return 0;
        }

        protected override void Dispose(bool disposing)
        {
            _end.Set();
            base.Dispose(disposing);
        }
    }

    /// <summary>Gives its text, and says when that is all.</summary>
    private sealed class EndingStream(string text, Action atEnd) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override int Read(Span<byte> buffer)
        {
            int read = base.Read(buffer);
            if (read == 0) atEnd();
            return read;
        }
    }

    /// <summary>Gives one line, then fails as a disk does.</summary>
    private sealed class BrokenStream() : MemoryStream(Encoding.UTF8.GetBytes(MadeCapture.Event(101)))
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer) is var read and > 0 ? read : throw new IOException("input/output error");
    }
}
