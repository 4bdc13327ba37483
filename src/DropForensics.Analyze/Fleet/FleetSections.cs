using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Fleet;

/// <summary>The sections of a fleet's report, which page, terminal, Markdown and JSON have alike. Every list is bounded: what is left out is counted.</summary>
internal static class FleetSections
{
    /// <summary>Rows of hosts: a page of 1,000 stays below 1.5 MB.</summary>
    public const int MostHosts = 1000;

    private const int MostRows = 200, HeatRows = 30, HeatColumns = 8;
    private const string Rest = "--json has all of them";

    public static IReadOnlyList<Section> Of(FleetModel model) =>
    [
        Outliers(model), Timeline(model), Heat(model), Causes(model), Hosts(model), BothEndsOf(model),
        By(model, Dimension.Owners.Id, "Owners", "owner", "Drops by the unit, container or control group that opened the packet's socket.", "no socket"),
        By(model, Dimension.Drivers.Id, "Drivers", "driver", "Drops by the driver that the packets came in through.", "unknown"),
        Kernels(model),
        By(model, Dimension.Interfaces.Id, "Interfaces", "interface", "Drops by the name of the interface that the packets pointed to.", "unknown"),
        Seen(model), LeftOut(model), Method(model),
    ];

    /// <summary>A capture's own report, where it was written, or the command that makes it.</summary>
    private static NameCell Name(FleetModel model, FleetCapture capture, params string[] notes)
    {
        string? report = model.Reports.GetValueOrDefault(capture);
        return new NameCell(capture.Name) { Link = report, Notes = [.. notes, .. report is null ? [$"`{CommandFor(capture)}`"] : Array.Empty<string>()] };
    }

    /// <summary>Makes a capture's own report.</summary>
    public static string CommandFor(FleetCapture capture) => $"analyze {ReportModel.ShellWord(Visible.Text(capture.Path))}";

    private static Section Outliers(FleetModel model)
    {
        const string Title = "Hosts that stand out";
        List<string> open = [.. model.MayStandOut.Select(each => $"{each.Capture.Name}: {each.Cause.Cause.Words}, {Rate(each.PerSecond)}, the median {Rate(each.MedianPerSecond)}.")];
        Part[] may = open.Count == 0 ? []
            : [new Bullets([.. open.Take(MostRows)], $"{Count(open.Count)} more may stand out: it depends on what the other captures lack")];
        if (model.Outliers.Count == 0)
        {
            return new Section("outliers", Title)
            {
                Short = "Stand out",
                WhyNot = model.Captures.Count < OutlierJudge.FewestCaptures ? $"fewer than {OutlierJudge.FewestCaptures} captures have no median; `analyze diff A.db B.db` compares two"
                    : model.Drops == 0 ? "no drop was captured" : "no host has more drops of a cause than chance and the spread of all hosts explain",
                Parts = may,
            };
        }

        return new Section("outliers", Title)
        {
            Short = "Stand out",
            Parts =
            [
                new ReportTable(
                    "Drops a second of one cause, beside the median of all hosts that recorded this cause. What costs most comes first.",
                    [
                        new("Host", ColumnKind.Name), new("Severity"), new("Cause", ColumnKind.Name), new("Drops", ColumnKind.Count), new("Rate", ColumnKind.Number) { IsHiddenWhenNarrow = true },
                        new("Median", ColumnKind.Number) { Use = ColumnUse.Page }, new("Against", ColumnKind.Number) { Use = ColumnUse.Page, IsHiddenWhenNarrow = true },
                        new("Times the median") { Use = ColumnUse.Terminal },
                    ],
                    [.. model.Outliers.Take(MostRows).Select(each => new Row(
                        Name(model, each.Capture), Word(FleetModel.SeverityOf(each)), Cell(each.Cause.Cause), new CountCell(each.Drops), new TextCell(Rate(each.PerSecond)) { SortBy = each.PerSecond, Notes = each.Capture.Seconds is { } length ? [$"in {Duration((long)(length * 1e9))}"] : [] },
                        new TextCell(Rate(each.MedianPerSecond)) { SortBy = each.MedianPerSecond }, new TextCell(Count(each.Cause.Looked, model.Word)) { SortBy = each.Cause.Looked, Notes = [$"p {Probability(each.P)}"] }, new TextCell(Ratio(each))))])
                { Total = model.Outliers.Count, Rest = Rest, IsOnTerminal = true },
                .. may,
            ],
        };
    }

