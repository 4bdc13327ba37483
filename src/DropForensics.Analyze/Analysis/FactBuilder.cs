using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Analysis;

/// <summary>Reads a capture and works out all facts of it.</summary>
/// <param name="connection">The capture.</param>
/// <param name="raw">Its text.</param>
/// <param name="progress">Receives progress; null: no one watches.</param>
internal sealed class FactBuilder(SqliteConnection connection, RawLines raw, ProgressLine? progress = null)
{
    private readonly CaptureQueries _queries = new(connection);
    private readonly StackQueries _stacks = new(connection);

    /// <summary>Whether flows are summed by conversation as well: two captures are compared by it.</summary>
    public bool ByConversation { get; init; }

    /// <summary>
    /// For one of very many captures: no raw text, stacks, map of interfaces, or anything over time but the timeline. Findings are the same: none is made of these.
    /// </summary>
    public bool IsBrief { get; init; }

    /// <summary>What was chosen of the capture, with <see cref="Whole"/>; null: nothing, all drops are read.</summary>
    public SelectionFacts? Selection { get; init; }

    /// <summary>The accounts of the whole capture, read before drops were chosen; null without a selection.</summary>
    public (LossFacts Losses, CompletenessLedger Ledger)? Whole { get; init; }

    /// <summary>The accounts of a capture, without a pass over its drops.</summary>
    public (LossFacts Losses, CompletenessLedger Ledger) ReadAccounts()
    {
        CaptureInfo capture = _queries.Capture();
        IReadOnlyList<ReliefRow> relief = _queries.Relief();
        long drops = _queries.Extent().Drops;
        LossFacts losses = Losses(capture, drops, _queries.WithStack(), relief);
        return (losses, LedgerOf(capture, drops, losses, relief, _queries.DropsByCpu().Select(each => (each.Cpu ?? DropPass.NotGiven, each.Drops))));
    }

    private CompletenessLedger LedgerOf(CaptureInfo capture, long drops, LossFacts losses, IReadOnlyList<ReliefRow> relief, IEnumerable<(long, long)> byCpu) =>
        new LedgerBuilder(_queries).Build(capture, drops, losses, relief, byCpu) with { HeldRecords = capture.IsImport ? raw.HeldRecords() : null };

