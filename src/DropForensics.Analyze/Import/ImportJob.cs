using System.Text.Json;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Report;
using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Import;

/// <summary>Makes a capture from trace text, streaming: a file of any size, or what a pipe brings.</summary>
internal static class ImportJob
{
    private const string FormatPath = "events/skb/kfree_skb/format";
    private const int BlockSize = 256 << 10;
    private const int BlocksPerCommit = 256;

    // What SQLite keeps beside a database; of a capture that is replaced it must not be taken for the new one's.
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    // The kernel caps it at some KiB; what is larger is another file, given by mistake.
    private const long LargestFormat = 1 << 20;

    /// <param name="options">What is asked for.</param>
    /// <param name="standardInput">Opens it, where the trace is <c>-</c>.</param>
    /// <param name="output">Takes the result, one line.</param>
    /// <param name="notes">Takes what is to be said beside it.</param>
    /// <param name="stop">Ends the text where it comes from standard input, gives up where it is a file.</param>
    /// <param name="progress">Told how far it is; null for nobody.</param>
    /// <exception cref="UserError">The text is no trace, or a file cannot be read or made; no capture is left then.</exception>
    /// <exception cref="OperationCanceledException">Stopped; no capture is left.</exception>
    public static ExitCode Run(ImportOptions options, Func<Stream> standardInput, TextWriter output, TextWriter notes, CancellationToken stop, ProgressLine? progress = null)
    {
        CaptureWriter.Check(options.Capture, options.Force);
        if (Directory.Exists(options.Trace))
        {
            return ImportDirectory(options, output, notes, progress, stop);
        }

        byte[]? format = options.Format is null ? null : ReadFormat(options.Format);
        using Stream text = options.IsStandardInput ? standardInput() : Open(options.Trace);
        var input = new TraceInput(text, stopIsEnd: options.IsStandardInput, stop, progress);
        progress?.Begin("reading the text", text.CanSeek ? text.Length : 0);
        return Make(options, writer => Record(options, format, input, writer), part => Conclude(options, part, input.Head, output, notes), progress);
    }

    private static ExitCode ImportDirectory(ImportOptions options, TextWriter output, TextWriter notes, ProgressLine? progress, CancellationToken stop)
    {
        if (options.Format is not null)
        {
            throw new UserError($"{options.Trace} has its event's format with it", "Leave --format out.", ExitCode.Usage);
        }

        var directory = ScriptDirectory.Open(options.Trace);
        bool isWhole = true;
        return Make(
            options,
            writer => isWhole = new DirectoryImport(directory, writer, progress, stop).Run(),
            part =>
            {
                (IReadOnlyList<LineFacts> lines, long drops) = Look(part);
                ExitCode result = Say(options, lines, drops, output, notes);
                return isWhole ? result : ExitCode.Incomplete;
            },
            progress);
    }

    private static ExitCode Make(ImportOptions options, Action<CaptureWriter> fill, Func<string, ExitCode> conclude, ProgressLine? progress)
    {
        // The capture grows under a name of its own and gets the one asked for when it is whole, so that one it replaces is there until then.
        string whole = Path.GetFullPath(options.Capture);
        string part = Path.Combine(Path.GetDirectoryName(whole) ?? "/", $".{Path.GetFileName(whole)}.{Guid.NewGuid():n}");
        try
        {
            using (CaptureWriter writer = CaptureWriter.Create(part, force: false))
            {
                fill(writer);
            }

            progress?.Dispose();
            ExitCode result = conclude(part);
            foreach (string suffix in options.Force ? Companions : [])
            {
                File.Delete(options.Capture + suffix);
            }

            File.Move(part, options.Capture, overwrite: options.Force);
            return result;
        }
        finally
        {
            foreach (string suffix in (string[])["", .. Companions])
            {
                File.Delete(part + suffix);
            }
        }
    }

    private static void Record(ImportOptions options, byte[]? format, TraceInput input, CaptureWriter writer)
    {
        var row = new CaptureRow
        {
            Uuid = Guid.NewGuid().ToString(),
            Tool = "analyze import",
            ToolVersion = ReportJob.Version,
            CommandLine = options.CommandLine,
            Probe = "import",
            ProbeWhy = "trace text that something else recorded",
        };
        writer.SetCapture(row);
        ReasonTable reasons = ReasonTable.Empty;
        if (format is not null)
        {
            writer.AddArtifact(ArtifactPhase.Before, 0, FormatPath, format);
            reasons = ReasonTable.FromFormat(format);
        }

        var recorder = new Recorder(writer, reasons);
        byte[] block = new byte[BlockSize];
        int read;
        for (int blocks = 1; (read = input.Read(block)) > 0; blocks++)
        {
            recorder.Feed(null, block.AsSpan(0, read));
            if (blocks % BlocksPerCommit == 0)
            {
                recorder.Commit();
            }
        }

        recorder.Complete();
        writer.SetCapture(row with { OpenedNs = recorder.OpenedNs, Ended = "end of text" });
        writer.Finish();
    }