    private static string Ratio(Outlier outlier) => outlier.MedianPerSecond > 0 ? $"{Times(outlier.PerSecond / outlier.MedianPerSecond)} ({Rate(outlier.MedianPerSecond)})" : "the median is none";

    private static Section Timeline(FleetModel model) => model.Timeline() is { } data
        ? new Section("timeline", "Timeline") { Parts = [new TimelinePart(new(() => data)), .. model.ClockNotes.Select(note => new Note(note, IsSmall: true))] }
        : new Section("timeline", "Timeline") { WhyNot = model.Drops == 0 ? "no drop was captured" : "no capture has the time of day" };

    private static Section Heat(FleetModel model)
    {
        List<FleetCapture> rows = [.. model.Captures.Where(each => each.Drops > 0).Take(HeatRows)];
        if (rows.Count == 0) return new Section("heat", "Hosts and causes") { Short = "Heat map", WhyNot = "no drop was captured" };
        (bool isPerMinute, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<long>> counts) = HeatOf(model, rows);
        return new Section("heat", "Hosts and causes")
        {
            Short = "Heat map",
            Parts =
            [
                new ReportTable(
                    $"{(isPerMinute ? "Drops a minute, rounded up, because windows differ," : "Drops")} by host and cause; hosts that stand out come first{(model.Captures.Count(each => each.Drops > 0) is var all && all > rows.Count ? $", {Count(all - rows.Count, $"more {model.Word}")} {(all - rows.Count == 1 ? "has" : "have")} drops" : "")}.{model.OfRecorded}",
                    [new("Host", ColumnKind.Name), .. columns.Select(name => new Column(name, ColumnKind.Count))],
                    [.. rows.Zip(counts, (capture, row) => new Row([new NameCell(capture.Name), .. row.Select(count => new CountCell(count))]))])
                { IsHeat = true },
            ],
        };
    }

    /// <summary>The most frequent causes of some captures, the rest as one.</summary>
    public static (bool IsPerMinute, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<long>> Counts) HeatOf(FleetModel model, IReadOnlyList<FleetCapture> rows)
    {
        // A cause that makes a host stand out has a column, however few drops it has.
        List<Cause> named = [.. model.Outliers.Select(each => each.Cause.Cause).Distinct().Take(HeatColumns / 2)];
        List<Cause> causes = [.. named.Union(model.Causes.Select(each => each.Cause)).Take(model.Causes.Count <= HeatColumns ? HeatColumns : HeatColumns - 1)];
        causes = [.. model.Causes.Select(each => each.Cause).Where(causes.Contains)];
        bool isPerMinute = rows.All(each => each.Seconds is not null) && rows.Max(each => each.Seconds) > 1.1 * rows.Min(each => each.Seconds);
        long Shown(FleetCapture capture, long drops) => isPerMinute ? (long)Math.Ceiling(drops * 60 / (capture.Seconds ?? 60)) : drops;
        bool hasOthers = causes.Count < model.Causes.Count;
        return (isPerMinute, [.. causes.Select(cause => cause.Name), .. hasOthers ? [Count(model.Causes.Count - causes.Count, "other")] : Array.Empty<string>()],
            [.. rows.Select(capture => (IReadOnlyList<long>)[.. causes.Select(cause => Shown(capture, capture.DropsOf(cause))), .. hasOthers ? [Shown(capture, capture.CauseDrops - causes.Sum(capture.DropsOf))] : Array.Empty<long>()])]);
    }

