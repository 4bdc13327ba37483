using System.Text.Json.Serialization;
using DropForensics.Analyze.Diff;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Fleet;

/// <summary>What a fleet's report keeps of one capture: a few kilobytes, so that thousands fit into memory. Unknown is null.</summary>
public sealed record FleetCapture
{
    /// <summary>Path of the file, or of the folder of a flight recorder.</summary>
    public required string Path { get; init; }

    /// <summary>What it is called in the report: the host; with the file's name where one host has several captures, or the host is unknown.</summary>
    public string Name { get; init; } = "";

    public required string? Host { get; init; }
    public required string? KernelRelease { get; init; }

    /// <summary><c>Debian GNU/Linux 13 (trixie)</c></summary>
    public required string? Distribution { get; init; }

    public required string Uuid { get; init; }
    public required string Probe { get; init; }

    /// <summary>When the window began, by the host's own clock.</summary>
    public required DateTime? StartUtc { get; init; }

    public required DateTime? EndUtc { get; init; }

    /// <summary>Length of the window; null if no rate can be computed from it.</summary>
    public required double? Seconds { get; init; }

    /// <summary>How the window ended: <c>duration</c>, <c>killed</c>.</summary>
    public required string? Ended { get; init; }

    /// <summary>By how much, in ns, the host's wall clock was set during the window, all steps together: times of this capture may be off by so much. Null: its UTC is unknown.</summary>
    public required long? ClockSteppedNs { get; init; }

    /// <summary>Captured drops.</summary>
    public required long Drops { get; init; }

    /// <summary>Drops that the kernel counted.</summary>
    public required long? WitnessDrops { get; init; }

    /// <summary>Whether the agent recorded a sample only, because more was dropped than its limit allowed: <see cref="MissingLeast"/> has what it left out.</summary>
    public bool IsSample { get; init; }

    public required long MissingLeast { get; init; }

    /// <summary>Null: no upper limit is known.</summary>
    public required long? MissingMost { get; init; }

