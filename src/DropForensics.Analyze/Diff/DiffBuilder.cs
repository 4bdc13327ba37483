using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Core;

namespace DropForensics.Analyze.Diff;

/// <summary>Compares the facts of two captures.</summary>
internal sealed class DiffBuilder
{
    private readonly DiffSide _a, _b;
    private readonly Comparability _can;
    private readonly bool _byReason, _byLocation;

    private DiffBuilder(Comparability can, bool byReason, bool byLocation) => (_can, _a, _b, _byReason, _byLocation) = (can, can.A, can.B, byReason, byLocation);

    /// <summary>Compares each capture with the first. Functions have the same keys in all pairs: if one pair cannot tell them by reason or by stack, none does.</summary>
    /// <param name="sides">Two or more, the baseline first.</param>
    /// <param name="failAbovePercent">Whether to look for an increase, and by how much; null: not at all.</param>
    /// <exception cref="UserError">They count different things.</exception>
    public static DiffModel Build(IReadOnlyList<DiffSide> sides, double? failAbovePercent)
    {
        List<Comparability> pairs = [.. sides.Skip(1).Select(b => new Comparability(sides[0], b))];
        (bool byReason, bool byLocation) = (pairs.TrueForAll(p => p.Reasons is null), pairs.Exists(p => p.ByLocation));
        return new DiffModel(pairs.ConvertAll(pair => new DiffBuilder(pair, byReason, byLocation).Build(failAbovePercent)));
    }

    private DiffPair Build(double? failAbovePercent)
    {
        DiffRow total = Row(
            new DiffItem(AllDrops.Key, "all " + _a.Capture.Subject.Many, _a.Facts.Drops, _a.Items.All), new DiffItem(AllDrops.Key, "", _b.Facts.Drops, _b.Items.All), _a.Total, _b.Total, _can.Filters);
        List<DiffTable> tables =
        [
            Reasons(), Functions(), Drivers(), Interfaces(),
            .. Dimension.Counted.Where(d => d.List(_a.Facts).Concat(d.List(_b.Facts)).Any(c => c.Name is not null)).Select(d => Table(d, null, s => s.Items.Named(d), _ => _can.Filters)),
            .. _a.Facts.Owners.Concat(_b.Facts.Owners).Any(o => o.Name is not null) ? [Owners()] : Array.Empty<DiffTable>(),
            Services(), Flows(),
        ];
        var model = new DiffPair(_a, _b, total, tables, _can.Limits().ToList(), "", null);
        return model with
        {
            Headline = DiffVerdict.Headline(model, _can.IsSameFile),
            Increase = failAbovePercent is { } percent ? IncreaseJudge.Of(model, percent) : null,
        };
    }

    private DiffTable Reasons() => Table(Dimension.Reasons, _can.Reasons, s => s.Items.Reasons(_can.IsOneVersion), key => _can.OfReason(((ReasonKey)key).Name));

    // If one of the two has no reasons, its functions still have names.
    private DiffTable Functions() => Table(
        Dimension.Sites, null, s => s.Items.Functions(_byReason, _byLocation),
        key => _byReason ? _can.OfReason(((FunctionKey)key).Reason) : _can.Filters);

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
        List<DiffItem> itemsA = of(_a).ToList(), itemsB = of(_b).ToList();
        Dictionary<DimensionKey, DiffItem> inA = DiffItem.Summed(itemsA), inB = DiffItem.Summed(itemsB);
        (long namelessA, long namelessB) = Nameless(itemsA.Where(i => i.IsUnknown).Sum(i => i.Drops), itemsB.Where(i => i.IsUnknown).Sum(i => i.Drops));
        (long unlistedA, long unlistedB) = (unlisted?.Invoke(_a) ?? 0, unlisted?.Invoke(_b) ?? 0);

