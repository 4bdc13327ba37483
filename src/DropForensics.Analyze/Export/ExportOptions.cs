namespace DropForensics.Analyze.Export;

/// <summary>What is asked for.</summary>
/// <param name="Capture">Path of the capture.</param>
/// <param name="Format">Of what is written.</param>
/// <param name="Output">The file to make; null for standard output.</param>
/// <param name="Force">Whether it may replace one.</param>
/// <param name="Stacks">With each drop's stack, in JSON.</param>
internal sealed record ExportOptions(string Capture, ExportFormat Format, string? Output, bool Force, bool Stacks)
{
    /// <summary>Stands for standard output.</summary>
    public const string StandardOutput = "-";
}
