using System.Runtime.ExceptionServices;
using DropForensics.Analyze.Diff;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Report;
using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Fleet;

/// <summary>The map over captures: reads each, keeps what the fleet's report needs of it, and forgets the rest.</summary>
/// <param name="filter">An expression: only the drops that match; null: all.</param>
/// <param name="done">Told after each capture how many are read.</param>
internal sealed class FleetReader(string? filter, Action<int> done, CancellationToken stop)
{
    // A reading takes memory by a capture's size: large ones are read one at a time.
    private const long Large = 64L << 20;

    // So that the sums over any number of captures are numbers still; a host that drops a million packets a second needs three years for them.
    private const long MostDrops = 100_000_000_000_000;

    private static readonly Lock OneLarge = new();

    private int _read;

    /// <summary>Reads all, on all processors; in the order of the paths.</summary>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public (IReadOnlyList<FleetCapture> Captures, IReadOnlyList<LeftOut> LeftOut) Read(IReadOnlyList<string> paths)
    {
        FleetCapture?[] captures = new FleetCapture?[paths.Count];
        LeftOut?[] leftOut = new LeftOut?[paths.Count];
        OnAllCores(paths, (i, path) =>
        {
            try
            {
                captures[i] = Read(path);
            }
            catch (OverflowException)
            {
                leftOut[i] = new LeftOut(path, Display.Visible.Text($"{path} has numbers that no host counts"), IsFault: true);
            }
            catch (UserError error)
            {
                string why = error.Message.Contains(path, StringComparison.Ordinal) ? error.Message : $"{path}: {error.Message}";
                leftOut[i] = new LeftOut(path, Display.Visible.Text(why.TrimEnd('.')), IsFault: true);
            }

            done(Interlocked.Increment(ref _read));
        }, stop);
        return Named(captures, leftOut);
    }