        DiffRow Each(DimensionKey key)
        {
            DiffItem one = inA.GetValueOrDefault(key) ?? inB[key].With(0), other = inB.GetValueOrDefault(key) ?? one.With(0);
            bool isUnknown = one.IsUnknown || other.IsUnknown;
            string? why = whyNot ?? whyNotRow(key) ?? (isUnknown ? "unknown drops may have several causes" : null);
            bool mayBeMore = whyNot is null && !isUnknown;
            DiffRow row = Row(
                one, other, _a.Of(one.Drops, unlistedA + (mayBeMore ? namelessA : 0)), _b.Of(other.Drops, unlistedB + (mayBeMore ? namelessB : 0)), why);
            return row with { Note = whyNot is null ? row.Note ?? note?.Invoke(key) : null }; // the table has the reason above its rows
        }

        return new DiffTable(dimension.Id, dimension.Title, inA.Keys.Union(inB.Keys)
            .Select(Each)
            .OrderBy(r => r.Order).ThenByDescending(r => r.Distance)
            .ThenByDescending(r => r.A.Drops + r.B.Drops).ThenBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Reason, StringComparer.Ordinal)
            .ToList(), whyNot)
        {
            NoneInB = DiffCount.Of(0, _b.Of(0, unlistedB), whyNot is null && _can.Time is null ? _b.Seconds : null),
        };
    }

    /// <summary>
    /// Drops of unknown kind whose kind the other side knows: the difference of their rates. A capture with better attribution must not look as if
    /// something were new on its host.
    /// </summary>
    private (long A, long B) Nameless(long unknownA, long unknownB)
    {
        if (_a.Seconds is not { } secondsA || _b.Seconds is not { } secondsB) return (0, 0);
        double more = (unknownA / secondsA) - (unknownB / secondsB);
        return (more > 0 ? (long)Math.Ceiling(more * secondsA) : 0, more < 0 ? (long)Math.Ceiling(-more * secondsB) : 0);
    }

    private DiffRow Row(DiffItem one, DiffItem other, CountRange happenedA, CountRange happenedB, string? whyNot)
    {
        whyNot ??= _can.Time;

        // If only one of the two can show it, a 0 in the other means nothing.
        double? Time(DiffSide side, long count) => whyNot is not null && count == 0 && side.Facts.Drops > 0 ? null : side.Seconds;
        DiffCount inA = DiffCount.Of(one.Drops, happenedA, Time(_a, one.Drops)), inB = DiffCount.Of(other.Drops, happenedB, Time(_b, other.Drops));
        bool isExact = whyNot is null && inA.IsExact && inB.IsExact;
        double dispersion = Math.Max(DispersionOf(one, _a), DispersionOf(other, _b));
        (CountRange A, CountRange B) events = (Bursts.Events(happenedA, dispersion), Bursts.Events(happenedB, dispersion));
        Change change = whyNot is null ? ChangeJudge.Of(events.A, _a.Seconds!.Value, events.B, _b.Seconds!.Value) : Change.NotCompared; // no time is a reason not to
        return new DiffRow
        {
            Key = one.Key,
            Name = one.Name,
            Reason = one.Reason,
            IsName = one.IsName || other.IsName,
            A = inA,
            B = inB,
            Events = events,
            Change = change,
            InBursts = change == Change.Same && ChangeJudge.Of(happenedA, _a.Seconds!.Value, happenedB, _b.Seconds!.Value) != Change.Same,
            Ratio = isExact && one.Drops > 0 ? inB.PerSecondLeast / inA.PerSecondLeast : null,
            P = isExact ? PoissonTest.P(events.A.Least, _a.Seconds!.Value, events.B.Least, _b.Seconds!.Value) : null,
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
        return Of(_a) is { } inA && Of(_b) is { } inB ? $"received packets: {inA}, then {inB}" : null;
    }

    private static long Unlisted(DiffSide side) => side.Facts.WithFlow - side.Facts.Conversations.Sum(c => c.Drops);
}

/// <summary>The row of all drops.</summary>
internal sealed record AllDrops : DimensionKey
{
    public static AllDrops Key { get; } = new();

    internal override string Words => "All drops";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "all")];
}
