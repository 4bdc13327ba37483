using DropForensics.Analyze.Report;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Analyze.Import;

/// <summary>
/// Makes a capture of the text of one tool, which its first record tells. Every byte is stored as it came, and a decoder of that tool's
/// text makes the rows: <see cref="TraceTextDecoder"/> or <see cref="Core.Perf.PerfTextDecoder"/>.
/// </summary>
/// <param name="options">What is asked for.</param>
/// <param name="format">The event's format file; null for none.</param>
/// <param name="input">The text.</param>
internal sealed class TextImport(ImportOptions options, byte[]? format, TraceInput input)
{
    private const string FormatPath = "events/skb/kfree_skb/format";
    private const int BlockSize = 256 << 10;
    private const int BlocksPerCommit = 256;

    private readonly byte[] _block = new byte[BlockSize];

    /// <summary>Whose text it is; the kernel's own where no line told.</summary>
    public TextFormat Text { get; private set; }

    /// <summary>Fills the capture and ends it.</summary>
    /// <exception cref="UserError">It is no text at all, or that of several tools.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public void Run(CaptureWriter writer)
    {
        int length = ReadHead();
        CaptureRow row = Row(_block.AsSpan(0, length), writer);
        writer.SetCapture(row);
        if (format is not null)
        {
            writer.AddArtifact(ArtifactPhase.Before, 0, FormatPath, format);
        }

        var recorder = new Recorder(writer, format is null ? ReasonTable.Empty : ReasonTable.FromFormat(format)) { Format = Text };
        for (int blocks = 1; length > 0; blocks++)
        {
            recorder.Feed(null, _block.AsSpan(0, length));
            if (blocks % BlocksPerCommit == 0)
            {
                recorder.Commit();
            }

            length = input.Read(_block);
        }

        recorder.Complete();
        if (recorder.ForeignLine is { } line)
        {
            throw new UserError(
                $"{options.TraceName}, line {line}: this is the text of another tool than the lines before it",
                "Import the text of each tool by itself: their clocks may differ, and a drop that two of them saw would count twice.");
        }

        writer.SetCapture(row with { OpenedNs = recorder.OpenedNs, Ended = "end of text" });
        writer.Finish();
    }

    // So much as tells whose text it is: what comes from a pipe may come a line at a time.
    private int ReadHead()
    {
        int length = 0, read;
        TextFormat? text = null;
        while (text is null && length < BlockSize && (read = input.Read(_block.AsMemory(length))) > 0)
        {
            length += read;
            text = TextRecognizer.Recognize(_block.AsSpan(0, length));
        }

        if (OtherInput.Recognize(options, _block.AsSpan(0, length)) is { } error)
        {
            throw error;
        }

        Text = text ?? TextFormat.Trace;
        return length;
    }

    private CaptureRow Row(ReadOnlySpan<byte> head, CaptureWriter writer)
    {
        var row = new CaptureRow
        {
            Uuid = Guid.NewGuid().ToString(),
            Tool = "analyze import",
            ToolVersion = ReportJob.Version,
            CommandLine = options.CommandLine,
            Probe = "import",
            ProbeWhy = "trace text that something else recorded",
            Transport = TextDecoders.TransportOf(Text),
        };
        if (Text != TextFormat.PerfScript)
        {
            return row;
        }

        var heading = new PerfHeading(head);
        if (heading.Clock is { } clock)
        {
            writer.AddClock(clock);
        }

        return row with
        {
            ProbeWhy = "text of perf script, recorded by perf record",
            Event = "skb:kfree_skb",
            HostName = heading.HostName,
            KernelRelease = heading.KernelRelease,
            Machine = heading.Machine,
            TraceClock = heading.Clock is null ? "perf" : "mono",
        };
    }
}
