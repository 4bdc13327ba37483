
namespace DropForensics.Analyze.Facts;

/// <summary>Drops of packets that came in through one driver, or whose driver is unknown for one cause.</summary>
/// <param name="Driver">The driver; null where unknown.</param>
/// <param name="Rule">Which rule found it, or which kept it from being found: see <see cref="Meaning"/>.</param>
/// <param name="Candidates">Where it is unknown: the drivers it may have been, comma separated; null where nothing narrows it.</param>
/// <param name="Meaning">The rule in words: how it is known, or why not.</param>
/// <param name="Detail">The meaning in few words.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
/// <param name="Interfaces">Interfaces the packets pointed to, the most frequent first, at most five; a name is null where the packet pointed to none.</param>
/// <param name="Paths">The ways they took through the host, the most frequent first, at most five.</param>
/// <param name="Entries">Functions that handed the packets to the stack, the most frequent first, at most five.</param>
public sealed record DriverFacts(
    string? Driver, string? Rule, string? Candidates, string Meaning, string Detail, long Drops, double Share, IReadOnlyList<NamedDrops> Interfaces,
    IReadOnlyList<PathFacts> Paths, IReadOnlyList<NamedDrops> Entries)
{
    /// <summary>What it is called where people read: an inference says so in <see cref="Meaning"/>.</summary>
    internal string Name => Driver ?? (Candidates is null ? "unknown" : Choice(Candidates));

    /// <summary><c>loopback or veth</c></summary>
    internal static string Choice(string candidates) => candidates.Replace(", ", " or ", StringComparison.Ordinal);
}
