using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Queries;
using DropForensics.Core;
using DropForensics.Core.Commands;
using DropForensics.Core.Store;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Import;

/// <summary>Makes a capture from the text of a tracing tool, streaming: from a file of any size or a pipe; or from a script's directory.</summary>
internal static class ImportJob
{
    private const string FormatPath = "events/skb/kfree_skb/format";

    // The kernel caps it at some KiB; a larger one is another file, given by mistake.
    private const long LargestFormat = 1 << 20;

    // Samples kept for each stream: a directory has a stream for each CPU.
    private const int MostSamples = 10_000;

    /// <param name="options">The options.</param>
    /// <param name="standardInput">Opens it if the trace is <c>-</c>.</param>
    /// <param name="output">Takes the result, one line.</param>
    /// <param name="notes">Takes notes about it.</param>
    /// <param name="stop">Ends the text if it comes from standard input, and stops the work if it is a file.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <exception cref="UserError">The text is not a trace, or a file cannot be read or made; then no capture is left.</exception>
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
        var import = new TextImport(options, format, input);
        Result made = Make(options, import.Run, result => Check(options, result, import), progress);
        return Say(options, made, output, notes, import.Cleaned);
    }

    private static ExitCode ImportDirectory(ImportOptions options, TextWriter output, TextWriter notes, ProgressLine? progress, CancellationToken stop)
    {
        if (options.Format is not null)
        {
            throw new UserError($"{options.Trace} has its event's format with it", "Leave --format out.", ExitCode.Usage);
        }

        var directory = ScriptDirectory.Open(options.Trace);
        bool isWhole = true;
        Result made = Make(options, writer => isWhole = new DirectoryImport(directory, writer, progress, stop).Run(), _ => { }, progress);
        ExitCode result = Say(options, made, output, notes);
        return isWhole ? result : ExitCode.Incomplete;
    }

    /// <summary>Makes the capture, and gives it its name if the check passes.</summary>
    private static Result Make(ImportOptions options, Action<CaptureWriter> fill, Action<Result> check, ProgressLine? progress)
    {
        using var file = new PendingFile(options.Capture);
        Result made = file.Named(() =>
        {
            using (CaptureWriter writer = CaptureWriter.Create(file.Part, force: false))
            {
                fill(writer);
            }

            return Look(file.Part);
        });
        progress?.Dispose();
        check(made);

        // Files beside a replaced capture must not be used with the new one.
        foreach (string suffix in options.Force ? CaptureFile.CompanionSuffixes : [])
        {
            File.Delete(file.FullName + suffix);
        }

        file.Commit(options.Force);
        return made;
    }

    /// <summary>The counts of lines show whether the text was a trace.</summary>
    /// <exception cref="UserError">It was none.</exception>
    private static void Check(ImportOptions options, Result made, TextImport import)
    {
        if (!made.Lines.Any(l => l.Kind is "event" or "other_event" or "stack" or "orphan_stack" or "loss"))
        {
            throw OtherInput.OfText(options, made.Unparsed);
        }

        if (made.Drops > 0)
        {
            return;
        }

        if (made.Unparsed.Any(line => PerfFields.Missing(line.Text).Count > 0))
        {
            throw OtherInput.OfText(options, made.Unparsed);
        }

        // An event that recorded no drops is an answer, and so is a loss.
        long Lines(string kind) => made.Lines.Where(line => line.Kind == kind).Sum(line => line.Lines);
        if (Lines("loss") == 0 && Lines("other_event") <= import.OtherEvents.Values.Sum())
        {
            throw NoDropEvents.Of(options, import.Text, import.OtherEvents, Lines("stack") + Lines("orphan_stack"));
        }
    }

    /// <summary>Reads the numbers of the result.</summary>
    private static Result Look(string part)
    {
        using CaptureReader capture = CaptureReader.Open(part);
        var queries = new CaptureQueries(capture.Connection);
        return new Result(queries.Lines(), queries.Extent().Drops, queries.Unparsed(MostSamples), queries.Lost().Sum(lost => lost.Records), queries.Lost().Any());
    }

    /// <summary>Prints the numbers, and what could not be read.</summary>
    private static ExitCode Say(ImportOptions options, Result made, TextWriter output, TextWriter notes, IReadOnlyList<string>? cleaned = null)
    {
        cleaned ??= [];
        List<LineFacts> unparsed = made.Lines.Where(l => l.IsUnparsed).ToList();
        if (options.Json)
        {
            var kinds = unparsed.ToDictionary(l => l.Kind, l => l.Lines);
            output.WriteLine(JsonText.Readable(JsonSerializer.Serialize(
                new ImportResult(Visible.Text(options.Capture), made.Drops, made.Lines.Sum(l => l.Lines), kinds, cleaned), ImportJsonContext.Default.ImportResult)));
            return unparsed.Count == 0 && !made.HasHoles ? ExitCode.Done : ExitCode.Incomplete;
        }

        output.WriteLine($"{Count(made.Drops, "drop")} in {Count(made.Lines.Sum(l => l.Lines), "line")}: {options.Capture}");
        if (cleaned.Count > 0)
        {
            notes.WriteLine("The text was changed before it was stored; line numbers are those of the stored text (analyze raw):");
            foreach (string step in cleaned)
            {
                notes.WriteLine($"  {step}");
            }
        }

        if (made.HasHoles)
        {
            string records = made.Lost > 0 ? $"{Count(made.Lost, "record")} {(made.Lost == 1 ? "is" : "are")} missing" : "records are missing";
            notes.WriteLine($"{records}: they were lost or overwritten before the text was printed.");
        }

        if (unparsed.Count == 0)
        {
            return made.HasHoles ? ExitCode.Incomplete : ExitCode.Done;
        }

        notes.WriteLine($"{Count(unparsed.Sum(l => l.Lines), "line")} could not be read:");
        foreach (LineFacts kind in unparsed)
        {
            UnparsedSample? first = made.Unparsed.Where(line => line.Kind == kind.Kind).MinBy(line => line.Line);
            string where = first switch
            {
                null => "",
                { Cpu: { } cpu } => $"; the first is line {Count(first.Line)} of CPU {cpu}",
                _ => $"; the first is line {Count(first.Line)}",
            };
            notes.WriteLine($"  {Count(kind.Lines),8}  {kind.Kind}: {LineKinds.Describe(kind.Kind, new Subject(null))}{where}");
        }

        return ExitCode.Incomplete;
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Reading(path, error, "Give a file with trace text, or - for standard input.");
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
                : throw new UserError($"{path} is not an event's format file", $"Copy {FormatPath} from the host's tracefs.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Reading(path, error, $"Copy {FormatPath} from the host's tracefs.");
        }
    }

    /// <summary>The result of an import.</summary>
    /// <param name="Lines">Its lines by kind.</param>
    /// <param name="Drops">Drops.</param>
    /// <param name="Unparsed">Lines that did not parse, the first of each kind first.</param>
    /// <param name="Lost">Records that the text itself reports as missing.</param>
    /// <param name="HasHoles">Whether it reports missing ones, possibly without their number.</param>
    private sealed record Result(IReadOnlyList<LineFacts> Lines, long Drops, IReadOnlyList<UnparsedSample> Unparsed, long Lost, bool HasHoles);
}

