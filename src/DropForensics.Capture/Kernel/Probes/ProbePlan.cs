using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel.Probes;

/// <summary>What is to be armed in an instance, and what the capture file says of it.</summary>
internal sealed record ProbePlan
{
    public required ProbeKind Kind { get; init; }

    /// <summary>Why this one, in words for the user and the file.</summary>
    public required string Why { get; init; }

    /// <summary>What it cannot show of a packet, and why; null where it shows all there is.</summary>
    public (string What, string Why)? NotShown { get; init; }

    /// <summary>What <see cref="NotShown"/> is of an event that knows nothing of its packet.</summary>
    public const string NothingOfThePacket = "interface namespace flow";

    /// <summary>What a capture by it will show and what not, in one sentence: the same in doctor, at the start of a capture and in its report.</summary>
    public string Sight
    {
        get
        {
            string[] all = ["function", .. HitsOf is null && Reasons.HasReasons ? ["reason"] : Array.Empty<string>(), "stack", "interface", "namespace", "flow"];
            var hidden = NotShown?.What.Split(' ') ?? [];
            var shown = List([.. all.Except(hidden).Where(each => each != "stack" || HasStacks)], "and");
            return $"It shows {shown} of each {(HitsOf is null ? "drop" : "hit")}"
                + (NotShown is { } not ? $", but no {List(hidden, "or")}: {not.Why}" : "");
        }
    }

    /// <summary>Its name for the file: <c>skb:kfree_skb</c>, <c>dropforensics_…:drop</c>, <c>function:kfree_skb</c>.</summary>
    public required string Event { get; init; }

    /// <summary>The event's directory below an instance; null for the function tracer, which has none.</summary>
    public string? EventDirectory { get; init; }

    /// <summary>What to write to <see cref="DefinitionFile"/> so that the event exists; null where the kernel has it by itself.</summary>
    public string? Definition { get; init; }

    /// <summary><c>dynamic_events</c>, or <c>kprobe_events</c> where that is all there is.</summary>
    public string? DefinitionFile { get; init; }

    /// <summary>What the user asked for in the kernel's filter language, empty for none.</summary>
    public string Asked { get; init; } = "";

    /// <summary>What makes a call of the probed function a drop, in the same language; null where every event is one.</summary>
    public string? Condition { get; init; }

    /// <summary>Both together: what is written to the event's filter file.</summary>
    public string Filter => EventFilter.And(Condition ?? "", Asked);

    /// <summary>The function a kprobe sits on or the function tracer follows.</summary>
    public string? Function { get; init; }

    /// <summary>The function the user named: its hits are recorded, which are not drops. Null as a rule.</summary>
    public string? HitsOf { get; init; }

    /// <summary>How much of each packet it takes.</summary>
    public PacketBytes Packets { get; init; } = PacketBytes.None;

    /// <summary>Each event names its task itself, so the kernel need not keep names for us.</summary>
    public bool HasComm { get; init; }

    /// <summary>A stack can be had with each event.</summary>
    public bool HasStacks { get; init; } = true;

    /// <summary>Names the numbers the probe prints.</summary>
    public required ReasonTable Reasons { get; init; }

    /// <summary>
    /// The event a witness counts instead: the same drops by the cheapest event there is. Null for the event itself.
    /// </summary>
    public (string Directory, string Filter)? Witness { get; init; }

    /// <summary>Defines the event of <see cref="Witness"/>; null where the kernel has it by itself.</summary>
    public string? WitnessDefinition { get; init; }

    private static string List(string[] words, string last) =>
        words.Length < 2 ? string.Concat(words) : $"{string.Join(", ", words[..^1])} {last} {words[^1]}";

    /// <summary><c>eprobe</c>, as the command line and the file spell it.</summary>
    public string Name => NameOf(Kind);

    public static string NameOf(ProbeKind kind) => kind switch
    {
        ProbeKind.Eprobe => "eprobe",
        ProbeKind.Tracepoint => "tracepoint",
        ProbeKind.Kprobe => "kprobe",
        _ => "function",
    };
}