    private static Section Causes(FleetModel model) => model.Drops == 0 ? new Section("causes", "Causes") { WhyNot = "no drop was captured" } : new Section("causes", "Causes, common and rare")
    {
        Short = "Causes",
        Parts =
        [
            new ReportTable(
                $"Drops of all hosts by cause, and how many {model.Word}s have such drops, of those that recorded them.{model.OfRecorded}",
                [
                    new("Cause", ColumnKind.Name), new("Drops", ColumnKind.Count), new("Share", ColumnKind.Share), new("Severity") { Use = ColumnUse.Page }, new(model.Word == "host" ? "Hosts" : "Captures"), new("Found on"),
                    new("Median", ColumnKind.Number) { Use = ColumnUse.Page, IsHiddenWhenNarrow = true }, new("Most of them", ColumnKind.Name) { Use = ColumnUse.Page, IsHiddenWhenNarrow = true },
                ],
                [.. model.Causes.Take(MostRows).Select(cause => new Row(
                    Cell(cause.Cause) with { Colour = cause.Cause.Name }, new CountCell(cause.Drops), new ShareCell((double)cause.Drops / model.CauseDrops, cause.Cause.Name), Word(cause.Severity),
                    new TextCell($"{Count(cause.WithDrops)} of {Count(Math.Max(cause.WithDrops, cause.Looked))}") { SortBy = cause.WithDrops }, new TextCell(FleetModel.Spread(cause)),
                    new TextCell(cause.MedianPerSecond is { } median ? Rate(median) : "") { SortBy = cause.MedianPerSecond ?? 0 },
                    new TextCell(cause.Most) { Notes = [$"{Percent(cause.OfMost, cause.Drops)} of these drops"] }))])
            { Total = model.Causes.Count, Rest = Rest, IsOnTerminal = true },
        ],
    };

    private static Section Hosts(FleetModel model) => new("hosts", "All hosts")
    {
        Short = "Hosts",
        Parts =
        [
            new ReportTable(
                "Hosts that stand out first, then those with the most drops, counting those that are known to be missing. A name leads to the host's own report where it was written; else the command below it makes it.",
                [
                    new("Host", ColumnKind.Name), new("Drops", ColumnKind.Count), new("Rate", ColumnKind.Number) { IsHiddenWhenNarrow = true }, new("Most of all", ColumnKind.Name), new("Capture"),
                    new("Began", ColumnKind.Text) { Use = ColumnUse.Page, IsHiddenWhenNarrow = true }, new("Kernel", ColumnKind.Name) { Use = ColumnUse.Page, IsHiddenWhenNarrow = true },
                ],
                [.. model.Captures.Take(MostHosts).Select(each => new Row(
                    Name(model, each, each.IsSample ? [$"sample: {Count(each.Drops)} of these drops recorded"] : []), new CountCell(each.AllDrops),
                    new TextCell(each.Seconds is { } seconds ? Rate(each.AllDrops / seconds) : "") { SortBy = each.AllDrops / each.Seconds ?? 0 },
                    each.Causes is [{ } most, ..] ? Cell(most.Cause) with { Notes = [Percent(most.Drops, each.CauseDrops)] } : new TextCell("") { IsMuted = true },
                    new TextCell(each.Completeness), new TextCell(each.StartUtc is { } start ? Utc(start) : "unknown") { Notes = each.Seconds is { } length ? [Duration((long)(length * 1e9))] : [] },
                    new TextCell(each.KernelRelease ?? "unknown") { Notes = each.Distribution is { } distribution ? [distribution] : [] }))])
            { Total = model.Captures.Count, DropsNotListed = model.Captures.Skip(MostHosts).Sum(each => each.AllDrops), Rest = Rest, IsOnTerminal = true },
        ],
    };

    private static Section BothEndsOf(FleetModel model)
    {
        const string Title = "Both ends of a flow";
        if (model.Joined.Count == 0)
        {
            return new Section("both-ends", Title)
            {
                Short = "Both ends",
                WhyNot = model.Captures.All(each => each.Sent.Count == 0) ? "no capture has events of what its host sent; `capture --with tcp` records retransmits"
                    : model.Captures.All(each => !each.HasFlows) ? "no capture has the flows of its drops" : "no host dropped packets of a connection that another host sent at that time",
            };
        }

        return new Section("both-ends", Title)
        {
            Short = "Both ends",
            Parts =
            [
                new ReportTable(
                    "Drops on one host of a connection of which another host sent segments, or sent them again, at that time: from the first to the last of each, and not drop by drop. Clocks are taken to agree to a second.",
                    [
                        new("Flow", ColumnKind.Name), new("Drops", ColumnKind.Count), new("Dropped at", ColumnKind.Name), new("Cause", ColumnKind.Name), new("Sent by", ColumnKind.Name),
                        new("Events", ColumnKind.Count) { Use = ColumnUse.Page }, new("First drop", ColumnKind.Text) { Use = ColumnUse.Page, IsHiddenWhenNarrow = true },
                    ],
                    [.. model.Joined.Take(MostRows).Select(each => new Row(
                        new NameCell(each.Connection.Text), new CountCell(each.Drops), Host(model, each.At), new NameCell(each.Reason ?? each.Function) { Notes = each is { Reason: not null, Function: { } function } ? [$"`{function}`"] : [] },
                        Host(model, each.From) with { Notes = [$"`{each.Kind}`"] }, new CountCell(each.Events), new TextCell(Utc(DateTime.UnixEpoch.AddTicks(each.FirstDropNs / 100)))))])
                { Total = model.Joined.Count, DropsNotListed = model.Joined.Skip(MostRows).Sum(each => each.Drops), Rest = Rest, IsOnTerminal = true },
            ],
        };
    }

