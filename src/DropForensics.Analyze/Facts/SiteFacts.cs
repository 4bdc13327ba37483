using System.Globalization;
using System.Text.Json.Serialization;
using DropForensics.Analyze.HostState;
using DropForensics.Core.Attribution;

namespace DropForensics.Analyze.Facts;

/// <summary>Drops that one function decided for one reason.</summary>
public sealed record SiteFacts
{
    /// <summary>The deciding function; null where neither a stack nor a location names one.</summary>
    public required string? Function { get; init; }

    public required string? Module { get; init; }

    /// <summary>Which rule named the function: <c>stack</c>, <c>location</c>, <c>caller</c>.</summary>
    public required string? FunctionRule { get; init; }

    public required string? Reason { get; init; }
    public required string? Subsystem { get; init; }
    public required long Drops { get; init; }

    /// <summary>Of all captured drops, 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>Where the packets were freed, as printed; the most frequent first, at most five.</summary>
    public required IReadOnlyList<NamedDrops> Locations { get; init; }

    /// <summary>The drivers the packets came through, the most frequent first, at most five.</summary>
    public required IReadOnlyList<NamedDrops> Drivers { get; init; }

    /// <summary>The interfaces the packets pointed to, the most frequent first, at most five; a name is null where the packet pointed to none.</summary>
    public required IReadOnlyList<NamedDrops> Interfaces { get; init; }

    /// <summary>Who owns the packets' sockets, the most frequent first, at most five; a name is null where no socket is known.</summary>
    public IReadOnlyList<NamedDrops> Owners { get; init; } = [];

    /// <summary>The ways they took through the host, the most frequent first, at most five.</summary>
    public required IReadOnlyList<PathFacts> Paths { get; init; }

    /// <summary>Its packets by kind; together all of its drops.</summary>
    [JsonIgnore]
    internal IReadOnlyList<KindFacts> Kinds { get; init; } = [];

    /// <summary>Where in the function they were dropped, the most frequent first, at most five.</summary>
    [JsonIgnore]
    internal IReadOnlyList<SourcePlace> Places { get; init; } = [];

    /// <summary>
    /// The lines of the source at the most frequent place, if debug information was given: the innermost function first, then those it is inlined into. Null: not known.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SourceFrame>? Source { get; init; }

    /// <summary>The hooks at which a firewall was asked about them, by network namespace, the most frequent first.</summary>
    [JsonIgnore]
    internal IReadOnlyList<HookFacts> Hooks { get; init; } = [];

    /// <summary>What the packets were for (<c>UDP to port 9</c>), the most frequent first, at most five; of those without known headers, what their EtherType is, unless it is IP.</summary>
    public required IReadOnlyList<NamedDrops> Services { get; init; }

    /// <summary>The functions that handed the packets to the stack, the most frequent first, at most five.</summary>
    public required IReadOnlyList<NamedDrops> Entries { get; init; }

    /// <summary>Interface, driver and entry of the same drops together; the most frequent first, at most five.</summary>
    public required IReadOnlyList<WayFacts> Ways { get; init; }

    /// <summary>How many distinct stacks lead here.</summary>
    public required int Stacks { get; init; }

    public required long FirstNs { get; init; }
    public required long LastNs { get; init; }

    /// <summary>The first of these drops as the kernel printed it; null where the raw text is not in the capture.</summary>
    public RawExample? Example { get; init; }
}

/// <summary>Drops of one site whose packets were of one kind, as far as headers distinguish kinds.</summary>
/// <param name="EtherType">Of the network header, else skb->protocol; null where neither is known.</param>
/// <param name="To">To whom they went; null where the headers are not known.</param>
/// <param name="Service">What they were for, or the name of their EtherType; null if unknown.</param>
/// <param name="Drops">How many.</param>
internal sealed record KindFacts(int? EtherType, Audience? To, string? Service, long Drops);

/// <summary>Drops at one hook of the firewall.</summary>
/// <param name="Netns">The packets' network namespace; null where it is not known.</param>
/// <param name="Hook">The hook.</param>
/// <param name="Drops">How many.</param>
internal sealed record HookFacts(long? Netns, FirewallHook Hook, long Drops);

/// <summary>Drops of one site whose packets came the same way: interface, driver, rule and entry belong to the same drops.</summary>
/// <param name="Driver">The driver; null where unknown.</param>
/// <param name="Rule">Which rule found it: <c>module</c> is from the kernel, <c>interface</c> from the packet, <c>symbol</c> and <c>backlog</c> are inferences.</param>
/// <param name="Candidates">Where it is unknown: the drivers it may have been, comma separated; null where nothing narrows it.</param>
/// <param name="Interface">The interface the packets pointed to; null where unknown.</param>
/// <param name="Entry">The function that handed the packet to the stack; null where the stack does not show one.</param>
/// <param name="Kind">What that function is, as far as the stack shows.</param>
/// <param name="Drops">How many.</param>
public sealed record WayFacts(string? Driver, string? Rule, string? Candidates, string? Interface, string? Entry, EntryKind Kind, long Drops)
{
    /// <summary>The driver, or the choice of drivers; null where neither is known.</summary>
    internal string? Name => Driver ?? (Candidates is null ? null : DriverFacts.Choice(Candidates));

    /// <summary>Whether the driver is inferred and not named by the kernel.</summary>
    internal bool IsInferred => Driver is not null && Rule is not (DriverRule.Module or DriverRule.Interface);
}

/// <summary>Drops of packets that took one way through the host.</summary>
/// <param name="From">The interface they had come in through, where it is not the one they pointed to, or they were to leave through the same; else null.</param>
/// <param name="Interface">The interface they pointed to; null where unknown.</param>
/// <param name="Direction">Which way they went.</param>
/// <param name="Drops">How many.</param>
public sealed record PathFacts(string? From, string? Interface, Direction Direction, long Drops);