    /// <summary><c>complete</c>, <c>unproven</c>, <c>incomplete</c>.</summary>
    public required string Completeness { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string CompletenessWhy { get; init; }

    /// <summary>What the capture chose to record; null: every drop.</summary>
    public required string? Filter { get; init; }

    /// <summary>Whether addresses and names are tokens.</summary>
    public required bool IsRedacted { get; init; }

    /// <summary>Drops by cause, the most first; of a sample those that the kernel counted, where it counts by reason.</summary>
    public required IReadOnlyList<CauseCount> Causes { get; init; }

    /// <summary>Drops by <c>sites</c>, <c>drivers</c>, <c>interfaces</c>, <c>owners</c>, <c>namespaces</c>: at most <see cref="MostNames"/> names of each, the most drops first.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<NamedDrops>> By { get; init; }

    /// <summary>The capture's findings, the most important first.</summary>
    public required IReadOnlyList<FleetFinding> Findings { get; init; }

    /// <summary>Whether something that was asked for is missing here: exit code 4.</summary>
    public required bool LacksData { get; init; }

    /// <summary>The capture's own report, from the fleet's page; null where none was written.</summary>
    public string? Report { get; init; }

    /// <summary>Names kept of each dimension.</summary>
    internal const int MostNames = 100;

    /// <summary>Drops of each cause over UTC; empty where the time is unknown.</summary>
    [JsonIgnore]
    internal UtcSeries Timeline { get; init; } = UtcSeries.Empty;

    [JsonIgnore]
    internal CaptureScope Scope { get; init; } = new(new HashSet<string>(), new HashSet<string>(), null, null);

    /// <summary>What this host sent, or sent again, of connections: to be joined with drops elsewhere.</summary>
    [JsonIgnore]
    internal IReadOnlyList<SentSegments> Sent { get; init; } = [];

    /// <summary>Whether any drop has a flow that another host may know.</summary>
    [JsonIgnore]
    internal bool HasFlows { get; init; }

    /// <summary>Why its numbers are not all drops of the host in its window, as a clause; null: it looked at all.</summary>
    [JsonIgnore]
    internal string? CannotSee => this switch
    {
        { Filter: { } filter } => $"it recorded only what matches {filter}",
        { Ended: "killed" } => "its agent was killed before the window ended",
        { Completeness: Core.Ledger.Completeness.Incomplete } => CompletenessWhy.TrimEnd('.') is { Length: > 0 } why ? char.ToLowerInvariant(why[0]) + why[1..] : "it is incomplete",
        { Seconds: null } => "it does not show how long it recorded",
        _ => null,
    };

    /// <summary>Whether its causes are functions, because nothing gives reasons there.</summary>
    [JsonIgnore]
    internal bool IsByFunction { get; init; }

    [JsonIgnore]
    internal KernelVersion? Kernel { get; init; }

    /// <summary>Whether it recorded drops of a cause as others do: only then is none a number.</summary>
    /// <param name="kernels">Those that have the reason.</param>
    internal bool Looked(Cause cause, KernelRange kernels) =>
        Seconds is not null && Scope.Has(cause.IsFunction ? null : cause.Name) == true && (DropsOf(cause) > 0 || (cause.IsFunction == IsByFunction && kernels.Contains(Kernel)));

    /// <summary>Drops that happened, as far as they are known: those captured, and those that are missing in any case.</summary>
    [JsonIgnore]
    internal long AllDrops => Drops + MissingLeast;

    /// <summary>Drops whose cause is known.</summary>
    [JsonIgnore]
    internal long CauseDrops => Causes.Sum(each => each.Drops);

    /// <summary>Whether <see cref="Causes"/> has all drops, although the capture lacks some.</summary>
    [JsonIgnore]
    internal bool HasExactCauses { get; init; }

    internal long DropsOf(Cause cause) => Causes.FirstOrDefault(each => each.Cause == cause)?.Drops ?? 0;
}

/// <summary>Why packets were dropped, on any host.</summary>
/// <param name="Name">The kernel's name of the reason, <c>number 5</c>, <c>not given</c>; or the function.</param>
/// <param name="IsFunction">Whether it is a function, because the capture's kernel or probe gives no reasons.</param>
public readonly record struct Cause(string Name, bool IsFunction)
{
    /// <summary>Whether the name is the kernel's own spelling.</summary>
    [JsonIgnore]
    public bool IsName => IsFunction ? Name != FunctionWords.Name(null) : Name != ReasonWords.Name(null) && !Name.StartsWith("number ", StringComparison.Ordinal);

    /// <summary>In a sentence.</summary>
    internal string Words => IsName ? $"`{Name}`" : Name;
}

/// <summary>Drops of one cause in one capture.</summary>
/// <param name="Severity">Of most of them, as the capture's own report has it.</param>
/// <param name="Dispersion">About the size of a burst: see <see cref="Bursts"/>.</param>
public sealed record CauseCount(Cause Cause, long Drops, Severity Severity, [property: JsonIgnore] double Dispersion);

/// <summary>A finding of a capture's own report.</summary>
/// <param name="Id">Its kind.</param>
/// <param name="Title">In a sentence.</param>
/// <param name="Drops">Packets concerned.</param>
public sealed record FleetFinding(string Id, Severity Severity, string Title, long Drops);

/// <summary>A file that is no part of the report.</summary>
/// <param name="Path">As it was given.</param>
/// <param name="Why">In words.</param>
/// <param name="IsFault">Whether it should have been: exit code 4. A second copy of a capture is none.</param>
public sealed record LeftOut(string Path, string Why, bool IsFault);

/// <summary>
/// Drops of each cause in equal lengths of UTC. Lengths are nested (a second, ten, a minute …) and begin at multiples of themselves since 1970, so that
/// series of many hosts add up exactly.
/// </summary>
/// <param name="Start">Number of the first length since 1970.</param>
/// <param name="Seconds">One length.</param>
/// <param name="Drops">One number a length.</param>
internal sealed record UtcSeries(long Start, long Seconds, IReadOnlyDictionary<Cause, int[]> Drops)
{
    private const int MostLengths = 600;

    public static UtcSeries Empty { get; } = new(0, 1, new Dictionary<Cause, int[]>());

    private static readonly long[] Lengths = [1, 10, 60, 600, 3600, 43_200, 86_400, 864_000, 8_640_000, 864_000_000];

    /// <summary>The shortest length of which so many cover a span.</summary>
    /// <param name="from">Seconds since 1970.</param>
    /// <param name="to">The last second.</param>
    public static long LengthFor(long from, long to, int most = MostLengths) => Lengths.FirstOrDefault(each => (to / each) - (from / each) < most, Lengths[^1]);

    /// <summary>Puts bins of one capture onto UTC: each belongs to the length in which its middle lies.</summary>
    /// <param name="utcNs">The middle of each bin, in ns since 1970.</param>
    /// <param name="series">Drops of each cause in each bin.</param>
    public static UtcSeries Of(IReadOnlyList<long> utcNs, IEnumerable<(Cause Cause, IReadOnlyList<long> Drops)> series)
    {
        const long Second = 1_000_000_000;
        if (utcNs.Count == 0) return Empty;
        long from = utcNs.Min() / Second, to = utcNs.Max() / Second, length = LengthFor(from, to), start = from / length;
        Dictionary<Cause, int[]> all = [];
        foreach ((Cause cause, IReadOnlyList<long> drops) in series)
        {
            int[] sums = all.TryGetValue(cause, out int[]? known) ? known : all[cause] = new int[(to / length) - start + 1];
            for (int bin = 0; bin < Math.Min(drops.Count, utcNs.Count); bin++) sums[(utcNs[bin] / Second / length) - start] += (int)Math.Min(int.MaxValue / 2, drops[bin]);
        }

        return new UtcSeries(start, length, all);
    }
}
