using DropForensics.Analyze.Analysis;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Lake;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Replay;
using DropForensics.Analyze.Selection;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Export;

/// <summary>Writes a capture's content in a form that other programs read.</summary>
internal static class ExportJob
{
    /// <param name="options">The options.</param>
    /// <param name="standardOutput">Opens it if no file is named. If its reader closes it, the rest is discarded; that is not a failure.</param>
    /// <param name="isTerminal">Standard output is a terminal.</param>
    /// <param name="notes">Takes notes about it.</param>
    /// <param name="stop">Stops the work; no file is left.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <exception cref="UserError">The capture cannot be read or lacks the requested content, or no file can be made.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static ExitCode Run(
        ExportOptions options, Func<Stream> standardOutput, bool isTerminal, TextWriter notes, CancellationToken stop, ProgressLine? progress = null)
    {
        if (options.Stacks && options.Format != ExportFormat.Json)
        {
            throw new UserError("--stacks works only with --format json", "Leave it out; folded and speedscope always contain the stacks.", ExitCode.Usage);
        }

        if (options.Events && options.Format is not (ExportFormat.Csv or ExportFormat.Json))
        {
            throw new UserError("--events works only with --format csv or json", "Leave it out, or choose one of these.", ExitCode.Usage);
        }

        if (options is { Events: true, Stacks: true })
        {
            throw new UserError("--stacks is of drops alone, and --events writes other events as well", "Choose one of the two.", ExitCode.Usage);
        }

        if (options.Output is { } path)
        {
            using var file = new OutputFile(path, options.Force);
            ExitCode result = file.Write(stream => Write(options, stream, notes, progress, stop));
            progress?.Dispose();
            notes.WriteLine($"wrote {Visible.Text(file.Commit())}");
            return result;
        }

        if (isTerminal && options.Format is (ExportFormat.Pcapng or ExportFormat.Parquet))
        {
            string example = options.Format == ExportFormat.Pcapng ? ", or pipe it: … | tshark -r -" : ".";
            throw new UserError($"{options.Format.ToString().ToLowerInvariant()} is binary and cannot go to a terminal", $"Choose a file with --output{example}", ExitCode.Usage);
        }

        using Stream output = standardOutput();
        try
        {
            return Write(options, output, notes, progress, stop);
        }
        catch (IOException error) when (StandardOutput.IsBrokenPipe(error))
        {
            return ExitCode.Done; // as with `| head -1`: the reader has enough
        }
    }

    private static ExitCode Write(ExportOptions options, Stream output, TextWriter notes, ProgressLine? progress, CancellationToken stop)
    {
        if (options is { Format: ExportFormat.Json, Events: false })
        {
            return ReplayJob.Run(new ReplayOptions(options.Capture, Json: true, options.Stacks) { Filter = options.Filter }, pace: null, output, stop, progress, notes);
        }

        using CaptureReader capture = AnyCapture.Open(options.Capture, stop, progress);
        return UntrustedContent.Read(capture, () => Write(capture, options, output, notes, progress, stop), stop);
    }

    private static ExitCode Write(
        CaptureReader capture, ExportOptions options, Stream output, TextWriter notes, ProgressLine? progress, CancellationToken stop)
    {
        // Before drops are chosen: these are numbers of the whole window.
        (LossFacts, CompletenessLedger)? accounts = options is { Format: ExportFormat.Otlp or ExportFormat.Prometheus, Filter: null }
            ? new FactBuilder(capture.Connection, new RawLines(capture.Connection)).ReadAccounts() : null;
        DropSelection.Apply(capture, options.Filter, stop, progress)?.Note(notes);
        var buffered = new BufferedStream(output, 1 << 16); // the opener of the output closes it
        ExitCode result = ExitCode.Done;
        switch (options.Format)
        {
            case ExportFormat.Csv when options.Events:
                EventExport.WriteCsv(capture.Connection, buffered, stop);
                break;
            case ExportFormat.Json:
                EventExport.WriteJson(capture.Connection, buffered, stop);
                break;
            case ExportFormat.Csv:
                CsvExport.Write(capture.Connection, buffered, progress, stop);
                break;
            case ExportFormat.Folded:
                FoldedExport.Write(StackTree.Read(capture.Connection, progress, stop), buffered);
                break;
            case ExportFormat.Speedscope:
                SpeedscopeExport.Write(StackTree.Read(capture.Connection, progress, stop), Path.GetFileName(capture.Path), buffered);
                break;
            case ExportFormat.Pcapng:
                result = PcapngExport.Write(capture, buffered, notes, progress, stop);
                break;
            case ExportFormat.Parquet:
                LakeExport.Write(capture, buffered, progress, stop);
                break;
            case ExportFormat.Otlp:
                OtlpExport.Write(CaptureMetrics.Read(capture, accounts, stop), buffered);
                break;
            case ExportFormat.Prometheus:
                OpenMetricsExport.Write(CaptureMetrics.Read(capture, accounts, stop), buffered);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(options), options.Format, null);
        }

        buffered.Flush();
        return result;
    }
}

/// <summary>The options.</summary>
/// <param name="Capture">Path of the capture.</param>
/// <param name="Format">Of what is written.</param>
/// <param name="Output">The file to make; null for standard output.</param>
/// <param name="Force">Whether it may replace one.</param>
/// <param name="Stacks">Each drop with its stack, in JSON.</param>
internal sealed record ExportOptions(string Capture, ExportFormat Format, string? Output, bool Force, bool Stacks)
{
    /// <summary>Drops and all other events, as the view <c>events</c> has them.</summary>
    public bool Events { get; init; }

    /// <summary>Only the drops that match; null: all.</summary>
    public string? Filter { get; init; }

    /// <summary>Stands for standard output.</summary>
    public const string StandardOutput = "-";
}

/// <summary>What other programs read.</summary>
internal enum ExportFormat
{
    /// <summary>A table of the drops, RFC 4180.</summary>
    Csv,

    /// <summary>One JSON document on each line, one for each drop: <c>docs/drops.schema.json</c>.</summary>
    Json,

    /// <summary>Stacks with their drops, as flamegraph.pl takes them.</summary>
    Folded,

    /// <summary>Stacks with their drops, as speedscope.app takes them.</summary>
    Speedscope,

    /// <summary>The dropped packets' headers, for Wireshark and tshark.</summary>
    Pcapng,

    /// <summary>The table <c>drops</c> of a lake, for engines that read Parquet.</summary>
    Parquet,

    /// <summary>Counts by reason and interface over the window, for an OTLP receiver.</summary>
    Otlp,

    /// <summary>The same as OpenMetrics text, for Prometheus.</summary>
    Prometheus,
}
