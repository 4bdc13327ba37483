using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Packets lost by a card, its driver or the cloud behind it: only the driver's own counters show them, no drop event.</summary>
internal static class CardFindings
{
    private const int Named = 4;

    /// <summary>Evidence of the drivers' counters for interfaces whose losses the kernel counts too: the kind of loss, and the size of the ring.</summary>
    public static IEnumerable<Evidence> Of(CaptureFacts facts, IReadOnlyList<string> interfaces) =>
        Growths(facts).Where(g => interfaces.Contains(g.Device.Name)).Take(Named).Select(g => g.Words).Concat(Rings(facts, interfaces)).Concat(Devlink(facts)).Select(words => new TextEvidence(words));

    /// <summary>Losses that only the drivers' counters show.</summary>
    /// <param name="told">Interfaces whose losses the kernel's counters already show.</param>
    public static IEnumerable<Finding> Of(CaptureFacts facts, IReadOnlySet<string> told)
    {
        List<Growth> lost = [.. Growths(facts).Where(g => g.Rule.Kind != NicCounter.Strained && !told.Contains(g.Device.Name))];
        if (lost.Count == 0) yield break;

        // Several counters may count the same packets: use the largest of each interface.
        long drops = lost.GroupBy(g => (g.Device.Netns, g.Device.Name)).Sum(g => g.Max(each => each.By));
        List<string> names = [.. lost.Select(g => g.Device.Name).Distinct()];
        bool isDamage = lost.All(g => g.Rule.Kind == NicCounter.Damaged);
        yield return new Finding
        {
            Id = "card",
            Severity = Severity.Harmful,
            Title = $"{(isDamage ? "Damaged frames arrive" : "A network card, its driver or the cloud behind it loses packets")}: at least {Count(drops, "packet")} at "
                + $"`{names[0]}`{(names.Count > 1 ? $" and {Count(names.Count - 1, "other interface")}" : "")}, and no drop event shows them.",
            Meaning = $"The driver's own counters grew between the two readings around the window. {Capital(lost[0].Rule.Meaning)}.",
            Drops = drops,
            Share = null,
            Evidence = [.. lost.Take(Named).Select(g => g.Words).Concat(Rings(facts, names)).Concat(Devlink(facts)).Select(words => new TextEvidence(words))],
            Causes = isDamage ? ["A bad cable, connector or transceiver damages frames."]
                : ["The CPU that serves the card's queue is too busy, or its ring is too small for the bursts.", "The virtual machine exceeds what its provider allows: bandwidth, packets per second, or tracked connections."],
            Checks = CheckFiller.Fill(facts,
            [
                new("ethtool -S \"$IF\" | grep -v ': 0$'", "the driver's own counters"),
                new("ethtool -g \"$IF\"", "the card's ring sizes, and their maximum"),
                new("cat /proc/net/softnet_stat", "one line per CPU, hexadecimal: column 3 counts when a CPU ran out of time before a ring was empty"),
            ], names[0], null, null),
            Weight = FindingOrder.Weight(Severity.Harmful, drops),
        };
    }

    /// <summary>A full ring loses packets: shows whether it could be larger.</summary>
    private static IEnumerable<string> Rings(CaptureFacts facts, IReadOnlyList<string> interfaces) => facts.Host.Devices.Select(d => d.After)
        .Where(d => interfaces.Contains(d.Name) && d.Number("ring", "rx") is not null).Take(Named)
        .Select(d => (d, Now: d.Number("ring", "rx") ?? 0, Most: d.Number("ring", "rx_max") ?? 0))
        .Select(r => $"The receive ring of `{r.d.Name}` has {(r.Most > r.Now ? $"{Count(r.Now)} of at most {Count(r.Most, "entry", "entries")}; `ethtool -G {r.d.Name} rx {r.Most}` makes it larger" : $"{Count(r.Now, "entry", "entries")}, the most that its driver allows")}.");

    /// <summary>What cards told of themselves during the window: errors, and packets that met a trap.</summary>
    private static IEnumerable<string> Devlink(CaptureFacts facts) => facts.Host.DevlinkChanges
        .Select(each => (each.After, Errors: (each.After.Errors ?? 0) - (each.Before?.Errors ?? 0), Packets: (each.After.Packets ?? 0) - (each.Before?.Packets ?? 0)))
        .Where(each => each.Errors > 0 || each.Packets > 0).Take(Named).Select(each => each.Errors > 0
            ? $"The health reporter `{each.After.Name}` of `{each.After.Device}` saw {Count(each.Errors, "error")}: `devlink health` shows them."
            : $"{Count(each.Packets, "packet")} met the {each.After.Kind} `{each.After.Name}` of `{each.After.Device}`, whose action is `{each.After.State ?? "unknown"}`.");

    private static IEnumerable<Growth> Growths(CaptureFacts facts) =>
        from device in facts.Host.Devices
        let driver = device.After.Driver ?? ""
        where device.Before is not null
        from counter in device.After.Statistics
        let grown = counter.Value - device.Before.Statistics.GetValueOrDefault(counter.Key)
        where grown > 0
        let rule = NicCounter.Of(driver, counter.Key)
        where rule is not null
        orderby rule.Kind == NicCounter.Strained, grown descending, counter.Key
        select new Growth(device.After, counter.Key, grown, rule);

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    private sealed record Growth(DeviceState Device, string Counter, long By, NicCounter Rule)
    {
        public string Words => $"`{Counter}` of `{Device.Name}` ({Device.Driver}) grew by {Count(By)}. It counts {Rule.Meaning}.";
    }
}