    /// <summary>Looks at what came of it: the ledger of lines says whether that was a trace.</summary>
    private static ExitCode Conclude(ImportOptions options, string part, IReadOnlyList<byte> head, TextWriter output, TextWriter notes)
    {
        (IReadOnlyList<LineFacts> lines, long drops) = Look(part);
        if (!lines.Any(l => l.Kind is "event" or "other_event" or "stack" or "orphan_stack" or "loss"))
        {
            throw OtherFormat(options, head) ?? new UserError(
                $"{options.TraceName} holds no line of a kernel trace",
                "Give what `cat /sys/kernel/tracing/trace_pipe` printed, lines such as:\n"
                + "           <...>-257     [001] ..s1.   101.250000: kfree_skb: skbaddr=… protocol=2048 location=tcp_v4_rcv+0x7d/0xf20 reason: NO_SOCKET");
        }

        return Say(options, lines, drops, output, notes);
    }

    private static (IReadOnlyList<LineFacts> Lines, long Drops) Look(string part)
    {
        using CaptureReader capture = CaptureReader.Open(part);
        var queries = new CaptureQueries(capture.Connection);
        return (queries.Lines(), queries.Extent().Drops);
    }

    /// <summary>Says how much it was, and what of it could not be read.</summary>
    private static ExitCode Say(ImportOptions options, IReadOnlyList<LineFacts> lines, long drops, TextWriter output, TextWriter notes)
    {
        List<LineFacts> unparsed = lines.Where(l => l.IsUnparsed).ToList();
        if (options.Json)
        {
            // A kind is a line for each stream.
            var kinds = unparsed.GroupBy(l => l.Kind).ToDictionary(kind => kind.Key, kind => kind.Sum(l => l.Lines));
            output.WriteLine(JsonSerializer.Serialize(
                new ImportResult(Visible.Text(options.Capture), drops, lines.Sum(l => l.Lines), kinds), ImportJsonContext.Default.ImportResult));
            return unparsed.Count == 0 ? ExitCode.Done : ExitCode.Incomplete;
        }

        output.WriteLine($"{Count(drops, "drop")} in {Count(lines.Sum(l => l.Lines), "line")}: {options.Capture}");
        if (unparsed.Count == 0)
        {
            return ExitCode.Done;
        }

        notes.WriteLine($"{Count(unparsed.Sum(l => l.Lines), "line")} could not be read:");
        foreach (LineFacts kind in unparsed)
        {
            notes.WriteLine($"  {Count(kind.Lines),8}  {kind.Kind}: {LineKinds.Describe(kind.Kind, new Subject(null))}");
        }

        return ExitCode.Incomplete;
    }

    /// <summary>Text that is a trace perhaps, but not as bytes of ASCII: null for any other.</summary>
    private static UserError? OtherFormat(ImportOptions options, IReadOnlyList<byte> head) => head switch
    {
        [0x1f, 0x8b, ..] => new UserError(
            $"{options.TraceName} holds no line of a kernel trace: it is compressed with gzip",
            $"Unpack it: gzip -dc {options.TraceWord} | analyze import - -o C.db"),
        [0xff, 0xfe, ..] or [0xfe, 0xff, ..] or [not 0, 0, ..] or [0, not 0, ..] => new UserError(
            $"{options.TraceName} holds no line of a kernel trace: it is UTF-16, as some Windows programs write text",
            $"Make it UTF-8: iconv -f {(head[0] is 0xff or 0xfe ? "UTF-16" : head[0] == 0 ? "UTF-16BE" : "UTF-16LE")} -t UTF-8 {options.TraceWord} | analyze import - -o C.db"),
        _ => null,
    };

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"cannot read {path}: {error.Message}", "Give a file with trace text, or - for standard input.");
        }
    }

    private static byte[] ReadFormat(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] format = new byte[LargestFormat];
            int length = file.ReadAtLeast(format, format.Length, throwOnEndOfStream: false);
            return length < LargestFormat && format.AsSpan(0, length).IndexOf("print fmt:"u8) >= 0
                ? format[..length]
                : throw new UserError($"{path} is no event's format file", $"Copy {FormatPath} from the host's tracefs.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"cannot read {path}: {error.Message}", $"Copy {FormatPath} from the host's tracefs.");
        }
    }
}
