using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Doctor;

/// <summary>Who else traces on this host, and what earlier captures left.</summary>
internal static class OtherTracers
{
    private static readonly string[] ProbeLists = ["dynamic_events", "kprobe_events", "uprobe_events"];

    public static IEnumerable<Check> Run(HostRoot host, string tracefs)
    {
        string[]? instances = Instances(tracefs);
        if (instances is null || TracefsChecks.Text(tracefs, "current_tracer") is null)
        {
            yield return new Check("other tracers", CheckState.Unknown, "instances are not readable", "Run as root.");
            yield return new Check("leftovers", CheckState.Unknown, "instances are not readable", "Run as root.");
            yield break;
        }

        string[] probes = ProbeLists.SelectMany(file => Lines(tracefs, file)).Distinct().ToArray();
        var others = instances.Where(place => !IsOurs(Path.GetFileName(place))).Select(place => Activity(tracefs, place)).OfType<string>().ToList();
        string[] foreign = probes.Where(line => !IsOurs(Group(line))).ToArray();
        if (foreign.Length > 0) others.Add($"{foreign.Length} probe events of other tools are defined");
        yield return others.Count == 0
            ? new Check("other tracers", CheckState.Ok, "nothing else uses tracefs")
            : new Check("other tracers", CheckState.Limited, $"{Printable.Of(string.Join("; ", others))}: a capture leaves them alone; their cost adds to its own");

        ILookup<LeftoverState, string> left = new Leftovers(host, tracefs).Look().ToLookup(each => each.State, each => $"{each.Kind} {each.Name}");
        yield return left[LeftoverState.Idle].Any()
            ? new Check("leftovers", CheckState.Limited, $"{string.Join(", ", left[LeftoverState.Idle])}: probably left by a killed capture", "The next capture removes them; or: capture cleanup")
            : new Check("leftovers", CheckState.Ok, left[LeftoverState.InUse].Any() ? $"none; in use: {string.Join(", ", left[LeftoverState.InUse])}" : "none");
    }

    private static bool IsOurs(string name) => name.StartsWith(TraceInstance.NamePrefix, StringComparison.Ordinal);

    /// <summary><c>p:group/event place …</c>, <c>e:group/event …</c>, <c>p4:group/event …</c></summary>
    private static string Group(string definition) => definition.Split(' ')[0].Split(':')[^1].Split('/')[0];

    private static string? Activity(string tracefs, string place)
    {
        int events = Lines(place, "set_event").Length;
        string tracer = TracefsChecks.Text(place, "current_tracer") ?? "nop";
        var parts = new List<string>();
        if (events > 0) parts.Add($"{events} events on");
        if (tracer != "nop") parts.Add($"tracer {tracer}");
        string who = place == tracefs ? "the top instance" : $"instance {Path.GetFileName(place)}";
        return parts.Count > 0 ? $"{who} has {string.Join(" and ", parts)}" : place == tracefs ? null : $"{who} exists, idle";
    }

    private static string[]? Instances(string tracefs)
    {
        try
        {
            return [.. TraceInstances.All(tracefs)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string[] Lines(string directory, string file) =>
        (TracefsChecks.Text(directory, file) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