    /// <summary>One pass over the drops and a few small queries. The file's own name, size and hash are left for the caller to add.</summary>
    public CaptureFacts Build(CancellationToken cancellation)
    {
        CaptureInfo capture = _queries.Capture();
        var namespaceNames = new NamespaceNames(_queries.NamespaceUsers());
        capture = capture with { OwnNetns = namespaceNames.Own ?? capture.OwnNetns };
        Dictionary<long, ReasonRow> reasonRows = _queries.Reasons();
        Dictionary<long, SiteReading> readings = Read(_stacks.Sites());
        var functions = new FunctionNumbers(readings);
        FlowIndex flowIndex = FlowIndex.Read(connection);
        bool byFunction = reasonRows.Count == 0 && _queries.HasDrops();
        Dictionary<long, LinkRow> linkRows = _queries.Links();
        var groups = new SiteGroups(readings, linkRows);
        IReadOnlyList<OwnerRow> ownerRows = _queries.Owners();
        var owners = new OwnerIndex(ownerRows, _queries.DropsByOwner);
        IReadOnlyList<LossRow> lostLines = _queries.LostLines();
        (DropPass pass, Bins bins) = Pass(capture, over => new DropPass(over, lostLines, functions.BySite, flowIndex, owners, byFunction, groups.Of, IsBrief), cancellation);
        DropExtent extent = pass.Extent;
        (long start, long end, string basis) = Span(capture, extent);
        if (pass.Sites.Keys.Any(k => !readings.ContainsKey(k.Site)))
        {
            throw new UserError("the capture is damaged: drops refer to a missing site", "Copy it again from where it was captured.");
        }

        var names = new LinkNames(linkRows, pass.Sites.Keys.Select(k => k.Interface).Distinct());
        using var flowRows = new FlowLookup(connection);
        var flows = new FlowFactsBuilder(pass, flowIndex, flowRows.Of, names, reasonRows, extent.Drops);
        var links = new InterfaceFactsBuilder(pass, names, reasonRows, new InterfaceTraffic(_queries.InterfaceCounters()), capture, extent.Drops);
        var sites = new SiteFactsBuilder(pass.Sites, readings, reasonRows, names, KindFactsBuilder.Of(pass, flowIndex), owners, extent.Drops);
        var places = new DropPlaces(readings, reasonRows, names, owners);
        IReadOnlyList<(long Id, ReasonFacts Facts)> reasons = sites.Reasons();
        IReadOnlyList<InterfaceFacts> interfaces = links.Interfaces();
        IReadOnlyList<NamespaceFacts> namespaces = links.Namespaces(_queries.Tasks(), namespaceNames);
        (IReadOnlyList<ServiceFacts> services, int distinctServices) = flows.Services(FactLimits.Services);
        IReadOnlyList<(long Id, long Drops, string? Reason, SiteReading Reading)> stacks = sites.Stacks();
        var clock = new HostClock(_queries.Clock(), capture);
        var processes = new ProcessFactsBuilder(pass, _queries.Tasks(), extent.Drops);
        IReadOnlyList<ReliefRow> relief = _queries.Relief();
        LossFacts losses = Whole?.Losses ?? Losses(capture, extent.Drops, stacks.Sum(s => s.Drops), relief);
        CompletenessLedger ledger = Whole?.Ledger ?? LedgerOf(capture, extent.Drops, losses, relief, pass.By(Dimension.Cpus).All);
        bool isPart = Selection is not null || ledger.Filtered > 0;
        bool isTime = TraceClocks.IsTime(capture.TraceClock) ?? pass.WholeMicroseconds;

        IReadOnlyList<FilePair> files = _queries.FilePairs(CounterFiles.Paths);
        IReadOnlyList<CounterGain> gains = CounterFiles.Gains(files);
        var host = new HostAtThatTime(_queries.Files(HostAtThatTime.Paths).Select(file => new StateFile(file.Netns, file.Path, file.IsAfter, file.Content)));

        List<EventFacts> otherEvents = OtherEvents(bins);

        var facts = new CaptureFacts
        {
            Capture = capture with { MaskedChunks = _queries.MaskedChunks() },
            Window = new WindowFacts(start, end, isTime, basis, clock.Utc(start), clock.Utc(end)),
            Drops = extent.Drops,
            Losses = losses,
            KernelCounts = isPart ? [] : new KernelCountBuilder(
                _queries.HistCounts(), reasonRows.Values.Where(r => r.Value is not null).DistinctBy(r => r.Value).ToDictionary(r => r.Value!.Value, r => r.Name)) // not null by the filter
                .Build(pass.Sites.Select(s => (reasonRows.GetValueOrDefault(s.Key.Reason)?.Value, readings[s.Key.Site].Row.Location, s.Value.Drops)).ToList()),
            Unread = [.. Unread("before"), .. Unread("after")],
            Selection = Selection,
            Counters = capture.HitsOf is null && Selection is null ? Counters(pass, readings, reasonRows, names, gains, CounterFiles.Names(files), capture) : [],
            Gains = gains,
            Host = host,
            Modules = _queries.Modules(),
            Ledger = ledger,
            Relief = relief.Select(r => new ReliefFacts(r.TNs, r.Rate, r.Step)).ToList(),
            Reasons = reasons.Select(r => r.Facts).ToList(),
            WhyNoReason = byFunction ? NoReasonMeaning.Of(capture, _queries.Format()) : null,
            Sites = sites.Sites(t => IsBrief ? null : raw.Example(t.FirstCpu, t.FirstLine)),
            HooksOfSites = readings.Where(site => site.Value.Hook is not null).ToDictionary(site => site.Key, site => site.Value.Hook!), // not null by the filter
            Drivers = sites.Drivers(),
            Entries = sites.Entries(),
            Owners = OwnerFactsBuilder.Of(pass, owners, ownerRows, extent.Drops),
            By = places.Counted(pass, extent.Drops),
            Interfaces = interfaces.Take(FactLimits.Interfaces).ToList(),
            DistinctInterfaces = interfaces.Count,
            WithInterface = links.WithInterface,
            InterfaceMap = IsBrief ? null : new InterfaceMapBuilder(linkRows.Values, host.LinksAfter, interfaces, namespaceNames, extent.Drops).Build(),
            Namespaces = namespaces.Take(FactLimits.Namespaces).ToList(),
            DistinctNamespaces = namespaces.Count,
            Flows = flows.Flows(),
            DistinctFlows = flows.Distinct,
            WithFlow = flows.WithFlow,
            FlowsForgotten = pass.Flows.Forgotten,
            Conversations = ByConversation ? new ConversationBuilder(pass, flowIndex, connection).Build() : [],
            Scans = new ScanFactsBuilder(pass, flowIndex, connection, _queries, flowRows, reasonRows).Scans(),
            Services = services,
            DistinctServices = distinctServices,
            Stacks = stacks.Take(IsBrief ? 0 : FactLimits.Stacks).Select(s => StackOf(s, extent.Drops)).ToList(),
            DistinctStacks = stacks.Count,
            Protocols = DropPlaces.ByColumn(pass, Dimension.Protocols, extent.Drops).Select(c => new ProtocolFacts((int?)c.Number, c.Name, c.Drops, c.Share)).ToList(),
            Timeline = new TimelineFacts(
                bins.StartNs, bins.WidthNs, byFunction ? "function" : "reason",
                byFunction ? functions.Series(pass.Timeline) : reasons.Select(r => new TimelineSeries(r.Facts.Reason, null, pass.Timeline[r.Id])).ToList(),
                pass.Holes.Within(start, end)),
            Cpus = Cpus(pass.By(Dimension.Cpus), extent.Drops),
            Latency = LatencyFacts.Of(_queries.File(LatencyTable.Path, "after")),
            OtherEvents = otherEvents,
            SilentEvents = [.. EventTables.ReadArmed(_queries.File(EventTables.Armed, "before") ?? []).Where(armed => !otherEvents.Exists(kind => kind.Kind == armed.Split(':')[^1])).Select(Visible.Text)],
            Retransmits = Selection is not null ? null : new RetransmitBuilder(connection).Build(site => readings.GetValueOrDefault(site)?.Row.Function, reason => reasonRows.GetValueOrDefault(reason)?.Name),
            Processes = processes.Processes(),
            DistinctProcesses = processes.Distinct,
            Lines = _queries.Lines(),
            Unparsed = _queries.Unparsed(FactLimits.UnparsedSamples),
            LastLineMayBeCut = (!IsBrief || capture.IsImport) && raw.MayLastLineBeCut(),
            ClockNotes = clock.Notes(),
        };
        if (IsBrief) return facts;
        (IReadOnlyList<int[]?> flowBins, IReadOnlyList<int[]?> serviceBins) = flows.DropsInBins(services);
        (IReadOnlyList<IReadOnlyList<int>> flowValues, IReadOnlyList<IReadOnlyList<int>> serviceValues) = flows.NumbersInPass(services);
        (IReadOnlyList<BinnedCell> cells, CrossedDrops crossed) = new BinnedFactsBuilder(pass, groups, places).Cells(facts, dimension =>
            dimension == Dimension.Flows ? flowValues : dimension == Dimension.Services ? serviceValues : dimension == Dimension.Processes ? processes.NumbersInPass()
            : [.. dimension.Numbers(facts).Select(n => (IReadOnlyList<int>)(pass.By(dimension).NumberOf(n ?? DropPass.NotGiven) is { } number ? [number] : []))]);
        return facts with
        {
            Binned = new BinnedFacts(
                cells,
                new Dictionary<string, IReadOnlyList<int[]?>>(Dimension.OfDrops.Select(d => KeyValuePair.Create<string, IReadOnlyList<int[]?>>(d.Id, Over(pass, d, facts))))
                {
                    [Dimension.Flows.Id] = flowBins,
                    [Dimension.Services.Id] = serviceBins,
                    [Dimension.Processes.Id] = processes.DropsInBins(),
                },
                crossed),
        };
    }