    /// <summary>Does something with each path, several at once.</summary>
    internal static void OnAllCores(IReadOnlyList<string> paths, Action<int, string> read, CancellationToken stop)
    {
        try
        {
            Parallel.For(0, paths.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = stop }, i =>
            {
                if (SizeOf(paths[i]) < Large)
                {
                    read(i, paths[i]);
                }
                else
                {
                    lock (OneLarge) read(i, paths[i]);
                }
            });
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]); // what it is, and where it comes from
        }
    }

    // The same capture twice would count its drops twice. Hosts that are alike are told apart by their files.
    private static (IReadOnlyList<FleetCapture> Captures, IReadOnlyList<LeftOut> LeftOut) Named(FleetCapture?[] captures, LeftOut?[] leftOut)
    {
        Dictionary<string, string> known = [];
        List<FleetCapture> distinct = [];
        foreach ((int i, FleetCapture? capture) in captures.Index())
        {
            if (capture is null) continue;
            if (capture.Uuid.Length == 0 || known.TryAdd(capture.Uuid, capture.Path)) distinct.Add(capture);
            else leftOut[i] = new LeftOut(capture.Path, $"{capture.Path} is the same capture as {known[capture.Uuid]}", IsFault: false);
        }

        HashSet<string?> several = [.. distinct.GroupBy(each => each.Host).Where(alike => alike.Count() > 1).Select(alike => alike.Key)];
        HashSet<string> names = [];
        List<FleetCapture> named = [.. distinct.Select(each =>
        {
            string file = FileOf(each.Path), name = each.Host is null ? file : several.Contains(each.Host) ? $"{each.Host} ({file})" : each.Host;
            return each with { Name = names.Add(name) ? name : $"{each.Host ?? "unnamed"} ({each.Path})" };
        })];
        return (named, [.. leftOut.OfType<LeftOut>()]);
    }

    private static string FileOf(string path) => Display.Visible.Text(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));

    private static long SizeOf(string path) => CaptureParts.IsFolder(path) ? Large : File.Exists(path) ? new FileInfo(path).Length : 0;

    private FleetCapture Read(string path)
    {
        // A named pipe would be waited for.
        if (new FileInfo(path) is { Exists: true, Length: 0 }) throw new UserError($"{path} is empty, or not a regular file", "Copy it again from where it was captured.");
        using CaptureReader capture = AnyCapture.Open(path, stop);
        ReportModel model = ReportJob.Read(capture, stop, filter: filter, isBrief: true);
        if (model.Facts.Capture.HitsOf is { } function)
            throw new UserError($"{path} counts hits of {Display.Visible.Text(function)}, not drops", "Give captures of drops.");
        return Of(path, model, new HostClock(new CaptureQueries(capture.Connection).Clock(), model.Facts.Capture), BothEnds.SentIn(capture, model.Facts));
    }

    private static FleetCapture Of(string path, ReportModel model, HostClock clock, IReadOnlyList<SentSegments> sent)
    {
        CaptureFacts facts = model.Facts;
        CountRange missing = MissingDrops.Of(facts);
        List<(Cause Cause, long Drops)> counted = facts is { Selection: null, IsByFunction: false, Ledger.IsSample: true }
            ? [.. facts.KernelCounts.GroupBy(each => CauseOf(facts, each.Reason, null)).Select(each => (each.Key, Math.Max(each.Sum(one => one.Counted), each.Sum(one => one.Captured))))] : [];
        long[] numbers = [facts.Capture.WitnessDrops ?? 0, missing.Least, missing.Most ?? 0, .. counted.Select(each => each.Drops)];
        if (Array.Exists(numbers, number => number is < 0 or > MostDrops)) throw new OverflowException();
        Dictionary<Cause, Severity> severities = Severities(model);
        List<(Cause Cause, IReadOnlyList<long> Drops)> series = [.. facts.Timeline.Series.Select(each => (CauseOf(facts, each.Reason, each.Function), each.Drops))];
        ILookup<Cause, IReadOnlyList<long>> bins = series.ToLookup(each => each.Cause, each => each.Drops);
        return new FleetCapture
        {
            Path = path,
            Host = facts.Capture.KnownHost,
            KernelRelease = facts.Capture.KernelRelease,
            Kernel = KernelVersion.Parse(facts.Capture.KernelRelease),
            IsByFunction = facts.IsByFunction,
            Distribution = facts.Host.Distribution,
            Uuid = facts.Capture.Uuid,
            Probe = facts.Capture.Probe,
            StartUtc = facts.Window.StartUtc,
            EndUtc = facts.Window.EndUtc,
            Seconds = facts.Window is { IsTime: true, LengthNs: > 0 } window ? window.LengthNs / 1e9 : null,
            Ended = facts.Capture.Ended,
            ClockSteppedNs = clock.IsKnown ? facts.ClockNotes.Where(note => note.Kind == "step").Sum(note => Math.Abs(note.ByNs)) : null,
            Drops = facts.Drops,
            WitnessDrops = facts.Capture.WitnessDrops,
            IsSample = facts.Ledger.IsSample,
            HasExactCauses = counted.Count > 0,
            MissingLeast = missing.Least,
            MissingMost = missing.Most,
            Completeness = model.Verdict.Completeness.Word,
            CompletenessWhy = Display.Prose.Plain(model.Verdict.Completeness.Sentence),
            Filter = facts.Capture.Scope,
            IsRedacted = facts.Capture.Redacted is not null,
            LacksData = facts.LacksData,
            Causes =
            [
                .. (counted.Count > 0 ? counted : facts.IsByFunction ? facts.Sites.Select(site => (Cause: CauseOf(facts, null, site.Function), site.Drops)) : facts.Reasons.Select(reason => (Cause: CauseOf(facts, reason.Reason, null), reason.Drops)))
                    .GroupBy(each => each.Cause, each => each.Drops)
                    .Select(each => new CauseCount(each.Key, each.Sum(), severities.GetValueOrDefault(each.Key, Severity.Depends), Dispersion(bins[each.Key], series)))
                    .OrderByDescending(each => each.Drops),
            ],
            By = new Dictionary<string, IReadOnlyList<NamedDrops>>
            {
                [Dimension.Sites.Id] = Counted(facts.Sites.Select(site => ((string?)FunctionWords.Short(site), site.Drops))),
                [Dimension.Drivers.Id] = Counted(facts.Drivers.Select(driver => (driver.Driver, driver.Drops))),
                [Dimension.Interfaces.Id] = Counted(facts.Interfaces.Select(each => (each.Name, each.Drops))),
                [Dimension.Owners.Id] = Counted(facts.Owners.Where(owner => owner.Others == 0).Select(owner => (owner.Name, owner.Drops))),
                [Dimension.Namespaces.Id] = Counted(facts.Namespaces.Select(each => (Dimension.Namespaces.Name(each), each.Drops))),
            },
            Findings = [.. model.Findings.Select(each => new FleetFinding(each.Id, each.Severity, Display.Prose.Plain(each.Title), each.Drops))],
            Timeline = facts.Window.IsTime ? UtcSeries.Of(Middles(facts.Timeline, clock), series) : UtcSeries.Empty,
            Scope = CaptureScope.Of(facts.Capture),
            Sent = sent,
            HasFlows = facts.WithFlow > 0 && facts.Capture.Redacted is null,
        };
    }

    private static Cause CauseOf(CaptureFacts facts, string? reason, string? function) =>
        facts.IsByFunction ? new Cause(FunctionWords.Name(function), IsFunction: true) : new Cause(ReasonWords.Name(reason), IsFunction: false);

    private static List<NamedDrops> Counted(IEnumerable<(string? Name, long Drops)> rows) => [.. rows.GroupBy(row => row.Name, row => row.Drops)
        .Select(row => new NamedDrops(row.Key, row.Sum())).OrderByDescending(row => row.Drops).Take(FleetCapture.MostNames)];

    // The severity of most of a cause's drops: one reason may mean several things.
    private static Dictionary<Cause, Severity> Severities(ReportModel model) => model.Findings.SelectMany(finding => finding.Sites)
        .GroupBy(site => CauseOf(model.Facts, site.Site.Reason, site.Site.Function))
        .ToDictionary(cause => cause.Key, cause => cause.GroupBy(site => site.Severity, site => site.Drops).MaxBy(each => each.Sum())!.Key); // a group has a member

    // Where a cause's own times were not kept, it is taken to come as all drops do.
    private static double Dispersion(IEnumerable<IReadOnlyList<long>> own, IEnumerable<(Cause, IReadOnlyList<long> Drops)> all) =>
        Bursts.Dispersion(Sum(own.Any() ? own : all.Select(each => each.Drops)));

    private static int[]? Sum(IEnumerable<IReadOnlyList<long>> series) => Series.Sum(series.Select(each => (int[]?)[.. each.Select(number => (int)Math.Min(int.MaxValue, number))]));

    private static List<long> Middles(TimelineFacts timeline, HostClock clock)
    {
        List<long> middles = [];
        for (int bin = 0; clock.IsKnown && bin < timeline.Series.Select(each => each.Drops.Count).DefaultIfEmpty().Max(); bin++)
        {
            // Forged readings may lead out of all time, or before 1970.
            if (clock.RealNs(timeline.StartNs + (bin * timeline.BinNs) + (timeline.BinNs / 2)) is not (> 0 and var ns)) return [];
            middles.Add(ns);
        }

        return middles;
    }
}

