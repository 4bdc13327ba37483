using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Analysis;

/// <summary>
/// Gathers what the pass counted by task. The kernel forgets comms: one task may be in the trace as <c>&lt;...&gt;</c> and, a line
/// later, by its name; both are one here.
/// </summary>
internal sealed class ProcessFactsBuilder
{
    private const string Forgotten = "<...>";

    private readonly DropPass _pass;
    private readonly List<(ProcessFacts Facts, List<long> Tasks)> _processes;

    public ProcessFactsBuilder(DropPass pass, IEnumerable<TaskRow> tasks, long drops)
    {
        _pass = pass;
        _processes = tasks
            .Where(t => pass.By(Dimension.Processes).Has(t.Id))
            .GroupBy(t => t.Pid)
            .SelectMany(pid =>
            {
                List<string> names = pid.Select(t => t.Comm).Where(c => c != Forgotten).Distinct().ToList();
                return pid.GroupBy(t => t.Comm == Forgotten && names.Count == 1 ? names[0] : t.Comm).Select(g =>
                {
                    long count = g.Sum(t => pass.By(Dimension.Processes).Of(t.Id));
                    return (
                        new ProcessFacts((int)pid.Key, (int?)g.Max(t => t.Tgid), g.Key, count, drops == 0 ? 0 : (double)count / drops),
                        g.Select(t => t.Id).ToList());
                });
            })
            .OrderByDescending(p => p.Item1.Drops).ThenBy(p => p.Item1.Pid).ThenBy(p => p.Item1.Comm, StringComparer.Ordinal)
            .ToList();
    }

    /// <summary>How many distinct ones there are.</summary>
    public int Distinct => _processes.Count;

    /// <summary>The most frequent, at most <see cref="FactLimits.Processes"/>.</summary>
    public IReadOnlyList<ProcessFacts> Processes() => Listed.Select(p => p.Facts).ToList();

    /// <summary>Their drops in each bin; null where that is not known.</summary>
    public IReadOnlyList<int[]?> DropsInBins() => Listed.Select(p => _pass.By(Dimension.Processes).Over(p.Tasks)).ToList();

    /// <summary>The numbers of their tasks in the pass.</summary>
    public IReadOnlyList<IReadOnlyList<int>> NumbersInPass() => [.. Listed.Select(p => (IReadOnlyList<int>)[.. p.Tasks.Select(task => _pass.By(Dimension.Processes).NumberOf(task)).OfType<int>()])];

    private IEnumerable<(ProcessFacts Facts, List<long> Tasks)> Listed => _processes.Take(FactLimits.Processes);
}
