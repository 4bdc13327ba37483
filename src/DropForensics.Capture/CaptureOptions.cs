using DropForensics.Core.Filters;

namespace DropForensics.Capture;

/// <summary>What the user asked for.</summary>
internal sealed record CaptureOptions
{
    public const long DefaultMaxDrops = 10_000_000;
    /// <summary>Far more than any window holds, and small enough that sums do not overflow, here, in the kernel or in a shell.</summary>
    public const long MostDrops = 1_000_000_000_000_000;

    public const long DefaultMaxSize = 1L << 30;
    public const long DefaultBuffer = 64L << 20;

    public static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(60);

    /// <summary>How long the window stays open; null: until something ends it.</summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>The same in nanoseconds.</summary>
    public long? WindowNs => Duration is { } duration ? duration.Ticks * TimeSpan.NanosecondsPerTick : null;

    /// <summary>A flight recorder: how far back the drops are kept; null for a window that keeps all.</summary>
    public TimeSpan? KeepLast { get; init; }

    /// <summary>Nothing is read before the window ends: the newest drops stay in the ring, and the kernel itself shuts its gate.</summary>
    public bool Freeze { get; init; }

    /// <summary>What ends the capture when it happens; empty for nothing.</summary>
    public IReadOnlyList<Trigger> Until { get; init; } = [];

    /// <summary>How long it goes on after that.</summary>
    public TimeSpan Then { get; init; }

    /// <summary>How often that has to happen; before the last time a flight recorder only saves what it has.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>The capture file to make.</summary>
    public required string Output { get; init; }

    /// <summary>The file that tells a collector of metrics how it goes; null for none.</summary>
    public string? Metrics { get; init; }

    /// <summary>Replace an existing file of that name.</summary>
    public bool Force { get; init; }

    /// <summary>The requested probe; null for the best one on this host.</summary>
    public ProbeKind? Probe { get; init; }

    /// <summary>A function whose calls are to be recorded instead of drops.</summary>
    public string? Function { get; init; }

    /// <summary>Record only drops of interfaces of this name, in whichever namespace.</summary>
    public string? Interface { get; init; }

    /// <summary>How much of each packet is kept, if the probe can show it.</summary>
    public PacketBytes Packets { get; init; } = PacketBytes.Headers;

    /// <summary>Reason names to record; empty for all.</summary>
    public IReadOnlyList<string> OnlyReasons { get; init; } = [];

    /// <summary>Reason names to leave out.</summary>
    public IReadOnlyList<string> ExceptReasons { get; init; } = [];

    /// <summary>Chooses drops by their packets; null for all.</summary>
    public DropFilter? Filter { get; init; }

    /// <summary>Events to record beside the drops, each as <c>SYSTEM:NAME</c> or <c>SYSTEM:NAME/FILTER/</c>.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>Names of sets of such events.</summary>
    public IReadOnlyList<string> EventSets { get; init; } = [];

    /// <summary>Records the way of every packet; null: no.</summary>
    public FollowedPackets? Follow { get; init; }

    /// <summary>Let the kernel count how long packets had been in it.</summary>
    public bool Latency { get; init; }

    /// <summary>Record a stack with every drop.</summary>
    public bool Stacks { get; init; } = true;

    /// <summary>Whether to fetch who owns a packet's socket.</summary>
    public bool Owner { get; init; } = true;

    /// <summary>Whether to store how the host is set up, before and after the window.</summary>
    public bool HostState { get; init; } = true;

    /// <summary>The window ends after this many drops; the kernel itself stops taking stacks there.</summary>
    public long MaxDrops { get; init; } = DefaultMaxDrops;

    /// <summary>The window ends when the file has this many bytes.</summary>
    public long MaxSize { get; init; } = DefaultMaxSize;

    /// <summary>Drops a second above which the agent spares the host; 0 for no limit, null for this host's default.</summary>
    public long? MaxRate { get; init; }

    /// <summary>The window ends if that is not enough, rather than that a sample is recorded.</summary>
    public bool EndsOnOverload { get; init; }

    /// <summary>Bytes of ring buffer, all CPUs together.</summary>
    public long Buffer { get; init; } = DefaultBuffer;

    /// <summary>How the rings are read.</summary>
    public TransportKind Transport { get; init; }

    /// <summary>The result as one JSON document.</summary>
    public bool Json { get; init; }

    /// <summary>No progress.</summary>
    public bool Quiet { get; init; }

    /// <summary>The command line as given, for the record.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>The same, word by word.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The user chose the size of the ring.</summary>
    public bool IsBufferAskedFor => Words.Contains("--buffer");

    /// <summary>Each CPU's share of <see cref="Buffer"/>.</summary>
    public long BufferKiBPerCpu(int cpus) => Math.Max(4, Buffer / 1024 / cpus);
}

/// <summary>The events that can report drops, best first: the order in which <c>auto</c> tries them.</summary>
internal enum ProbeKind
{
    /// <summary>An event probe on skb:kfree_skb (5.15 on): every drop, with interface, namespace, length and headers.</summary>
    Eprobe,

    /// <summary>skb:kfree_skb itself: every drop, with what the event prints.</summary>
    Tracepoint,

    /// <summary>A kprobe on the kernel's free function, or on a function the user names.</summary>
    Kprobe,

    /// <summary>The function tracer on such a function: that it was called, and by whom.</summary>
    Function,
}

internal static class ProbeKinds
{
    /// <summary><c>eprobe</c>, as the command line and the file spell it.</summary>
    public static string Name(this ProbeKind kind) => kind.ToString().ToLowerInvariant();
}

/// <summary>How much of a dropped packet is kept.</summary>
internal enum PacketBytes
{
    /// <summary>Its headers; what follows them is zeroed before anything is stored.</summary>
    Headers,

    /// <summary>Its headers and the beginning of its payload.</summary>
    Full,

    /// <summary>Nothing: the probe does not even read it.</summary>
    None,
}

/// <summary>How the rings are read: <c>--transport</c>.</summary>
internal enum TransportKind
{
    /// <summary>Text at low rates, pages when a CPU's backlog grows.</summary>
    Auto,

    /// <summary>The kernel makes the text.</summary>
    Text,

    /// <summary>The agent makes the same text of the ring's pages.</summary>
    Pages,
}