    private static TextCell Host(FleetModel model, FleetCapture capture) => new(capture.Name) { Link = model.Reports.GetValueOrDefault(capture) };

    private static Section By(FleetModel model, string id, string title, string head, string caption, string unknown)
    {
        // Tokens of one redaction mean nothing beside those of another.
        List<FleetCapture> known = [.. model.Captures.Where(each => !each.IsRedacted && each.By[id].Any(name => name.Name is not null))];
        if (known.Count == 0) return new Section(id, title) { WhyNot = model.Drops == 0 ? "no drop was captured" : $"no capture has the {head} of a drop" };
        long all = known.Sum(each => each.Drops);
        var rows = known.SelectMany(capture => capture.By[id], (capture, name) => (Capture: capture, Name: name)).GroupBy(each => each.Name.Name)
            .Select(each => (Name: each.Key, Drops: each.Sum(one => one.Name.Drops), Hosts: each.Count(), Most: each.MaxBy(one => one.Name.Drops)))
            .OrderByDescending(each => each.Drops).ThenBy(each => each.Name, StringComparer.Ordinal).ToList();
        List<FleetCapture> others = [.. model.Captures.Where(each => each.Drops > 0).Except(known)];
        return new Section(id, title)
        {
            Parts =
            [
                new ReportTable(
                    caption,
                    [new(title.TrimEnd('s'), ColumnKind.Name), new("Drops", ColumnKind.Count), new("Share", ColumnKind.Share), new("Hosts", ColumnKind.Count), new("Most of them", ColumnKind.Name) { IsHiddenWhenNarrow = true }],
                    [.. rows.Take(MostRows).Select(each => new Row(
                        new NameCell(each.Name) { Unknown = unknown }, new CountCell(each.Drops), new ShareCell((double)each.Drops / all), new CountCell(each.Hosts),
                        new TextCell(each.Most.Capture.Name) { Notes = [$"{Percent(each.Most.Name.Drops, each.Drops)} of these drops"] }))])
                { Total = rows.Count, DropsNotListed = rows.Skip(MostRows).Sum(each => each.Drops), Rest = Rest, IsInFacts = false },
                .. others.Count == 0 ? Array.Empty<Part>() : [new Note($"Not counted here: {Count(others.Count, "host")} whose captures do not show it{(others.Any(each => each.IsRedacted) ? ", or are redacted" : "")}.", IsSmall: true)],
            ],
        };
    }

    private static Section Kernels(FleetModel model)
    {
        var rows = model.Captures.GroupBy(each => (each.KernelRelease, each.Distribution)).Select(each =>
        {
            List<double> rates = [.. each.Where(one => one.Seconds is not null).Select(one => one.Drops / one.Seconds!.Value)]; // not null by the filter
            return (Kernel: each.Key, Hosts: each.Count(), Drops: each.Sum(one => one.Drops), Median: rates.Count == 0 ? (double?)null : OutlierJudge.Median(rates));
        }).OrderByDescending(each => each.Drops).ThenByDescending(each => each.Hosts).ToList();
        return new Section("kernels", "Kernels")
        {
            Parts =
            [
                new ReportTable(
                    "Hosts and drops by kernel and distribution, with the median of the hosts' rates.",
                    [new("Kernel", ColumnKind.Name), new("Drops", ColumnKind.Count), new("Hosts", ColumnKind.Count), new("Median", ColumnKind.Number)],
                    [.. rows.Take(MostRows).Select(each => new Row(
                        new NameCell(each.Kernel.KernelRelease) { Notes = each.Kernel.Distribution is { } distribution ? [distribution] : [] }, new CountCell(each.Drops), new CountCell(each.Hosts),
                        new TextCell(each.Median is { } median ? Rate(median) : "unknown") { SortBy = each.Median ?? 0 }))])
                { Total = rows.Count, DropsNotListed = rows.Skip(MostRows).Sum(each => each.Drops), Rest = Rest, IsInFacts = false },
            ],
        };
    }

