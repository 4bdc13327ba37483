using System.Globalization;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Queues of netem, which lose packets on purpose: their losses and a full queue look the same in a drop, and in their counter.</summary>
internal static class NetemEvidence
{
    /// <summary>The finding is about netem if its losses are at least this part of the drops.</summary>
    private const double Bulk = 0.5;

    // Chance: the number of losses is within so many standard deviations of what was expected, and it may be small.
    private const double Deviations = 4, LeastSlack = 10;

    /// <summary>The finding with what netem lost by its own setting; the same finding if that is not most of it.</summary>
    public static Finding AddTo(CaptureFacts facts, Finding cause)
    {
        HashSet<string> links = [.. cause.Sites.SelectMany(site => site.Site.Interfaces).Select(link => link.Name).OfType<string>()];
        List<(QdiscState Queue, long Drops)> losing = [.. facts.Host.QdiscChanges.Where(queue => queue.After is { Kind: "netem", Loss: > 0 } && links.Contains(queue.After.Interface))
            .Select(queue => (queue.After, Drops: (queue.After.Drops ?? 0) - (queue.Before?.Drops ?? 0), Sent: (queue.After.Sent ?? 0) - (queue.Before?.Sent ?? 0)))
            .Where(queue => queue.Drops > 0 && IsByChance(queue.Drops, queue.Sent, queue.After.Loss ?? 0)).Select(queue => (queue.After, queue.Drops)).OrderByDescending(queue => queue.Drops)];
        if (losing.Sum(queue => queue.Drops) < Bulk * cause.Drops) return cause;
        string clause = cause.Sites[0].Topic.Clause, loss = losing.Select(queue => queue.Queue.Loss).Distinct().ToList() is [{ } only] ? $": loss {Share(only)}" : "";
        return cause with
        {
            Title = cause.Title.StartsWith(clause, StringComparison.Ordinal) ? $"netem drops packets on purpose{loss}{cause.Title[clause.Length..]}" : cause.Title,
            Evidence = [.. losing.Select(queue => new TextEvidence(
                $"The queue `netem` of `{queue.Queue.Interface}` is set to lose {Share(queue.Queue.Loss ?? 0)} of its packets at random, and dropped {Count(queue.Drops, "packet")} by its own count: no more than that.")), .. cause.Evidence],
        };
    }

    private static bool IsByChance(long drops, long sent, double percent)
    {
        double expected = percent / 100 * (drops + sent);
        return drops <= expected + (Deviations * Math.Sqrt(expected)) + LeastSlack;
    }

    private static string Share(double percent) => $"{percent.ToString("0.###", CultureInfo.InvariantCulture)} %";
}