/// <summary>Which way a packet went when it was dropped.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Direction>))]
public enum Direction
{
    /// <summary>Neither its interfaces nor its stack show it.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>It had come in through the interface it pointed to.</summary>
    [JsonStringEnumMemberName("in")]
    In,

    /// <summary>It had come in through one interface and was to leave through another, or the same: it was forwarded.</summary>
    [JsonStringEnumMemberName("through")]
    Through,

    /// <summary>It began on this host and was on its way out.</summary>
    [JsonStringEnumMemberName("out")]
    Out,
}

/// <summary>How a sentence calls the function that dropped packets, also where only the place is known at which they were freed.</summary>
internal static class FunctionWords
{
    /// <summary><c>`tcp_v4_rcv`</c>; <c>a caller of `dev_kfree_skb_any_reason`, which only a stack shows</c>.</summary>
    public static string Of(SiteFacts site)
    {
        if (site.Function is { } function)
        {
            return $"`{function}`";
        }

        return Location(site) switch
        {
            null => "an unknown function",
            { IsAddress: true, Name: var address } => $"an unknown function, at `{address}`",
            { Name: var name } => $"a caller of `{name}`, which only a stack shows",
        };
    }

    /// <summary>Its name alone; <c>unknown</c>.</summary>
    public static string Name(string? function) => function ?? "unknown";

    /// <summary>For a table: <c>tcp_v4_rcv</c>, <c>caller of dev_kfree_skb_any_reason</c>, <c>unknown, at 0xffffffff865ad8f3</c>, <c>unknown</c>.</summary>
    public static string Short(SiteFacts site) => site.Function ?? Location(site) switch
    {
        null => "unknown",
        { IsAddress: true, Name: var address } => $"unknown, at {address}",
        { Name: var name } => $"caller of {name}",
    };

    // The trace gives one at most where no stack names the function.
    private static (string Name, bool IsAddress)? Location(SiteFacts site)
    {
        if (site.Locations is not [{ Name: { } location }, ..]) return null;
        int end = location.AsSpan().IndexOfAny('+', ' ');
        return location.StartsWith("0x", StringComparison.Ordinal) ? (location, true) : (end < 0 ? location : location[..end], false);
    }
}

/// <summary>Drops of one reason.</summary>
/// <param name="Reason">The kernel's name; null where the kernel or the probe gave none.</param>
/// <param name="Value">Its number on this host, where known.</param>
/// <param name="Subsystem"><c>core</c>, <c>mac80211</c> …</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record ReasonFacts(string? Reason, long? Value, string? Subsystem, long Drops, double Share);

/// <summary>How people read a reason.</summary>
internal static class ReasonWords
{
    /// <summary>As it is shown; one that was not given, or has a number only, is shown as that.</summary>
    public static string Name(string? reason) => reason switch
    {
        null => "not given",
        { } number when IsNumber(number) => $"number {number}",
        { } name => name,
    };

    /// <summary>Whether it is the kernel's own name.</summary>
    public static bool IsName(string? reason) => reason is not null && !IsNumber(reason);

    /// <summary>Whether the trace gave it as a number that nothing in the capture names: <c>2</c>, <c>0x30002</c>.</summary>
    public static bool IsNumber(string reason) => reason.StartsWith("0x", StringComparison.Ordinal)
        ? reason.Length > 2 && reason.Skip(2).All(char.IsAsciiHexDigit)
        : reason.Length > 0 && reason.All(char.IsAsciiDigit);

    /// <summary>Why it has no name, and what would give it one.</summary>
    public static string Why(CaptureInfo capture, string reason) => (capture, Subsystem(reason)) switch
    {
        (_, > 0 and var subsystem) => $"of {Owner(subsystem)}; only that kernel's BTF has its name",
        ({ IsImport: false }, _) => "whose name is not in the capture",
        _ when capture.CommandLine.Contains("--format", StringComparison.Ordinal) => "whose name is not in the format",
        _ => "whose name is not in the text (import with --format)",
    };

    // The upper half of the number (include/net/dropreason.h). What it means has changed, and no format file names these.
    private static uint Subsystem(string reason) =>
        reason.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(reason.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) ? value >> 16 : 0
            : uint.TryParse(reason, NumberStyles.None, CultureInfo.InvariantCulture, out value) ? value >> 16 : 0;

    private static string Owner(uint subsystem) => subsystem switch
    {
        1 => "mac80211",
        2 => "mac80211 (Linux 6.4 to 6.14) or Open vSwitch (since 6.16)",
        3 => "Open vSwitch (Linux 6.6 to 6.14) or the qdiscs (since 7.1)",
        _ => $"subsystem {subsystem.ToString(CultureInfo.InvariantCulture)}",
    };
}

/// <summary>Why no drop of a capture has a reason.</summary>
internal static class NoReasonMeaning
{
    /// <param name="capture">The capture.</param>
    /// <param name="format">The stored format of the tracepoint; null where the capture has none.</param>
    /// <returns>A sentence.</returns>
    public static string Of(CaptureInfo capture, string? format) => (capture, format) switch
    {
        ({ HitsOf: { } function }, _) => $"A hit of `{function}` is not a drop, so it has no drop reason.",
        (_, { } text) when !text.Contains(" reason;", StringComparison.Ordinal) =>
            $"This kernel{(capture.KernelRelease is null ? "" : $", {capture.KernelRelease},")} has no drop reasons: they came with Linux 5.17.",
        ({ Probe: "function" }, _) => "The function tracer shows no reasons.",
        ({ IsImport: true }, _) => "The text has no reasons.",
        _ => "No drop has a reason.",
    };
}
