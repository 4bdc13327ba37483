using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Core.Events;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;

namespace DropForensics.Analyze.Facts;

/// <summary>The capture's row of itself (table <c>capture</c> in schema.sql), and the file it came in. Null if the capture does not have it.</summary>
public sealed record CaptureInfo
{
    /// <summary>The file's name without its folders.</summary>
    public string File { get; init; } = "";

    /// <summary>Bytes of the file.</summary>
    public long Size { get; init; }

    /// <summary>SHA-256 of the file, in hex.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>The earlier schema of the file, if its rows were rebuilt from its text; null: the rows are the file's.</summary>
    public int? EarlierSchema { get; init; }

    public string Uuid { get; init; } = "";
    public string Tool { get; init; } = "";
    public string ToolVersion { get; init; } = "";
    public string CommandLine { get; init; } = "";
    public string? HostName { get; init; }
    public string? KernelRelease { get; init; }
    public string? KernelVersion { get; init; }
    public string? Machine { get; init; }
    public string? BootId { get; init; }

    /// <summary>The host's zone as offset and name: <c>+01:00 CET</c>.</summary>
    public string? TimeZone { get; init; }

    public string? CpusOnline { get; init; }
    public string Probe { get; init; } = "";

    /// <summary>Why this probe was taken, and what it shows of a packet and what not.</summary>
    public string? ProbeWhy { get; init; }

    public string? Event { get; init; }

    /// <summary>As written to dynamic_events or kprobe_events; null where the probe needs none.</summary>
    public string? ProbeDefinition { get; init; }

    /// <summary>The function whose hits were recorded, which need not be drops. Null: drops.</summary>
    public string? HitsOf { get; init; }

    /// <summary>Bytes of each packet that were taken: <c>headers</c>, <c>full</c>, <c>none</c>.</summary>
    public string? Packets { get; init; }

    /// <summary>Chunks of raw text in which packet bytes were zeroed on the host.</summary>
    public long MaskedChunks { get; init; }

    /// <summary>What the kernel filtered by, in its own language; empty: nothing.</summary>
    public string? Filter { get; init; }

    /// <summary>The expression of <c>--filter</c>, by which kernel and agent chose the drops; null: none.</summary>
    public string? Expression { get; init; }

    /// <summary>What every drop here meets; null where all were recorded.</summary>
    internal string? Scope => (Expression, Filter) switch
    {
        (null, null or "") => null,
        (null, { } kernel) => kernel,
        ({ } words, null or "") => words,
        ({ } words, { } kernel) => HasOwnOptions ? $"{words}, in the kernel {kernel}" : words,
    };

    // Of what the kernel filters by, an expression says all that other options do not.
    private bool HasOwnOptions => CommandLine.Split(' ').Any(word => word is "--reason" or "--exclude-reason" or "--interface");

    /// <summary>What makes a call of the probed function a drop; null where every event is one.</summary>
    public string? ProbeCondition { get; init; }

    public string? Trigger { get; init; }
    public string? TraceOptions { get; init; }
    public string? TraceClock { get; init; }

    /// <summary>How the ring was read: <c>text</c>, <c>pages</c> or <c>both</c>; null if unknown.</summary>
    public string? Transport { get; init; }
    public long? BufferKibPerCpu { get; init; }

    /// <summary>The window that was asked for.</summary>
    public long? WindowNs { get; init; }

    public long? OpenedNs { get; init; }
    public long? ClosedNs { get; init; }
    public string? Ended { get; init; }

    /// <summary>Drops the kernel counted in the window on an instance without a reader, which loses none.</summary>
    public long? WitnessDrops { get; init; }

    /// <summary>So many of them may lie between the witness's gate and the capture's.</summary>
    public long? WitnessSlack { get; init; }

    /// <summary>What another program changed in the agent's instance while it recorded; null if nothing was seen.</summary>
    public string? Disturbance { get; init; }

    /// <summary>Drops a second above which the agent was to spare the host; null: no such bound.</summary>
    public long? MaxRate { get; init; }

    /// <summary>The host's name; null where it has none, which the kernel calls <c>(none)</c>.</summary>
    internal string? KnownHost => HostName is "(none)" ? null : HostName;