    private static Section Seen(FleetModel model)
    {
        IReadOnlyList<FleetCapture> cannot = model.CannotSee, nothing = model.SawNothing;
        string names = string.Join(", ", nothing.Take(MostRows).Select(each => each.Name));
        return new Section("completeness", "What the captures could see")
        {
            Short = "Completeness",
            Parts =
            [
                .. model.CompletenessWhy.Select(sentence => new Note(sentence)),
                .. nothing.Count == 0 ? Array.Empty<Part>()
                    : [new Bullets([$"{names}{(nothing.Count > MostRows ? $" and {Count(nothing.Count - MostRows)} more" : "")}"], $"{Count(nothing.Count, "host")} that looked and saw nothing")],
                .. cannot.Count == 0 ? Array.Empty<Part>() :
                [
                    new ReportTable(
                        "Hosts whose capture need not have every drop of its window: none here is not none on the host.",
                        [new("Host", ColumnKind.Name), new("Drops", ColumnKind.Count), new("Missing", ColumnKind.Text), new("Why", ColumnKind.Text)],
                        [.. cannot.OrderByDescending(each => each.MissingMost ?? long.MaxValue).ThenByDescending(each => each.MissingLeast).Take(MostRows).Select(each => new Row(
                            Name(model, each), new CountCell(each.Drops), new TextCell(Missing(each)) { SortBy = each.MissingMost ?? double.MaxValue }, new TextCell(each.CannotSee)))])
                    { Total = cannot.Count, DropsNotListed = 0, Rest = Rest },
                ],
            ],
        };
    }

    private static string Missing(FleetCapture capture) => (capture.MissingLeast, capture.MissingMost) switch
    {
        (0, 0) => "none",
        (0, null) => "unknown",
        (var least, null) => $"at least {Count(least)}",
        (0, { } most) => $"up to {Count(most)}",
        ({ } least, { } most) => least == most ? Count(most) : $"{Count(least)} to {Count(most)}",
    };

    private static Section LeftOut(FleetModel model) => new("left-out", "Left out")
    {
        WhyNot = model.LeftOut.Count == 0 ? "every file was read" : null,
        Parts = model.LeftOut.Count == 0 ? []
            : [new Bullets([.. model.LeftOut.Take(MostRows).Select(each => $"{each.Why}."), .. model.LeftOut.Count > MostRows ? [$"and {Count(model.LeftOut.Count - MostRows)} more; {Rest}."] : Array.Empty<string>()])],
    };

    private static Section Method(FleetModel model) => new("method", "How hosts were compared")
    {
        Short = "Method",
        Parts =
        [
            new Bullets(
            [
                "A host stands out for a cause if its rate differs from that of the others (their median or their mean, whichever is higher) by the test that `analyze diff` uses (two Poisson rates, a burst counted as one event), lies outside the spread of all hosts' rates, "
                    + $"and is at least {OutlierJudge.LeastRatio:0} times the median. The limits are for all comparisons of this report together: chance alone names a host in one of a thousand reports.",
                "The spread is the distance from the median to the upper quartile, on a logarithmic scale: a cause that more than a quarter of the hosts share makes none of them stand out.",
                "Windows of different length are compared by rates; in the order of hosts, a window of less than ten seconds counts as one of ten. Only hosts that recorded a cause are compared: not those whose filter or kernel leaves it out.",
                "Missing drops count against the answer: a host is named only if it stands out even where all that the other captures lack was of this cause.",
                .. model.Captures.Any(each => each.IsRedacted) ? ["Of redacted captures, flows, owners and interfaces are not joined with those of others: their tokens differ."] : Array.Empty<string>(),
            ]),
        ],
    };

    private static NameCell Cell(Cause cause) => new(cause.IsName ? cause.Name : null) { Unknown = cause.Name };

    private static TextCell Word(Severity severity) => new(SeverityWord.Of(severity)) { SortBy = -(double)severity };
}
