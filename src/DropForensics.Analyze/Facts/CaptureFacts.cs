using System.Text.Json.Serialization;
using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.HostState;
using DropForensics.Core.Ledger;

namespace DropForensics.Analyze.Facts;

/// <summary>
/// All that is known of a capture. Every number that any report shows comes from here; the lists are ordered by drops, the
/// most first. Text is as the capture has it, with invisible characters shown as escapes.
/// </summary>
public sealed record CaptureFacts
{
    public required CaptureInfo Capture { get; init; }
    public required WindowFacts Window { get; init; }

    /// <summary>Captured drops.</summary>
    public required long Drops { get; init; }

    public required LossFacts Losses { get; init; }

    /// <summary>What was given up to spare the host, in order of time.</summary>
    public required IReadOnlyList<ReliefFacts> Relief { get; init; }

    public required IReadOnlyList<ReasonFacts> Reasons { get; init; }

    /// <summary>Why no drop has a reason, in a sentence; null where one has, or nothing was dropped.</summary>
    public required string? WhyNoReason { get; init; }

    /// <summary>Whether functions take the place of reasons, because no drop has one.</summary>
    internal bool IsByFunction => WhyNoReason is not null;

    public required IReadOnlyList<SiteFacts> Sites { get; init; }

    /// <summary>The hook at which a firewall was asked, by the id that a site has in the capture; without those where the stack shows none.</summary>
    [JsonIgnore]
    internal IReadOnlyDictionary<long, FirewallHook> HooksOfSites { get; init; } = new Dictionary<long, FirewallHook>();

    public required IReadOnlyList<DriverFacts> Drivers { get; init; }
    public required IReadOnlyList<EntryFacts> Entries { get; init; }

    /// <summary>By the interface the packet pointed to, at most <see cref="FactLimits.Interfaces"/>; a row without a name is of those unknown.</summary>
    public required IReadOnlyList<InterfaceFacts> Interfaces { get; init; }

    /// <summary>How many interfaces there are, an unknown one counted.</summary>
    public required int DistinctInterfaces { get; init; }

    /// <summary>Drops of packets whose interface is known.</summary>
    public required long WithInterface { get; init; }

    /// <summary>How these interfaces are connected; null where nothing connects them, or the capture does not say what.</summary>
    public InterfaceMap? InterfaceMap { get; init; }

    /// <summary>At most <see cref="FactLimits.Namespaces"/>.</summary>
    public required IReadOnlyList<NamespaceFacts> Namespaces { get; init; }

    /// <summary>How many namespaces there are, an unknown one counted.</summary>
    public required int DistinctNamespaces { get; init; }

    /// <summary>The most frequent flows, at most <see cref="FactLimits.Flows"/>.</summary>
    public required IReadOnlyList<FlowFacts> Flows { get; init; }

    /// <summary>How many flows were counted.</summary>
    public required int DistinctFlows { get; init; }

    /// <summary>Drops of packets whose flow is known.</summary>
    public required long WithFlow { get; init; }

    /// <summary>Drops of flows too rare to keep among very many: each number of <see cref="Flows"/> may be low by so much. 0: all is exact.</summary>
    public required long FlowsForgotten { get; init; }

    /// <summary>The same by conversation, where that was asked for: all of them, except drops of flows that were too many to keep.</summary>
    [JsonIgnore]
    public IReadOnlyList<ConversationFacts> Conversations { get; init; } = [];

    /// <summary>Hosts that sent to many closed ports of another, the most ports first, at most <see cref="FactLimits.Scans"/>.</summary>
    public required IReadOnlyList<ScanFacts> Scans { get; init; }

    /// <summary>By destination port or type, at most <see cref="FactLimits.Services"/>.</summary>
    public required IReadOnlyList<ServiceFacts> Services { get; init; }

    public required int DistinctServices { get; init; }

    /// <summary>The most frequent stacks, at most <see cref="FactLimits.Stacks"/>.</summary>
    public required IReadOnlyList<StackFacts> Stacks { get; init; }

    /// <summary>How many distinct stacks there are.</summary>
    public required int DistinctStacks { get; init; }

    public required IReadOnlyList<ProtocolFacts> Protocols { get; init; }
    public required TimelineFacts Timeline { get; init; }

    /// <summary>Events beside the drops by kind, the most frequent first; usually empty.</summary>
    public IReadOnlyList<EventFacts> OtherEvents { get; init; } = [];

    /// <summary>Events that were recorded as well and never happened: <c>tcp:tcp_retransmit_skb</c>.</summary>
    public IReadOnlyList<string> SilentEvents { get; init; } = [];