    /// <summary>Drops over time of the rows that are one number of their dimension's column; a number without drops has none in any bin.</summary>
    private static List<int[]?> Over(DropPass pass, Dimension dimension, CaptureFacts facts) =>
        dimension.Numbers(facts).Select(n => n ?? DropPass.NotGiven).Select(n => pass.By(dimension).Has(n) ? pass.By(dimension).Over([n]) : new int[pass.Bins.Count]).ToList();

    private List<EventFacts> OtherEvents(Bins bins)
    {
        IReadOnlyList<EventFacts> events = _queries.OtherEvents();
        if (events.Count == 0) return [];
        int parts = Math.Min(bins.Count, FactLimits.EventSlices);
        ILookup<string, (int Part, long Events)> over = _queries.OtherEventsOver(bins.StartNs, bins.WidthNs, bins.Count, parts);
        return [.. events.Select(kind => kind with { Over = [.. Enumerable.Range(0, parts).Select(part => over[kind.Kind].Where(each => each.Part == part).Sum(each => each.Events))] })];
    }

    /// <summary>Bins cover the agent's whole window; without one, or if a drop is outside, the drops' own span is looked up first.</summary>
    private (DropPass Pass, Bins Bins) Pass(CaptureInfo capture, Func<Bins, DropPass> over, CancellationToken cancellation)
    {
        (long start, long end, string basis) = Span(capture, new DropExtent());
        DropExtent extent = basis == WindowFacts.Whole ? new DropExtent() : _queries.Extent();
        while (true)
        {
            (start, end, _) = Span(capture, extent);
            Bins bins = Bins.Over(Math.Min(start, extent.FirstNs ?? start), Math.Max(end, extent.LastNs ?? end));
            DropPass pass = over(bins);
            progress?.Begin("reading the drops", _queries.LastDrop());
            pass.Run(connection, cancellation, progress);
            progress?.Begin("gathering the facts");
            if (pass.Extent == extent || (pass.Extent.FirstNs >= start && pass.Extent.LastNs <= end) || pass.Extent.Drops == 0)
            {
                return (pass, bins);
            }

            extent = pass.Extent;
        }
    }

