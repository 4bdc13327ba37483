using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Diff;

/// <summary>Compares the facts of two captures.</summary>
internal sealed class DiffBuilder(DiffSide a, DiffSide b)
{
    private readonly Comparability _can = new(a, b);

    /// <param name="failAbovePercent">Whether to look for an increase, and by how much; null: not at all.</param>
    public DiffModel Build(double? failAbovePercent)
    {
        DiffRow total = Row(
            new DiffItem(AllDrops.Key, "all " + a.Capture.Subject.Many, a.Facts.Drops, a.Items.All), new DiffItem(AllDrops.Key, "", b.Facts.Drops, b.Items.All), a.Total, b.Total, _can.Filters);
        List<DiffTable> tables =
        [
            Reasons(), Functions(), Drivers(), Interfaces(),
            .. Dimension.Counted.Where(d => d.List(a.Facts).Concat(d.List(b.Facts)).Any(c => c.Name is not null)).Select(d => Table(d, null, s => s.Items.Named(d), _ => _can.Filters)),
            .. a.Facts.Owners.Concat(b.Facts.Owners).Any(o => o.Name is not null) ? [Owners()] : Array.Empty<DiffTable>(),
            Services(), Flows(),
        ];
        var model = new DiffModel(a, b, total, tables, _can.Limits().ToList(), "", null);
        return model with
        {
            Headline = DiffVerdict.Headline(model, _can.IsSameFile),
            Increase = failAbovePercent is { } percent ? IncreaseJudge.Of(model, percent) : null,
        };
    }

    private DiffTable Reasons() => Table(Dimension.Reasons, _can.Reasons, s => s.Items.Reasons(_can.IsOneVersion), key => _can.OfReason(((ReasonKey)key).Name));

    // If one of the two has no reasons, its functions still have names.
    private DiffTable Functions() => Table(
        Dimension.Sites, null, s => s.Items.Functions(byReason: _can.Reasons is null, _can.ByLocation),
        key => _can.Reasons is null ? _can.OfReason(((FunctionKey)key).Reason) : _can.Filters);

    private DiffTable Drivers() => Table(Dimension.Drivers, _can.Drivers, s => s.Items.Drivers(), _ => _can.Filters);

    private DiffTable Interfaces() => Table(
        Dimension.Interfaces, _can.Interfaces, s => s.Items.Interfaces(), key => _can.OfInterface(((InterfaceKey)key).Name),
        s => s.Facts.Drops - s.Facts.Interfaces.Sum(i => i.Drops), key => Received(((InterfaceKey)key).Name));

    private DiffTable Owners() => Table(Dimension.Owners, _can.Owners, s => s.Items.Owners(), _ => _can.Filters);

    private DiffTable Services() => Table(Dimension.Services, _can.Flows, s => s.Items.Services(), _ => _can.Filters, Unlisted);

    private DiffTable Flows() => Table(Dimension.Flows, _can.Addresses, s => s.Items.Flows(), _ => _can.Filters, Unlisted);