/// <summary>The captures that a command line names.</summary>
internal static class FleetFiles
{
    private const string CaptureEnd = ".db";

    /// <summary>Whether these words ask for the report of a fleet: several, or a folder that is no flight recorder's.</summary>
    public static bool IsFleet(IReadOnlyList<string> paths) => paths.Count > 1 || (paths is [var only] && Directory.Exists(only) && !CaptureParts.IsFolder(only));

    /// <summary>Each file, and of a folder the captures in it and below, a flight recorder's folder as one; in the order of their names.</summary>
    /// <exception cref="UserError">A folder has none, or cannot be read.</exception>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> paths)
    {
        List<string> all = [];
        foreach (string path in paths)
        {
            if (!Directory.Exists(path) || CaptureParts.IsFolder(path))
            {
                all.Add(path);
                continue;
            }

            List<string> found = [];
            try
            {
                Collect(path, found);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw FileTrouble.Reading(path, error, "Give a folder that you may read.");
            }

            if (found.Count == 0) throw new UserError($"{path} has no captures in it: no file ends in {CaptureEnd}", "Give a folder with captures, or their files.");
            all.AddRange(found.Order(StringComparer.Ordinal));
        }

        return [.. all.DistinctBy(Path.GetFullPath)];
    }

    private static void Collect(string folder, List<string> found)
    {
        found.AddRange(Directory.EnumerateFiles(folder, "*" + CaptureEnd));
        foreach (string below in Directory.EnumerateDirectories(folder))
        {
            if (CaptureParts.IsFolder(below)) found.Add(below);
            else if (new DirectoryInfo(below).LinkTarget is null) Collect(below, found); // a link may lead back up
        }
    }
}
