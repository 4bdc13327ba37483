using System.Text;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Import.Cleaning;
using DropForensics.Core;
using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Analyze.Import;

/// <summary>
/// Makes a capture of the text of one tool, recognized by its first record. Additions by mails, pages and loggers are removed first
/// (<see cref="CleaningPlan"/>), and the capture records that. Then every byte is stored unchanged, and a decoder of that tool's text makes the
/// rows: <see cref="TraceTextDecoder"/> or <see cref="Core.Perf.PerfTextDecoder"/>.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="format">The event's format file; null for none.</param>
/// <param name="input">The text.</param>
internal sealed class TextImport(ImportOptions options, byte[]? format, TraceInput input)
{
    private const string FormatPath = "events/skb/kfree_skb/format";
    private const int BlockSize = 256 << 10;
    private const int BlocksPerCommit = 256;

    private readonly byte[] _block = new byte[BlockSize];

    private CleaningPlan _plan = CleaningPlan.Of("");

    /// <summary>The tool that printed the text; the kernel if no line showed it.</summary>
    public TextFormat Text { get; private set; }

    /// <summary>What was done to the text before it was stored; usually empty.</summary>
    public IReadOnlyList<string> Cleaned => _plan.Steps;

    /// <summary>Events that cannot show drops, by kind.</summary>
    public IReadOnlyDictionary<string, long> OtherEvents { get; private set; } = new Dictionary<string, long>();

    /// <summary>Fills the capture and ends it.</summary>
    /// <exception cref="UserError">It is not text, or text of several tools.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public void Run(CaptureWriter writer)
    {
        int length = ReadHead(out byte[] head);
        CaptureRow row = Row(head, writer);
        writer.SetCapture(row);
        if (format is not null)
        {
            writer.AddArtifact(ArtifactPhase.Before, 0, FormatPath, format);
        }

        var recorder = new Recorder(writer, format is null ? ReasonTable.Empty : ReasonTable.FromFormat(format)) { Format = Text };
        if (_plan.IsNothing)
        {
            for (int blocks = 1; length > 0; blocks++, length = input.Read(_block))
            {
                Feed(recorder, _block.AsSpan(0, length), blocks);
            }
        }
        else
        {
            var cleaner = new TextCleaner(_plan, new Rest(_block.AsMemory(0, length), input).Read);
            int blocks = 1;
            for (ReadOnlySpan<byte> text = cleaner.Read(); text.Length > 0; text = cleaner.Read())
            {
                Feed(recorder, text, blocks++);
            }
        }

        recorder.Complete();
        OtherEvents = recorder.OtherEvents;
        if (recorder.ForeignLine is { } line)
        {
            throw new UserError(
                $"{options.TraceName}, line {line}: this is the text of another tool, or of another mode of it, than the lines before it",
                "Import each by itself: their clocks may differ, and a drop that two of them saw would count twice.");
        }

        if (Text == TextFormat.Dropwatch && recorder.OpenedNs is > 0 and { } utc)
        {
            writer.AddClock(new ClockReading(utc, utc, utc)); // its times are the host's time of day, in an unknown zone
        }

        writer.SetCapture(row with { OpenedNs = recorder.OpenedNs, Ended = "end of text" });
        writer.Finish();
    }

    private static void Feed(Recorder recorder, ReadOnlySpan<byte> text, int blocks)
    {
        recorder.Feed(null, text);
        if (blocks % BlocksPerCommit == 0)
        {
            recorder.Commit();
        }
    }

    // Enough to recognize the tool and the changes of the text.
    private int ReadHead(out byte[] head)
    {
        int length = 0, read;
        while (length < BlockSize && (read = input.Read(_block.AsMemory(length))) > 0)
        {
            length += read;
        }

        head = _block[..length];
        if (OtherInput.Recognize(options, head) is { } error)
        {
            throw error;
        }

        _plan = CleaningPlan.Of(Encoding.Latin1.GetString(head));
        head = _plan.IsNothing ? head : Clean(head);
        TextFormat? text = TextRecognizer.Recognize(head);
        if (!_plan.HasRecords && text is not TextFormat.Dropwatch && OtherText.Recognize(options, head) is { } other)
        {
            throw other;
        }

        Text = text ?? TextFormat.Trace;

        return length;
    }

    private byte[] Clean(byte[] head)
    {
        using var clean = new MemoryStream();
        var cleaner = new TextCleaner(_plan, new Rest(head, null).Read);
        for (ReadOnlySpan<byte> text = cleaner.Read(); text.Length > 0; text = cleaner.Read())
        {
            clean.Write(text);
        }

        return clean.ToArray();
    }

    private CaptureRow Row(ReadOnlySpan<byte> head, CaptureWriter writer)
    {
        var row = new CaptureRow
        {
            Uuid = Guid.NewGuid().ToString(),
            Tool = "analyze import",
            ToolVersion = ProductVersion.Full(typeof(TextImport).Module),
            CommandLine = options.CommandLine,
            Probe = "import",
            ProbeWhy = Why("trace text that something else recorded"),
            Transport = TextDecoders.TransportOf(Text),
        };
        if (Text == TextFormat.Dropwatch)
        {
            bool hasTimes = DropwatchDecoder.HasTimes(head);
            return row with
            {
                ProbeWhy = Why($"text of dropwatch, {(hasTimes ? "a paragraph for each packet" : "which counts drops by place, without their times")}"),
                TraceClock = hasTimes ? "mono" : TraceClocks.None,
                TimeZone = hasTimes ? "not in the text; times are the host's local time" : null,
            };
        }

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
            ProbeWhy = Why("text of perf script, recorded by perf record"),
            Event = "skb:kfree_skb",
            HostName = heading.HostName,
            KernelRelease = heading.KernelRelease,
            Machine = heading.Machine,
            TraceClock = heading.Clock is null ? "perf" : "mono",
        };
    }

    private string Why(string what) => _plan.IsNothing ? what : $"{what}; before it was stored: {string.Join("; ", _plan.KeptSteps)}";

    /// <summary>The head that was read, then the rest.</summary>
    private sealed class Rest(ReadOnlyMemory<byte> head, TraceInput? input)
    {
        private ReadOnlyMemory<byte> _head = head;

        public int Read(Memory<byte> block)
        {
            if (_head.IsEmpty)
            {
                return input?.Read(block) ?? 0;
            }

            int length = Math.Min(block.Length, _head.Length);
            _head[..length].CopyTo(block);
            _head = _head[length..];
            return length;
        }
    }
}
