namespace DropForensics.Analyze.Facts;

/// <summary>A place in the kernel's code: so many bytes behind the beginning of a function.</summary>
/// <param name="Symbol">As printed, with the compiler's suffixes.</param>
/// <param name="Module">Its module; null for the kernel itself.</param>
/// <param name="Offset">In bytes.</param>
internal sealed record SourcePlace(string Symbol, string? Module, long Offset);

/// <summary>A line of the kernel's source.</summary>
/// <param name="Function">The function it is in.</param>
/// <param name="File"><c>net/ipv4/udp.c</c></param>
/// <param name="Line">From 1.</param>
public sealed record SourceFrame(string Function, string File, int Line)
{
    /// <summary><c>net/ipv4/udp.c:2458</c></summary>
    internal string Place => $"{File}:{Line}";
}