    /// <summary>Inode of the host's own network namespace: the kernel made it first, so its number is the smallest. Null: no file of any was kept.</summary>
    public long? OwnNetns { get; init; }

    /// <summary>What was replaced by tokens, and what was kept; null: the file is as captured.</summary>
    public string? Redacted { get; init; }

    /// <summary>For the heading of every rendering; null: the file is as captured.</summary>
    internal string? RedactedHeading => Redacted is null ? null : "Redacted: addresses and the names of hosts, interfaces and tasks are tokens.";

    /// <summary>For the heading of every rendering; null: the rows are the file's.</summary>
    internal string? EarlierHeading => EarlierSchema is not { } schema ? null
        : $"Captured with schema {schema} by version {ToolVersion}; its rows were rebuilt from its raw text.";

    /// <summary>Whether this was made from a text file: then the host is known by the text only.</summary>
    public bool IsImport => Probe == "import";

    /// <summary>Whether its text is that of perf script, where a drop and its stack are one record.</summary>
    [JsonIgnore]
    public bool IsPerf => TextDecoders.FormatOf(Transport) == TextFormat.PerfScript;

    /// <summary>Whether its text is that of dropwatch, which names no CPU and no task.</summary>
    [JsonIgnore]
    public bool IsDropwatch => TextDecoders.FormatOf(Transport) == TextFormat.Dropwatch;

    /// <summary>Why there is no time, as a clause.</summary>
    internal string WhyNoTime => TraceClock == TraceClocks.None ? "its text has no times" : "its trace clock counts ticks, not time";

    /// <summary>Whether the probe shows a packet's interface and headers; the tracepoint and the function tracer cannot.</summary>
    internal bool TellsInterfaces => Probe is "eprobe" or "kprobe";

    /// <summary>Whether the probe fetched the owner of a packet's socket.</summary>
    internal bool TellsOwners => ProbeDefinition?.Contains($" {ProbeNames.Of(ProbeName.SocketCgroupId)}=", StringComparison.Ordinal) == true;

    /// <summary>What it counts, in words.</summary>
    internal Subject Subject => new(HitsOf);
}

/// <summary>The time that the capture covers, in <c>t_ns</c> as the drops have it.</summary>
/// <param name="StartNs">0 for a window the agent opened; the first drop's time where no window is known.</param>
/// <param name="EndNs">When the window was closed; the last drop's time if that is unknown.</param>
/// <param name="IsTime">False where the trace clock counts ticks of something else: no duration or rate is then given.</param>
/// <param name="Basis">What start and end are: one of the constants.</param>
/// <param name="StartUtc">Null where the capture has no wall clock.</param>
/// <param name="EndUtc">Null where the capture has no wall clock.</param>
public sealed record WindowFacts(long StartNs, long EndNs, bool IsTime, string Basis, DateTime? StartUtc, DateTime? EndUtc)
{
    /// <summary>The agent's window, opened and closed.</summary>
    public const string Whole = "window";

    /// <summary>From the window's opening to the last drop: the agent died before it closed the window.</summary>
    public const string ToLastDrop = "to_last_drop";

    /// <summary>From the first drop to the last: no window is known.</summary>
    public const string FirstToLastDrop = "drops";

    /// <summary>Its length.</summary>
    public long LengthNs => EndNs - StartNs;

    /// <summary>Whether the window is the agent's own and whole.</summary>
    public bool IsWindow => Basis == Whole;
}

/// <summary>Something the host's clocks did during the window that a reader of times must know.</summary>
/// <param name="AtNs">When, in <c>t_ns</c>.</param>
/// <param name="Kind"><c>step</c>: the wall clock was set; <c>suspend</c>: the host slept.</param>
/// <param name="ByNs">By how much: a step may be negative.</param>
public sealed record ClockNote(long AtNs, string Kind, long ByNs);

/// <summary>Which trace clocks count time (kernel/trace/trace.c, trace_clocks).</summary>
internal static class TraceClocks
{
    /// <summary>Of a text without times: the number of a drop's line takes the place of its time.</summary>
    public const string None = "none";

    /// <summary>Whether the clock's numbers are ns; null for a clock that is not known.</summary>
    public static bool? IsTime(string? clock) => clock switch
    {
        null => null,
        "counter" or "uptime" or "x86-tsc" or "ppc-tb" or None => false,
        _ => true,
    };
}
