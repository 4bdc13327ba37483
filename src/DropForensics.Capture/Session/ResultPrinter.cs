using System.Globalization;
using System.Text.Json;
using DropForensics.Capture.Host;
using DropForensics.Capture.Recording;
using DropForensics.Core.Attribution;
using DropForensics.Core.Commands;
using DropForensics.Core.Ledger;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Session;

/// <summary>Prints a result for people, or as one JSON document. Nothing it prints comes from a process's name.</summary>
internal static class ResultPrinter
{
    private const int TopRows = 10;
    private const string Unknown = "unknown";

    public static void WriteText(CaptureResult result, TextWriter output)
    {
        (Totals? totals, CaptureRow? row) = (result.Totals, result.Row);
        bool sampled = result.Ledger.MissedBySampling > 0;
        string ended = row.Ended is null or "duration" ? "" : $" (ended by {row.Ended})";
        output.WriteLine(
            $"{result.Count(sampled ? result.Ledger.Counted ?? 0 : result.Drops)} in {result.Window.TotalSeconds:F1} s{ended} on {Printable.Of(row.HostName)}, {row.KernelRelease}, by {row.Probe}.");
        if (result.Exact.Count > 0) output.WriteLine($"Exact, by the kernel's own count: {string.Join(", ", result.Exact.Take(TopRows / 2).Select(reason => $"{reason.Key} {reason.Drops:N0}"))}");
        output.WriteLine(char.ToUpperInvariant(result.Verdict[0]) + result.Verdict[1..]);
        if (result.Ledger.Filtered is > 0 and var filtered)
        {
            long unseen = result.Ledger.FilteredUnseen;
            output.WriteLine($"The filter left out {result.Count(filtered)}{(unseen > 0 ? $", {unseen:N0} of them because they carry no packet to compare" : "")}.");
        }

        if (row.Trigger is not null && totals.WithoutStack > 0) output.WriteLine($"{result.Count(totals.WithoutStack)} came without a stack.");
        if (result.WriteFailure is not null && totals.Drops > result.Drops)
            output.WriteLine($"{result.Count(totals.Drops)} were seen before the file ended, and are counted here:");
        if (result.Unread is { } unread) output.WriteLine(Printable.Of(unread));
        if (result.Sites.Count > 0)
        {
            output.WriteLine();
            if (sampled) output.WriteLine($"Of the {result.Count(result.Drops)} in the sample:");
            WriteSites(result, output);
            output.WriteLine();
            output.WriteLine($"Arrived through: {string.Join(", ", By(result, WayIn).Take(TopRows).Select(way => $"{way.Key} {way.Drops:N0}"))}");
            if (result.End != FileEnd.InParts) WriteFlows(totals, output);
        }

        if (totals.OtherEvents.Count > 0)
        {
            output.WriteLine();
            var kinds = new List<DropCount<string>>();
            foreach ((string? kind, long count) in totals.OtherEvents) kinds.Add(new DropCount<string>(Printable.Of(kind.TrimEnd(':')), count));
            output.WriteLine($"Beside them: {string.Join(", ", kinds.OrderByDescending(kind => kind.Drops).Take(TopRows).Select(kind => $"{kind.Key} {kind.Drops:N0}"))}");
        }

        if (result.Saved.Count > 0)
        {
            output.WriteLine();
            output.WriteLine($"Saved before: {string.Join(", ", result.Saved.Select(Printable.Of))}");
        }

        string file = Printable.Of(result.File);
        output.WriteLine();
        output.WriteLine(result.End switch
        {
            FileEnd.InParts => $"{file} is complete: copy the folder off this host and run: analyze {Path.GetFileName(file)}",
            not FileEnd.WithJournal => $"{file} {(result.WriteFailure is null ? "is complete" : "is readable up to where it ends")}: copy it off this host and run: analyze {Path.GetFileName(file)}",
            _ => $"Part of it is still in {Path.GetFileName(file)}-wal: copy {file}-wal first, then {file}, and run: analyze {Path.GetFileName(file)}",
        });
    }

