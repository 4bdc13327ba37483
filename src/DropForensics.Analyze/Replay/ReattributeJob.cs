using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Commands;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Replay;

/// <summary>Makes a file of a capture as this version reads it.</summary>
internal static class ReattributeJob
{
    /// <param name="input">A capture of any version, which is only read.</param>
    /// <param name="output">The file to make.</param>
    /// <param name="result">Takes what was done.</param>
    /// <param name="stop">Gives up; no file is left.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <param name="json">One JSON document instead of text.</param>
    /// <param name="force">Whether a file that has the name of <paramref name="output"/> is replaced.</param>
    /// <exception cref="UserError">A file cannot be read or made; none is left then.</exception>
    public static ExitCode Run(string input, string output, TextWriter result, CancellationToken stop, ProgressLine? progress = null, bool json = false, bool force = false)
    {
        if (Path.GetFullPath(input) == Path.GetFullPath(output)) throw new UserError($"{output} is the capture itself", "Choose another file for the copy.");

        CaptureWriter.Check(output, force);
        using CaptureReader capture = AnyCapture.Open(input, stop, progress);
        progress?.Begin("writing the copy");
        long drops = UntrustedContent.Read(capture, () => Write(capture, output, force), stop);
        progress?.Dispose();
        int? schema = capture.IsRebuilt && capture.Schema < CaptureFile.Version ? capture.Schema : null;
        if (json)
        {
            var document = new ReattributeResult(Visible.Text(output), drops, schema, capture.IsRebuilt ? null : capture.Reattributed);
            result.WriteLine(JsonText.Readable(JsonSerializer.Serialize(document, ReattributeJsonContext.Default.ReattributeResult)));
            return ExitCode.Done;
        }

        string what = schema is { } earlier ? $"rebuilt from the text of schema {earlier}"
            : capture.IsRebuilt ? "all parts in one file"
            : capture.Reattributed > 0 ? $"another function or driver for {Units.Count(capture.Reattributed, "site")}"
            : "with the same functions and drivers as before";
        result.WriteLine($"{Units.Count(drops, "drop")}, {what}: {Visible.Text(output)}");
        return ExitCode.Done;
    }

    private static long Write(CaptureReader capture, string output, bool force)
    {
        // Pages are copied as they are: none may be damaged.
        VerifyJob.CheckDatabase(capture);
        long drops = new CaptureQueries(capture.Connection).Extent().Drops;
        using var file = new PendingFile(output);
        file.Named(() =>
        {
            CaptureSnapshot.Of(capture, file.Part);
            return true;
        });
        file.Commit(replace: force);
        return drops;
    }
}

/// <param name="File">What was made.</param>
/// <param name="Drops">In it.</param>
/// <param name="EarlierSchema">Of the capture, if all rows were rebuilt.</param>
/// <param name="Sites">Attributed differently from the stored ones; null if all rows were rebuilt.</param>
internal sealed record ReattributeResult(string File, long Drops, int? EarlierSchema, int? Sites);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReattributeResult))]
internal sealed partial class ReattributeJsonContext : JsonSerializerContext;