    /// <summary>What TCP sent again, and whether that follows drops; null if nothing was sent again, or nobody looked.</summary>
    public RetransmitFacts? Retransmits { get; init; }

    /// <summary>By CPU number.</summary>
    public required IReadOnlyList<CpuFacts> Cpus { get; init; }

    /// <summary>The most frequent tasks, at most <see cref="FactLimits.Processes"/>.</summary>
    public required IReadOnlyList<ProcessFacts> Processes { get; init; }

    /// <summary>How many distinct tasks there are.</summary>
    public required int DistinctProcesses { get; init; }

    public required IReadOnlyList<LineFacts> Lines { get; init; }
    public required IReadOnlyList<UnparsedSample> Unparsed { get; init; }

    /// <summary>Whether the raw text does not end with a newline: its last line may be cut, and read as if it were whole.</summary>
    public required bool LastLineMayBeCut { get; init; }

    public required IReadOnlyList<ClockNote> ClockNotes { get; init; }

    /// <summary>Sites that this version attributes otherwise than the file has it stored; the numbers here are this version's.</summary>
    public int SitesReadOtherwise { get; init; }

    /// <summary>Drops by what has no facts but a name: by the dimension's id, the most drops first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<CountedFacts>> By { get; init; } = new Dictionary<string, IReadOnlyList<CountedFacts>>();

    /// <summary>Drops by who owns the packet's socket, the most drops first; those that nobody owns have no name. Empty where no drop has an owner.</summary>
    public IReadOnlyList<OwnerFacts> Owners { get; init; } = [];

    /// <summary>The same lists over time, for the page.</summary>
    [JsonIgnore]
    public BinnedFacts Binned { get; init; } = BinnedFacts.Empty;

    /// <summary>Raw lines that did not parse.</summary>
    public long UnparsedLines => Lines.Where(l => l.IsUnparsed).Sum(l => l.Lines);

    /// <summary>What <c>--filter</c> chose of the capture: all else here that counts drops counts these, but for the ledger. Null: all drops are here.</summary>
    public SelectionFacts? Selection { get; init; }

    /// <summary>How dropped packets came to where they were dropped; null where the capture did not follow packets.</summary>
    public PacketWays? Ways { get; init; }

    /// <summary>How long packets had been in the kernel when they were dropped, read or sent; empty where the capture did not count that. Of the whole capture.</summary>
    public IReadOnlyList<LatencyFacts> Latency { get; init; } = [];

    /// <summary>The accounts of each CPU, of the whole capture.</summary>
    public required CompletenessLedger Ledger { get; init; }

    /// <summary>What a hist trigger counted in the kernel by reason and location; empty where the kernel has none.</summary>
    public required IReadOnlyList<KernelCountFacts> KernelCounts { get; init; }

    /// <summary>What the host's own network counters gained, beside what was traced; empty where the capture keeps none of them.</summary>
    public required IReadOnlyList<CounterFacts> Counters { get; init; }

    /// <summary>What of the host could not be read: names and counters may be missing because of it, drops are not. Usually empty.</summary>
    public required IReadOnlyList<UnreadFacts> Unread { get; init; }

    /// <summary>The modules that the kernel had loaded when the window closed; empty if the capture does not keep them.</summary>
    [JsonIgnore]
    internal IReadOnlySet<string> Modules { get; init; } = new HashSet<string>();

    /// <summary>What every counter of the host gained, which decides between meanings; empty where the capture keeps none.</summary>
    [JsonIgnore]
    internal IReadOnlyList<CounterGain> Gains { get; init; } = [];

    /// <summary>How the host was set up, and its sockets; empty where the capture keeps neither.</summary>
    [JsonIgnore]
    internal HostAtThatTime Host { get; init; } = HostAtThatTime.None;

    /// <summary>
    /// Drops that the witness counted and that are not here; null without a witness. The two gates do not move in one moment, so
    /// a number that may lie between them is no difference. Below zero: the witness was reset.
    /// </summary>
    public long? Missed => Ledger.Missed;

    /// <summary>
    /// Drops that happened, where the kernel counted more than are here: the number of the window, of which <see cref="Drops"/> were recorded. Null where
    /// all are here, or nothing counted them.
    /// </summary>
    internal long? Happened => Selection is null && (Missed > 0 || Ledger.MissedBySampling > 0) && Ledger.Disturbance is null ? Ledger.Counted : null;

    /// <summary>Whether drops are known to be missing, so that each number is a lower bound.</summary>
    public bool IsIncomplete => Completeness.Gaps.Count > 0;