/// <summary>The options.</summary>
/// <param name="Trace">Path of the text, <c>-</c> for standard input.</param>
/// <param name="Capture">Path of the capture to make.</param>
/// <param name="Force">Replace it if it is there.</param>
/// <param name="Format">Path of the event's format file, if there is one.</param>
/// <param name="Json">One JSON document instead of text.</param>
internal sealed record ImportOptions(string Trace, string Capture, bool Force, string? Format, bool Json = false)
{
    public bool IsStandardInput => Trace == "-";

    /// <summary>The name of the text in messages.</summary>
    public string TraceName => IsStandardInput ? "standard input" : Trace;

    /// <summary>The text in a command to copy.</summary>
    public string TraceWord => IsStandardInput ? "TRACE" : ReportModel.ShellWord(Trace);

    /// <summary>The command line without the paths.</summary>
    public string CommandLine => "import" + (Force ? " --force" : "") + (Format is null ? "" : " --format");
}

/// <summary>The result of an import, for programs.</summary>
/// <param name="File">The capture that was made.</param>
/// <param name="Drops">Drops in it.</param>
/// <param name="Lines">Lines of text.</param>
/// <param name="Unparsed">Of these, lines that could not be read, by kind.</param>
/// <param name="Cleaned">What was done to the text before it was stored; usually empty.</param>
internal sealed record ImportResult(string File, long Drops, long Lines, IReadOnlyDictionary<string, long> Unparsed, IReadOnlyList<string> Cleaned);

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(ImportResult))]
internal sealed partial class ImportJsonContext : JsonSerializerContext;
