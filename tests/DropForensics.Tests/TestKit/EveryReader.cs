using DropForensics.Analyze.Export;
using DropForensics.Analyze.Redact;
using DropForensics.Analyze.Replay;
using DropForensics.Analyze.Report;
using DropForensics.Analyze.Verify;
using DropForensics.Core;

namespace DropForensics.Tests.TestKit;

/// <summary>Everything that reads a capture, as the commands do it: each gives an answer or a message for its user; any other exception is a defect.</summary>
internal static class EveryReader
{
    private static readonly (string Name, Func<string, ExitCode> Read)[] All =
    [
        ("report", path => Report(path, json: false)),
        ("report --json", path => Report(path, json: true)),
        ("raw", path => RawExport.Run(path, null, Stream.Null, CancellationToken.None)),
        ("verify", path => VerifyJob.Run(path, json: true, TextWriter.Null, CancellationToken.None)),
        ("replay", path => ReplayJob.Run(new ReplayOptions(path, Json: false, Stacks: true), null, Stream.Null, CancellationToken.None)),
        ("redact", path => Making(output => RedactJob.Run(path, output, TextWriter.Null, CancellationToken.None))),
        ("reattribute", path => Making(output => ReattributeJob.Run(path, output, TextWriter.Null, CancellationToken.None))),
        ("export csv", path => Export(path, ExportFormat.Csv)),
        ("export folded", path => Export(path, ExportFormat.Folded)),
        ("export speedscope", path => Export(path, ExportFormat.Speedscope)),
        ("export pcapng", path => Export(path, ExportFormat.Pcapng)),
        ("diff --json --out", Diff),
        ("diff, as the other", path => Comparison.Run(Another, path, TextWriter.Null, json: false)),
        ("replay --json", path => ReplayJob.Run(new ReplayOptions(path, Json: true, Stacks: true), null, Stream.Null, CancellationToken.None)),
    ];

    private static string Another => Repository.At("fixtures", "captures", "packets.db");

    /// <summary>How many there are.</summary>
    public static int Count => All.Length;

    /// <summary>What each says to a file: its exit code, and its message where it refuses.</summary>
    public static IReadOnlyList<(string Name, ExitCode Code, string? Message)> On(string path) => [.. Enumerable.Range(0, Count).Select(i => On(path, i))];

    /// <summary>What one of them says.</summary>
    public static (string Name, ExitCode Code, string? Message) On(string path, int index)
    {
        (string name, Func<string, ExitCode> read) = All[index];
        try
        {
            return (name, read(path), null);
        }
        catch (UserError error)
        {
            return (name, error.ExitCode, error.Message);
        }
    }

    private static ExitCode Export(string path, ExportFormat format) =>
        ExportJob.Run(new ExportOptions(path, format, Output: null, Force: false, Stacks: false), () => Stream.Null, isTerminal: false, TextWriter.Null, CancellationToken.None);

    private static ExitCode Diff(string path)
    {
        string page = Path.Combine(Path.GetTempPath(), $"dropforensics-diff-{Guid.NewGuid():n}.html");
        try
        {
            return Comparison.Run(path, Another, TextWriter.Null, json: true, page, failAbovePercent: 10);
        }
        finally
        {
            File.Delete(page);
        }
    }

    private static ExitCode Making(Func<string, ExitCode> make)
    {
        string output = Path.Combine(Path.GetTempPath(), $"dropforensics-made-{Guid.NewGuid():n}.db");
        try
        {
            return make(output);
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static ExitCode Report(string path, bool json) => ReportJob.RunAsync(
        new ReportOptions(path, "", Html: false, Png: false, Json: json, Top: 10), TextWriter.Null, plain: true, TextWriter.Null, CancellationToken.None).GetAwaiter().GetResult();
}
