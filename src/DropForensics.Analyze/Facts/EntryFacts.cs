using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Facts;

/// <summary>Drops of packets that one function handed to the network stack, or began within it.</summary>
/// <param name="Entry">A driver's poll, <c>process_backlog</c>, a system call; null where the stack does not show one.</param>
/// <param name="Meaning">What it is, in words; null where its name says it.</param>
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