    /// <summary>The agent's window where it is whole; else from the window's start, or the first drop, to the last drop.</summary>
    private static (long Start, long End, string Basis) Span(CaptureInfo capture, DropExtent extent) => capture switch
    {
        { IsImport: false, OpenedNs: long opened, ClosedNs: long closed } => (0, closed - opened, WindowFacts.Whole),
        { IsImport: false, OpenedNs: not null } => (0, extent.LastNs ?? 0, WindowFacts.ToLastDrop),
        _ => (extent.FirstNs ?? 0, extent.LastNs ?? 0, WindowFacts.FirstToLastDrop),
    };

    private Dictionary<long, SiteReading> Read(Dictionary<long, SiteRow> sites)
    {
        Dictionary<long, SiteReading> readings = sites.Values.Where(s => s.StackId is null).ToDictionary(s => s.Id, s => SiteReading.Of(s, null));
        ILookup<long, SiteRow> byStack = sites.Values.Where(s => s.StackId is not null).ToLookup(s => s.StackId!.Value); // not null by the filter
        foreach ((long id, CallStack stack) in _stacks.Stacks())
        {
            foreach (SiteRow site in byStack[id])
            {
                readings[site.Id] = SiteReading.Of(site, stack);
            }
        }

        // A stack of which the kernel printed only the header has no frames at all.
        foreach (SiteRow site in sites.Values)
        {
            readings.TryAdd(site.Id, SiteReading.Of(site, new CallStack([])));
        }

        return readings;
    }

    private StackFacts StackOf((long Id, long Drops, string? Reason, SiteReading Reading) stack, long drops)
    {
        IReadOnlyList<Frame> frames = _stacks.Stack(stack.Id).Frames;
        return new StackFacts(stack.Id, stack.Drops, (double)stack.Drops / drops, stack.Reason, stack.Reading.Function, stack.Reading.Kind, frames
            .Select((f, i) => new FrameFacts(i - stack.Reading.FirstFrame, f.Symbol, f.Offset, f.Module, f.Symbol == stack.Reading.Entry))
            .ToList());
    }

    private IEnumerable<UnreadFacts> Unread(string phase) =>
        _queries.Unread(phase).Select(each => new UnreadFacts(phase, Visible.Text(each.What), Visible.Text(each.Why)));

    private IReadOnlyList<CounterFacts> Counters(
        DropPass pass, Dictionary<long, SiteReading> readings, Dictionary<long, ReasonRow> reasons, LinkNames names, IReadOnlyList<CounterGain> gains, IReadOnlySet<string> known, CaptureInfo capture)
    {
        List<TracedDrops> traced = pass.Sites.Select(s => new TracedDrops(
            names.Row(s.Key.Interface)?.Netns, names.Row(s.Key.Interface)?.Name, reasons.GetValueOrDefault(s.Key.Reason)?.Name,
            readings[s.Key.Site].Function, s.Value.Drops)).ToList();
        return new CounterReconciliation(gains, known, traced, capture.Scope is not null)
        {
            Unread = traced.Select(t => t.Netns).OfType<long>().Except(_queries.NamespacesAfter()).Union(_queries.NamespacesGone()).ToHashSet(),
        }.Facts();
    }

    private LossFacts Losses(CaptureInfo capture, long drops, long withStack, IReadOnlyList<ReliefRow> relief)
    {
        IReadOnlyList<LostRow> lost = _queries.Lost();
        bool stacks = capture.Trigger is not null || withStack > 0;
        long afterStacks = relief.FirstOrDefault(r => r.Step == ReliefRow.Stacks) is { } step ? _queries.WithoutStackSince(step.TNs) : 0;
        return new LossFacts(
            lost.Sum(l => l.Records), lost.Sum(l => l.Uncounted), stacks && !capture.IsPerf ? 2 : 1, _queries.HasRingCounters(),
            stacks ? drops - withStack - afterStacks : 0, afterStacks);
    }

    private List<CpuFacts> Cpus(BinnedTally<long> counts, long drops)
    {
        Dictionary<int, LostRow> lost = _queries.Lost().ToDictionary(l => (int)l.Cpu);
        return counts.All.Select(c => (int)c.Key).Where(cpu => cpu != DropPass.NotGiven).Union(lost.Keys.Where(cpu => cpu != LossEvent.AllCpus)).Order().Select(cpu =>
        {
            long count = counts.Of(cpu);
            LostRow? row = lost.GetValueOrDefault(cpu);
            return new CpuFacts(cpu, count, Share(count, drops), row?.Records ?? 0, row?.Uncounted ?? 0);
        }).ToList();
    }

    private static double Share(long count, long of) => of == 0 ? 0 : (double)count / of;
}
