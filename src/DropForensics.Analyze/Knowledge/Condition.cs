namespace DropForensics.Analyze.Knowledge;

/// <summary>What must be true of a drop beside its function and reason for an entry to hold: one word of a <c>when</c> line.</summary>
/// <param name="Word">As knowledge.txt has it.</param>
internal sealed record Condition(string Word)
{
    /// <summary>The packet went to a multicast group; to everybody on the link.</summary>
    public static readonly Condition ToGroup = new("to-group"), ToEverybody = new("to-everybody");

    /// <summary>An IPv4, IPv6 or ARP packet, which every kernel takes unless it is told not to.</summary>
    public static readonly Condition OfIp = new("of-ip");

    /// <summary>The packet was on its way out: it had come in through another interface, or began on this host.</summary>
    public static readonly Condition GoingOut = new("going-out");

    /// <summary>The interface counted each of these drops as one it could not send: it has no queue at all, as without a carrier.</summary>
    public static readonly Condition NoQueue = new("no-queue");

    /// <summary>No flow lost more than a few of these packets, and each within a moment: the sender was told and did otherwise.</summary>
    public static readonly Condition FewAFlow = new("few-a-flow");

    private const string LoadedPrefix = "loaded:", NotLoadedPrefix = "not-loaded:", CountedPrefix = "counted:";

    private static readonly Condition[] WithoutName = [ToGroup, ToEverybody, OfIp, GoingOut, NoQueue, FewAFlow];

    /// <summary>The module it speaks of; null where it speaks of none.</summary>
    public string? Module => After(LoadedPrefix) ?? After(NotLoadedPrefix);

    /// <summary>The counter that must have grown with the drops, as nstat names it; null where it speaks of none.</summary>
    public string? Counter => After(CountedPrefix);

    /// <summary>Whether that module must be loaded, or must not be on a host that lists its modules.</summary>
    public bool IsLoaded => After(LoadedPrefix) is not null;

    /// <summary>The condition of a word; null for none that is known.</summary>
    public static Condition? Parse(string word) =>
        new Condition(word) is var condition && (WithoutName.Contains(condition) || condition.Module is not null || condition.Counter is not null) ? condition : null;

    /// <summary>For people, after "where": <c>the packet went to a multicast group</c>.</summary>
    public string Words => this == ToGroup ? "the packet went to a multicast group"
        : this == ToEverybody ? "the packet went to everybody on the link"
        : this == OfIp ? "the packet is IPv4, IPv6 or ARP"
        : this == GoingOut ? "the packet was on its way out"
        : this == NoQueue ? "the interface counted each drop in tx_dropped"
        : this == FewAFlow ? "no flow lost more than a few packets, each within a second"
        : Counter is { } counter ? $"the counter {counter} grew with most of the drops"
        : $"the module {Module} is {(IsLoaded ? "" : "not ")}loaded";

    private string? After(string prefix) => Word.StartsWith(prefix, StringComparison.Ordinal) && Word.Length > prefix.Length ? Word[prefix.Length..] : null;
}
