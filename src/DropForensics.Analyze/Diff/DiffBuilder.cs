using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Report;

namespace DropForensics.Analyze.Diff;

/// <summary>Sets the facts of two captures against each other.</summary>
internal sealed class DiffBuilder(DiffSide a, DiffSide b)
{
    /// <summary>The note of a change that few bursts made.</summary>
    public const string InBursts = "in bursts: if each of them counts for one, this is within noise";

    private readonly Comparability _can = new(a, b);

    /// <param name="failAbovePercent">Whether to look for an increase, and by how much; null: not at all.</param>
    public DiffModel Build(double? failAbovePercent)
    {
        DiffRow total = Row("all " + a.Capture.Subject.Many, null, false, (a.Facts.Drops, b.Facts.Drops), (a.Total, b.Total), _can.Filters);
        total = WithBursts(total, s => Sum(s.Facts.Timeline.Series));
        List<DiffTable> tables = [Reasons(), Sites(), Drivers(), Interfaces(), Services(), Flows()];
        var model = new DiffModel(a, b, total, tables, [.. _can.Limits(), .. OfBursts(total)], "", null);
        return model with
        {
            Headline = DiffVerdict.Headline(model, _can.IsSameFile),
            Increase = failAbovePercent is { } percent ? IncreaseJudge.Of(model, percent) : null,
        };
    }

    private DiffTable Reasons()
    {
        DiffTable table = Table(
            "reasons", "Reasons", _can.Reasons, s => s.Facts.Reasons.Select(r => (ReportModel.ReasonName(r.Reason), (string?)null, ReportModel.IsName(r.Reason), r.Drops)),
            (name, _) => _can.OfReason(Given(name)));
        return table with { Rows = table.Rows.Select(r => WithBursts(r, s => Sum(s.Facts.Timeline.Series.Where(t => ReportModel.ReasonName(t.Reason) == r.Name)))).ToList() };
    }

    // Where one of the two has no reasons, its functions still have names.
    private DiffTable Sites() => Table(
        "sites", "Functions", null,
        s => s.Facts.Sites.Select(f => (ReportModel.FunctionName(f.Function), _can.Reasons is null ? ReportModel.ReasonName(f.Reason) : null, f.Function is not null, f.Drops)),
        (_, reason) => _can.Reasons is null ? _can.OfReason(Given(reason)) : _can.Filters);

    private DiffTable Drivers() => Table(
        "drivers", "Drivers", _can.Drivers, s => s.Facts.Drivers.Select(d => (d.Name, (string?)null, d.Driver is not null, d.Drops)), (_, _) => _can.Filters);

    private DiffTable Interfaces()
    {
        DiffTable table = Table(
            "interfaces", "Interfaces", _can.Interfaces, s => s.Facts.Interfaces.Select(i => (i.Name ?? "unknown", (string?)null, i.Name is not null, i.Drops)),
            (name, _) => _can.OfInterface(name == "unknown" ? null : name), s => s.Facts.Drops - s.Facts.Interfaces.Sum(i => i.Drops));
        return table with { Rows = table.Rows.Select(r => r.Note is null ? r with { Note = Received(r.Name) } : r).ToList() };
    }

    private DiffTable Services() => Table(
        "services", "Services", _can.Flows, s => s.Facts.Conversations.Select(c => (c.Service, (string?)null, false, c.Drops)), (_, _) => _can.Filters, Unlisted);

    private DiffTable Flows() => Table(
        "flows", "Flows", _can.Addresses, s => s.Facts.Conversations.Select(c => ($"{c.Src} → {c.Dst}, {c.Service}", (string?)null, false, c.Drops)), (_, _) => _can.Filters, Unlisted);

