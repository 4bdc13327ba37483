namespace DropForensics.Analyze.Display;

/// <summary>A kernel function as every output writes it.</summary>
internal static class SymbolText
{
    /// <summary><c>e1000_clean+0x296 [e1000]</c></summary>
    /// <param name="symbol">Null: not known.</param>
    /// <param name="offset">Bytes from its start; null where that is not known, or does not matter.</param>
    /// <param name="module">Null for the kernel image, or where it is not known.</param>
    public static string Of(string? symbol, long? offset = null, string? module = null) =>
        (symbol ?? "?") + (offset is { } bytes ? $"+0x{bytes:x}" : "") + Module(module);

    /// <summary><c> [e1000]</c>; empty where there is none.</summary>
    public static string Module(string? module) => module is null ? "" : $" [{module}]";
}
