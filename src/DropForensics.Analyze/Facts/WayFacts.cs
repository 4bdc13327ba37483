namespace DropForensics.Analyze.Facts;

/// <summary>Drops of one site whose packets came the same way: interface, driver, rule and entry belong to the same drops.</summary>
/// <param name="Driver">The driver; null where unknown.</param>
/// <param name="Rule">Which rule found it: <c>module</c> is the kernel's word, <c>interface</c> the packet's own, <c>symbol</c> and <c>backlog</c> are inferences.</param>
/// <param name="Candidates">Where it is unknown: the drivers it may have been, comma separated; null where nothing narrows it.</param>
/// <param name="Interface">The interface the packets pointed to; null where unknown.</param>
/// <param name="Entry">The function that handed the packet to the stack; null where the stack does not show one.</param>
/// <param name="Kind">What that function is, as far as the stack shows.</param>
/// <param name="Drops">How many.</param>
public sealed record WayFacts(string? Driver, string? Rule, string? Candidates, string? Interface, string? Entry, EntryKind Kind, long Drops)
{
    /// <summary>The driver, or the choice of drivers; null where neither is known.</summary>
    internal string? Name => Driver ?? (Candidates is null ? null : DriverMeaning.Choice(Candidates));

    /// <summary>Whether the driver is an inference of ours and not the kernel's own word.</summary>
    internal bool IsInferred => Driver is not null && Rule is not ("module" or "interface");
}