    /// <summary>Whether drops happened that are not here, be they lost or left out of a sample.</summary>
    internal bool LacksDrops => Completeness.AtLeast > 0 || Completeness.BySampling > 0;

    /// <summary>Whether anything that was asked for is not here, be it only stacks or the end of the window: exit code 4.</summary>
    internal bool LacksData => Completeness.IsIncomplete;

    /// <summary>The judgement of <see cref="Ledger"/>; the report's has more evidence.</summary>
    internal Completeness Completeness => CompletenessJudge.Of(Ledger);
}

/// <summary>A part of a capture's drops, chosen by an expression.</summary>
/// <param name="Expression">As it was given.</param>
/// <param name="Drops">How many it matches.</param>
/// <param name="Of">How many the capture holds.</param>
/// <param name="WithoutPacket">Drops that are left out because they have no packet to compare.</param>
public sealed record SelectionFacts(string Expression, long Drops, long Of, long WithoutPacket)
{
    /// <summary>One line: how many of how many, and how many of the others could not be compared.</summary>
    internal void Note(TextWriter notes) => notes.WriteLine(
        $"{Units.Count(Drops)} of {Units.Count(Of, "drop")} match '{Expression}'" + (WithoutPacket == 0 ? "" : $"; {Units.Count(WithoutPacket, "drop")} left out without a packet to compare"));
}

/// <summary>Drops under one name, with their share.</summary>
/// <param name="Name">Null where it is unknown.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record CountedFacts(string? Name, long Drops, double Share)
{
    /// <summary>The number of the column that they were counted by; null if there is no such column, or it was NULL.</summary>
    [JsonIgnore]
    public long? Number { get; init; }
}

/// <summary>Drops under one name; null where it is unknown.</summary>
public sealed record NamedDrops(string? Name, long Drops);

/// <summary>What the agent gave up to spare the host, because drops came faster than it was allowed to burden the host with.</summary>
/// <param name="AtNs">When, in <c>t_ns</c>.</param>
/// <param name="Rate">Drops a second that were measured.</param>
/// <param name="Step"><c>stacks</c>: from here on drops have none; <c>window</c>: the window ended.</param>
public sealed record ReliefFacts(long AtNs, long Rate, string Step);

/// <summary>Something about the host that the agent could not read, because it vanished or changed meanwhile, or the kernel refused.</summary>
/// <param name="Phase"><c>before</c> or <c>after</c> the window.</param>
/// <param name="What"><c>network namespace 4026532178</c>.</param>
/// <param name="Why">In words.</param>
public sealed record UnreadFacts(string Phase, string What, string Why);

/// <summary>How much of a long tail is kept: a report is read by people, and the capture has the rest.</summary>
public static class FactLimits
{
    public const int Stacks = 200;

    /// <summary>Rows of a table of the page; of sites the JSON document has all.</summary>
    public const int TableRows = 200;

    public const int Processes = 200;
    public const int Interfaces = 200;
    public const int Namespaces = 200;
    public const int Flows = 200;
    public const int Services = 200;

    /// <summary>Functions of a timeline; the others are one series.</summary>
    public const int SeriesOfFunctions = 20;

    public const int UnparsedSamples = 50;
    public const int Examples = 100;

    /// <summary>Drops whose ways are drawn.</summary>
    public const int Ways = 50;

    /// <summary>Lines shown of one drop: itself and its stack.</summary>
    public const int ExampleLines = 100;

    /// <summary>This many closed ports of one host, tried by one other, are a scan.</summary>
    public const int ScannedPorts = 20;

    /// <summary>Pairs of hosts that are reported as scans.</summary>
    public const int Scans = 5;

    /// <summary>Parts of the timeline for which events beside the drops are counted.</summary>
    public const int EventSlices = 12;

    /// <summary>Names listed in one cell.</summary>
    public const int Names = 5;
}

/// <summary>Events of one kind beside the drops.</summary>
public sealed record EventFacts
{
    /// <summary>As the trace names it: <c>tcp_retransmit_skb</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How many there are.</summary>
    public required long Events { get; init; }

    /// <summary>The first one's time, in <c>t_ns</c>.</summary>
    public required long FirstNs { get; init; }

    /// <summary>The last one's time, in <c>t_ns</c>.</summary>
    public required long LastNs { get; init; }

    /// <summary>The fields of one of them, as JSON.</summary>
    public required string Example { get; init; }

    /// <summary>How many in each of up to <see cref="FactLimits.EventSlices"/> equal parts of the timeline.</summary>
    public IReadOnlyList<long> Over { get; init; } = [];
}