    /// <summary>Sums both sides by name and reason. Of a kind that cannot be compared the numbers stand all the same, if any side has them.</summary>
    private DiffTable Table(
        string id, string title, string? whyNot, Func<DiffSide, IEnumerable<(string Name, string? Reason, bool IsName, long Drops)>> of,
        Func<string, string?, string?> whyNotRow, Func<DiffSide, long>? unlisted = null)
    {
        var rows = new Dictionary<(string Name, string? Reason), (bool IsName, long A, long B)>();
        foreach (DiffSide side in (DiffSide[])[a, b])
        {
            foreach ((string name, string? reason, bool isName, long drops) in of(side))
            {
                var (known, inA, inB) = rows.GetValueOrDefault((name, reason));
                rows[(name, reason)] = side == a ? (known || isName, inA + drops, inB) : (known || isName, inA, inB + drops);
            }
        }

        long unlistedA = unlisted?.Invoke(a) ?? 0, unlistedB = unlisted?.Invoke(b) ?? 0;
        DiffRow Each(string name, string? reason, bool isName, long inA, long inB)
        {
            DiffRow row = Row(
                name, reason, isName, (inA, inB), (a.Of(inA, unlistedA), b.Of(inB, unlistedB)), whyNot ?? whyNotRow(name, reason));
            return whyNot is null ? row : row with { Note = null }; // it is said of the whole table
        }

        return new DiffTable(id, title, rows
            .Select(r => Each(r.Key.Name, r.Key.Reason, r.Value.IsName, r.Value.A, r.Value.B))
            .OrderBy(r => r.IsChange ? 0 : r.Change == Change.Open ? 1 : 2)
            .ThenByDescending(r => Math.Abs((r.B.PerSecondLeast ?? r.B.Drops) - (r.A.PerSecondLeast ?? r.A.Drops)))
            .ThenByDescending(r => r.A.Drops + r.B.Drops).ThenBy(r => r.Name, StringComparer.Ordinal)
            .ToList(), whyNot);
    }

    private DiffRow Row(string name, string? reason, bool isName, (long A, long B) captured, (CountRange A, CountRange B) happened, string? whyNot)
    {
        whyNot ??= _can.Time;

        // Where only one of the two can tell, that the other tells of none means nothing.
        double? Time(DiffSide side, long count) => whyNot is not null && count == 0 && side.Facts.Drops > 0 ? null : side.Seconds;
        DiffCount inA = DiffCount.Of(captured.A, happened.A, Time(a, captured.A)), inB = DiffCount.Of(captured.B, happened.B, Time(b, captured.B));
        bool isExact = whyNot is null && inA.IsExact && inB.IsExact;
        return new DiffRow
        {
            Name = name,
            Reason = reason,
            IsName = isName,
            A = inA,
            B = inB,
            Change = whyNot is null ? ChangeJudge.Of(happened.A, a.Seconds!.Value, happened.B, b.Seconds!.Value) : Change.NotCompared, // no time is a reason not to
            Ratio = isExact && captured.A > 0 ? inB.PerSecondLeast / inA.PerSecondLeast : null,
            P = isExact ? PoissonTest.P(happened.A.Least, a.Seconds!.Value, happened.B.Least, b.Seconds!.Value) : null,
            Note = whyNot,
        };
    }

    /// <summary>Twice the traffic may be twice the drops: where both captures know what an interface received, that stands beside it.</summary>
    private string? Received(string name)
    {
        string? Of(DiffSide side) => side.Seconds is { } seconds && side.Facts.Interfaces.Where(i => i.Name == name).ToList() is { Count: > 0 } links && links.All(i => i.Received is not null)
            ? $"{RateWords.Of(CountRange.Exactly(links.Sum(i => i.Received ?? 0)), seconds)}"
            : null;
        return Of(a) is { } inA && Of(b) is { } inB ? $"received packets: {inA}, then {inB}" : null;
    }

    /// <summary>The test takes drops for independent. Where they come in bursts and the bursts alone would not show it, a change says so.</summary>
    private DiffRow WithBursts(DiffRow row, Func<DiffSide, IReadOnlyList<long>> over) => row.IsChange && !PoissonTest.Differ(
        Bursts.Events(over(a)), a.Seconds!.Value, Bursts.Events(over(b)), b.Seconds!.Value) ? row with { Note = InBursts } : row; // what changed has rates

    private IEnumerable<string> OfBursts(DiffRow total)
    {
        if (total.Note == InBursts) yield return $"The difference of all {a.Capture.Subject.Many} is one of bursts: if each of them counts for one, it is within noise.";
    }

    private static List<long> Sum(IEnumerable<TimelineSeries> series) =>
        series.Select(s => s.Drops).Aggregate(new List<long>(), (sum, each) => sum.Count == 0 ? [.. each] : [.. sum.Zip(each, (x, y) => x + y)]);

    private static long Unlisted(DiffSide side) => side.Facts.WithFlow - side.Facts.Conversations.Sum(c => c.Drops);

    private static string? Given(string? name) => name is null or "not given" ? null : name.StartsWith("number ", StringComparison.Ordinal) ? name["number ".Length..] : name;
}
