namespace DropForensics.Analyze.Facts;

/// <summary>Reasons that the trace gave as a number and that nothing in the capture names.</summary>
internal static class ReasonNumbers
{
    /// <summary><c>2</c>, <c>0x30002</c></summary>
    public static bool IsNumber(string reason) => reason.StartsWith("0x", StringComparison.Ordinal)
        ? reason.Length > 2 && reason.Skip(2).All(char.IsAsciiHexDigit)
        : reason.Length > 0 && reason.All(char.IsAsciiDigit);

    /// <summary>Why it has no name, and what would give it one.</summary>
    public static string Why(CaptureInfo capture) => capture switch
    {
        { IsImport: false } => "which the capture does not name",
        _ when capture.CommandLine.Contains("--format", StringComparison.Ordinal) => "which the format does not name",
        _ => "which the text does not name (import with --format)",
    };
}
