using System.Text.Json.Serialization;

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
    /// <summary>What it is called where people read: <see cref="Meaning"/> shows that it is inferred.</summary>
    internal string Name => Driver ?? (Candidates is null ? "unknown" : Choice(Candidates));

    /// <summary><c>loopback or veth</c></summary>
    internal static string Choice(string candidates) => candidates.Replace(", ", " or ", StringComparison.Ordinal);
}

/// <summary>Drops of packets that one function handed to the network stack, or began within it.</summary>
/// <param name="Entry">A driver's poll, <c>process_backlog</c>, a system call; null where the stack does not show one.</param>
/// <param name="Meaning">What it is, in words; null if its name shows it.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record EntryFacts(string? Entry, string? Meaning, long Drops, double Share);

/// <summary>What the function is that a drop's story begins with.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EntryKind>))]
public enum EntryKind
{
    /// <summary>The stack does not show one, or there is no stack.</summary>
    [JsonStringEnumMemberName("unrecognised")]
    Unrecognised,

    /// <summary><c>process_backlog</c>.</summary>
    [JsonStringEnumMemberName("backlog")]
    Backlog,

    /// <summary><c>gro_cell_poll</c>.</summary>
    [JsonStringEnumMemberName("gro_cells")]
    GroCells,

    /// <summary>A driver's poll function.</summary>
    [JsonStringEnumMemberName("poll")]
    Poll,

    /// <summary>A function that handed the packet to the stack outside of a poll.</summary>
    [JsonStringEnumMemberName("hand_over")]
    HandOver,

    /// <summary>A system call: the packet was on its way out, or being read.</summary>
    [JsonStringEnumMemberName("system_call")]
    SystemCall,

    /// <summary>A timer of the kernel.</summary>
    [JsonStringEnumMemberName("timer")]
    Timer,

    /// <summary>A socket being closed, with packets still in its queues.</summary>
    [JsonStringEnumMemberName("socket_close")]
    SocketClose,

    /// <summary>Other work of the kernel's own.</summary>
    [JsonStringEnumMemberName("other")]
    Other,
}

/// <summary>One distinct stack and the drops it led to.</summary>
/// <param name="Id">Its id in the capture (<c>stack_id</c> of the views).</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
/// <param name="Reason">The reason of most of them.</param>
/// <param name="Function">The deciding function.</param>
/// <param name="EntryKind">What its entry is.</param>
/// <param name="Frames">Innermost first, the tracing machinery's own included.</param>
public sealed record StackFacts(long Id, long Drops, double Share, string? Reason, string? Function, EntryKind EntryKind, IReadOnlyList<FrameFacts> Frames);

/// <summary>One frame of a stack.</summary>
/// <param name="Depth">0 is the deciding function; below zero are tracing and the free path.</param>
/// <param name="Symbol">As printed.</param>
/// <param name="Offset">Bytes from the symbol's start; null where the trace printed bare names.</param>
/// <param name="Module">Null for the kernel image, or where the trace does not say.</param>
/// <param name="IsEntry">Whether it handed the packet to the network stack.</param>
public sealed record FrameFacts(int Depth, string Symbol, long? Offset, string? Module, bool IsEntry)
{
    /// <summary>Whether it decided the drop.</summary>
    public bool IsDeciding => Depth == 0;
}