    /// <summary>Pairs the items of both sides. Numbers that cannot be compared are still shown.</summary>
    /// <param name="dimension">The table's dimension.</param>
    /// <param name="whyNot">Why none of its rows can be compared; null: they can.</param>
    /// <param name="of">The items of a side.</param>
    /// <param name="whyNotRow">Why a row cannot be compared.</param>
    /// <param name="unlisted">Drops of a side that may belong to any row; null: none.</param>
    /// <param name="note">A note for a row.</param>
    private DiffTable Table(
        Dimension dimension, string? whyNot, Func<DiffSide, IEnumerable<DiffItem>> of, Func<DimensionKey, string?> whyNotRow, Func<DiffSide, long>? unlisted = null,
        Func<DimensionKey, string?>? note = null)
    {
        List<DiffItem> itemsA = of(a).ToList(), itemsB = of(b).ToList();
        Dictionary<DimensionKey, DiffItem> inA = DiffItem.Summed(itemsA), inB = DiffItem.Summed(itemsB);
        (long namelessA, long namelessB) = Nameless(itemsA.Where(i => i.IsUnknown).Sum(i => i.Drops), itemsB.Where(i => i.IsUnknown).Sum(i => i.Drops));
        (long unlistedA, long unlistedB) = (unlisted?.Invoke(a) ?? 0, unlisted?.Invoke(b) ?? 0);

        DiffRow Each(DimensionKey key)
        {
            DiffItem one = inA.GetValueOrDefault(key) ?? inB[key].With(0), other = inB.GetValueOrDefault(key) ?? one.With(0);
            bool isUnknown = one.IsUnknown || other.IsUnknown;
            string? why = whyNot ?? whyNotRow(key) ?? (isUnknown ? "unknown drops may have several causes" : null);
            bool mayBeMore = whyNot is null && !isUnknown;
            DiffRow row = Row(
                one, other, a.Of(one.Drops, unlistedA + (mayBeMore ? namelessA : 0)), b.Of(other.Drops, unlistedB + (mayBeMore ? namelessB : 0)), why);
            return row with { Note = whyNot is null ? row.Note ?? note?.Invoke(key) : null }; // the table has the reason above its rows
        }

        return new DiffTable(dimension.Id, dimension.Title, inA.Keys.Union(inB.Keys)
            .Select(Each)
            .OrderBy(r => r.IsChange ? 0 : r.Change == Change.Open ? 1 : 2)
            .ThenByDescending(r => Math.Abs((r.B.PerSecondLeast ?? r.B.Drops) - (r.A.PerSecondLeast ?? r.A.Drops)))
            .ThenByDescending(r => r.A.Drops + r.B.Drops).ThenBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Reason, StringComparer.Ordinal)
            .ToList(), whyNot);
    }

    /// <summary>
    /// Drops of unknown kind whose kind the other side knows: the difference of their rates. A capture with better attribution must not look as if
    /// something were new on its host.
    /// </summary>
    private (long A, long B) Nameless(long unknownA, long unknownB)
    {
        if (a.Seconds is not { } secondsA || b.Seconds is not { } secondsB) return (0, 0);
        double more = (unknownA / secondsA) - (unknownB / secondsB);
        return (more > 0 ? (long)Math.Ceiling(more * secondsA) : 0, more < 0 ? (long)Math.Ceiling(-more * secondsB) : 0);
    }

    private DiffRow Row(DiffItem one, DiffItem other, CountRange happenedA, CountRange happenedB, string? whyNot)
    {
        whyNot ??= _can.Time;

        // If only one of the two can show it, a 0 in the other means nothing.
        double? Time(DiffSide side, long count) => whyNot is not null && count == 0 && side.Facts.Drops > 0 ? null : side.Seconds;
        DiffCount inA = DiffCount.Of(one.Drops, happenedA, Time(a, one.Drops)), inB = DiffCount.Of(other.Drops, happenedB, Time(b, other.Drops));
        bool isExact = whyNot is null && inA.IsExact && inB.IsExact;
        double dispersion = Math.Max(DispersionOf(one, a), DispersionOf(other, b));
        (CountRange A, CountRange B) events = (Bursts.Events(happenedA, dispersion), Bursts.Events(happenedB, dispersion));
        Change change = whyNot is null ? ChangeJudge.Of(events.A, a.Seconds!.Value, events.B, b.Seconds!.Value) : Change.NotCompared; // no time is a reason not to
        return new DiffRow
        {
            Name = one.Name,
            Reason = one.Reason,
            IsName = one.IsName || other.IsName,
            A = inA,
            B = inB,
            Events = events,
            Change = change,
            InBursts = change == Change.Same && ChangeJudge.Of(happenedA, a.Seconds!.Value, happenedB, b.Seconds!.Value) != Change.Same,
            Ratio = isExact && one.Drops > 0 ? inB.PerSecondLeast / inA.PerSecondLeast : null,
            P = isExact ? PoissonTest.P(events.A.Least, a.Seconds!.Value, events.B.Least, b.Seconds!.Value) : null,
            Note = whyNot,
        };
    }

    /// <summary>If the times of a rare kind were not kept, it is assumed to occur like all drops.</summary>
    private static double DispersionOf(DiffItem item, DiffSide side) => Bursts.Dispersion(item.Drops == 0 ? [] : item.Bins ?? side.Items.All);

    /// <summary>Twice the traffic may be twice the drops: if both captures have an interface's received packets, a note shows them.</summary>
    private string? Received(string? name)
    {
        string? Of(DiffSide side) => side.Seconds is { } seconds && side.Facts.Interfaces.Where(i => i.Name == name).ToList() is { Count: > 0 } links && links.All(i => i.Received is not null)
            ? $"{RateWords.Of(CountRange.Exactly(links.Sum(i => i.Received ?? 0)), seconds)}"
            : null;
        return Of(a) is { } inA && Of(b) is { } inB ? $"received packets: {inA}, then {inB}" : null;
    }

    private static long Unlisted(DiffSide side) => side.Facts.WithFlow - side.Facts.Conversations.Sum(c => c.Drops);
}

/// <summary>The row of all drops.</summary>
internal sealed record AllDrops : DimensionKey
{
    public static AllDrops Key { get; } = new();
}
