using DropForensics.Capture.Kernel;
using DropForensics.Core.Filters;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Probes;

/// <summary>What is to be armed in an instance, and what the capture file says of it.</summary>
internal sealed record ProbePlan
{
    /// <summary>What <see cref="NotShown"/> is of an event that knows nothing of its packet.</summary>
    public const string NothingOfThePacket = "interface namespace flow";

    /// <summary>All that is recorded at the same time, the drops first.</summary>
    public required IReadOnlyList<ArmedEvent> Events { get; init; }

    /// <summary>The event that shows the drops, or the hits of a function.</summary>
    public ArmedEvent Drops => Events[0];

    /// <summary>Events beside the drops.</summary>
    public IReadOnlyList<ArmedEvent> Others => [.. Events.Skip(1)];

    /// <summary>Why this one, in words for the user and the file.</summary>
    public required string Why { get; init; }

    /// <summary>What it cannot show of a packet, and why; null where it shows all there is.</summary>
    public (string What, string Why)? NotShown { get; init; }

    /// <summary>What the user asked for in the kernel's filter language, empty for none.</summary>
    public string Asked { get; init; } = "";

    /// <summary>The expression that chooses drops; null for none.</summary>
    public DropFilter? Filter { get; init; }

    /// <summary>The way of every packet is recorded; null: no.</summary>
    public FollowedPackets? Follow { get; init; }

    /// <summary>The kernel's condition says all of <see cref="Filter"/>; else the agent decides among what the kernel lets through.</summary>
    public bool KernelDecides { get; init; } = true;

    /// <summary>What makes a call of the probed function a drop, in the same language; null where every event is one.</summary>
    public string? Condition { get; init; }

    /// <summary>The function the user named: its hits are recorded, which are not drops. Null as a rule.</summary>
    public string? HitsOf { get; init; }

    /// <summary>How much of each packet it takes.</summary>
    public PacketBytes Packets { get; init; } = PacketBytes.None;

    /// <summary>It fetches the owner of each packet's socket.</summary>
    public bool ShowsOwner { get; init; }

    /// <summary>Names the numbers the probe prints.</summary>
    public required ReasonTable Reasons { get; init; }

    /// <summary>The name of a drop reason by the kernel's number.</summary>
    public string ReasonName(long number) => Reasons.Names.GetValueOrDefault((uint)number) ?? Reasons.FromText($"0x{number:x}").Name;

    /// <summary><c>eprobe</c>, as the command line and the file spell it.</summary>
    public string Name => Drops.Kind.Name();

    /// <summary>What a capture by it will show and what not, in one sentence: the same in doctor, at the start of a capture and in its report.</summary>
    public string Sight
    {
        get
        {
            string[] all = ["function", .. HitsOf is null && Reasons.HasReasons ? ["reason"] : Array.Empty<string>(), "stack", "interface", "namespace", "flow", .. ShowsOwner ? ["owner"] : Array.Empty<string>()];
            string[] hidden = NotShown?.What.Split(' ') ?? [];
            return $"It shows {List([.. all.Except(hidden)], "and")} of each {(HitsOf is null ? "drop" : "hit")}"
                + (NotShown is { } not ? $", but no {List(hidden, "or")}: {not.Why}" : "");
        }
    }

    /// <summary>Why this probe, what it shows, and who decides the filter: sentences.</summary>
    public string Said => $"{Why}. {Sight}."
        + (Filter is null ? "" : KernelDecides ? " The kernel decides the filter." : " What the kernel cannot decide of the filter, the agent decides before it stores anything.")
        + (Follow is null ? "" : Follow.Interfaces is { } names ? $" Packets are followed at {string.Join(", ", names)}." : " Each packet is followed, dropped or not, which costs the host about 3 µs a packet.");

    private static string List(string[] words, string last) =>
        words.Length < 2 ? string.Concat(words) : $"{string.Join(", ", words[..^1])} {last} {words[^1]}";
}