    /// <summary>The document of <c>--json</c>; names stay.</summary>
    public static void WriteJson(CaptureResult result, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("file", result.File);
            json.WriteNumber("drops", result.Drops);
            if (result.Row.WitnessDrops is { } witness) json.WriteNumber("witness_drops", witness);
            json.WriteNumber("filtered", result.Ledger.Filtered);
            json.WriteNumber("filtered_without_packet", result.Ledger.FilteredUnseen);
            json.WriteNumber("lost", result.Totals.Lost);
            json.WriteNumber("uncounted_losses", result.Totals.UncountedLosses);
            json.WriteNumber("missed", result.Ledger.Missed is > 0 and var missed ? missed : 0);
            if (result.Ledger.Sample is { } sample)
            {
                json.WriteNumber("missed_by_sampling", result.Ledger.MissedBySampling);
                json.WriteNumber("sampled_spans", sample.Spans);
                json.WriteNumber("sampled_drops", sample.Drops);
            }

            json.WriteNumber("unparsed", result.Totals.Unparsed);
            json.WriteNumber("without_stack", result.Totals.WithoutStack);
            json.WriteNumber("after_stacks", result.Totals.AfterStacks);
            json.WriteNumber("stacks", result.Totals.Stacks);
            json.WriteString("probe", result.Row.Probe);
            json.WriteString("ended", result.Row.Ended);
            json.WriteNumber("window_s", Math.Round(result.Window.TotalSeconds, 3));
            json.WriteString("verdict", result.Verdict);
            WriteCompleteness(result, json);
            json.WriteString("unread", result.Unread);
            if (result.Row.MaxRate is { } maxRate) json.WriteNumber("max_rate", maxRate);
            json.WriteStartArray("relief");
            foreach (ReliefRow step in result.Relief)
            {
                json.WriteStartObject();
                json.WriteString("step", step.Step);
                json.WriteNumber("t_s", Math.Round(step.TNs / 1e9, 3));
                json.WriteNumber("rate", step.Rate);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("sites");
            foreach ((Site? site, long drops) in TopSites(result))
            {
                json.WriteStartObject();
                json.WriteNumber("drops", drops);
                json.WriteString("function", site.Function);
                json.WriteString("reason", site.Reason);
                json.WriteString("driver", site.Driver);
                json.WriteString("interface", site.Interface);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("other_events");
            foreach ((string? kind, long events) in result.Totals.OtherEvents) json.WriteNumber(kind.TrimEnd(':'), events);
            json.WriteEndObject();
            json.WriteStartArray("saved");
            foreach (string saved in result.Saved) json.WriteStringValue(saved);
            json.WriteEndArray();
            json.WriteStartArray("not_restored");
            foreach (string leftover in result.Leftovers) json.WriteStringValue(leftover);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(JsonText.Readable(System.Text.Encoding.UTF8.GetString(bytes.ToArray())));
    }

    private static void WriteCompleteness(CaptureResult result, Utf8JsonWriter json)
    {
        json.WriteNumber("missing_at_least", result.Completeness.AtLeast);
        json.WriteStartArray("gaps");
        foreach (Gap gap in result.Completeness.Gaps)
        {
            json.WriteStartObject();
            json.WriteString("stage", gap.Stage);
            WriteNumber(json, "cpu", gap.Cpu);
            json.WriteString("interface", gap.Interface);
            WriteNumber(json, "at_least", gap.AtLeast);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("cpus");
        foreach (CpuAccount cpu in result.Ledger.Cpus)
        {
            json.WriteStartObject();
            WriteNumber(json, "cpu", cpu.Cpu);
            WriteNumber(json, "counted", cpu.Counted);
            json.WriteNumber("captured", cpu.Captured);
            json.WriteNumber("filtered", cpu.Filtered);
            json.WriteNumber("stacks", cpu.Stacks);
            json.WriteNumber("records_lost", cpu.RecordsLost);
            json.WriteNumber("unparsed", cpu.UnparsedLines);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void WriteSites(CaptureResult result, TextWriter output)
    {
        DropCount<Site>[] sites = TopSites(result);
        long all = result.Sites.Sum(site => site.Drops);
        string[] heads = [result.Row.HitsOf is null ? "drops" : "hits", "share", result.Row.HitsOf is null ? "decided by" : "function", "reason", "driver", "interface"];
        string[][] rows = sites.Select(site => (string[])
        [
            site.Drops.ToString("N0", CultureInfo.InvariantCulture),
            (100.0 * site.Drops / all).ToString("F1", CultureInfo.InvariantCulture) + " %",
            site.Key.Function ?? Unknown,
            site.Key.Reason ?? "none given",
            site.Key.Driver ?? Choice(site.Key.Candidates) ?? Unknown,
            Printable.Of(site.Key.Interface ?? Unknown),
        ]).Prepend(heads).ToArray();
        int[] widths = Enumerable.Range(0, heads.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (string[]? row in rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) => column < 2 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            output.WriteLine($"  {string.Join("  ", cells).TrimEnd()}");
        }

        long more = all - sites.Sum(site => site.Drops);
        if (more > 0) output.WriteLine($"  and {result.Count(more)} elsewhere");
    }

    private static void WriteFlows(Totals totals, TextWriter output)
    {
        if (totals.Flows.Count == 0) return;
        output.WriteLine();

        // As objects: LINQ is compiled again for every struct type, and the agent must stay small.
        var flows = new List<FlowCount>();
        foreach ((PacketHeaders headers, long drops) in totals.Flows) flows.Add(new FlowCount(headers, drops));
        foreach (FlowCount? flow in flows.OrderByDescending(flow => flow.Drops).Take(TopRows / 2))
            output.WriteLine($"  {flow.Drops,9:N0}  {FlowLine.Of(flow.Headers)}");
        if (totals.Flows.Count > TopRows / 2) output.WriteLine($"  and {totals.Flows.Count - (TopRows / 2):N0} more flows");
    }

    private static DropCount<TKey>[] By<TKey>(CaptureResult result, Func<Tally, TKey> property) =>
        [.. result.Sites.GroupBy(property).Select(group => new DropCount<TKey>(group.Key, group.Sum(tally => tally.Drops))).OrderByDescending(entry => entry.Drops)];

    private static DropCount<Site>[] TopSites(CaptureResult result) =>
        [.. By(result, tally => new Site(
            tally.Attribution.Function, tally.Reason?.Name, tally.Attribution.Driver, tally.Attribution.DriverCandidates, tally.Interface?.Name)).Take(TopRows)];

    private static string WayIn(Tally tally) =>
        tally.Interface is { } device ? Printable.Of(tally.Attribution.Driver is { } behind && behind != device.Name ? $"{device.Name} ({behind})" : device.Name)
        : tally.Attribution.Driver is { } driver && tally.Attribution.DriverRule == DriverRule.Backlog ? $"{driver} (its backlog)"
        : tally.Attribution.Driver ?? Choice(tally.Attribution.DriverCandidates) ?? tally.Attribution.Entry ?? Unknown;

    /// <summary><c>loopback, veth</c> reads "loopback or veth".</summary>
    private static string? Choice(string? candidates) => candidates?.Replace(", ", " or ", StringComparison.Ordinal);

    private sealed class FlowCount(PacketHeaders headers, long drops)
    {
        public PacketHeaders Headers => headers;

        public long Drops => drops;
    }

    private sealed record Site(string? Function, string? Reason, string? Driver, string? Candidates, string? Interface);
}
