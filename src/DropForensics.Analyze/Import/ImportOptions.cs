using DropForensics.Analyze.Report;

namespace DropForensics.Analyze.Import;

/// <summary>What is asked for.</summary>
/// <param name="Trace">Path of the text, <c>-</c> for standard input.</param>
/// <param name="Capture">Path of the capture to make.</param>
/// <param name="Force">Replace it if it is there.</param>
/// <param name="Format">Path of the event's format file, if there is one.</param>
/// <param name="Json">One JSON document instead of text.</param>
internal sealed record ImportOptions(string Trace, string Capture, bool Force, string? Format, bool Json = false)
{
    public bool IsStandardInput => Trace == "-";

    /// <summary>What messages call the text.</summary>
    public string TraceName => IsStandardInput ? "standard input" : Trace;

    /// <summary>The text in a command to copy.</summary>
    public string TraceWord => IsStandardInput ? "TRACE" : ReportModel.ShellWord(Trace);

    /// <summary>As it was given, without the paths.</summary>
    public string CommandLine => "import" + (Force ? " --force" : "") + (Format is null ? "" : " --format");
}
