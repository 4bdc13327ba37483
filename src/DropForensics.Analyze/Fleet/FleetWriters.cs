using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Report;
using DropForensics.Analyze.Sections;
using DropForensics.Analyze.Terminal;
using DropForensics.Core.Commands;
using Spectre.Console;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Fleet;

/// <summary>The writers of a fleet's report: page and terminal. All of them write <see cref="FleetSections"/>.</summary>
internal static class FleetWriters
{
    /// <summary>Which captures these are: hosts, kernels, times.</summary>
    public static string Identity(FleetModel model)
    {
        List<string> kernels = [.. model.Captures.Select(each => each.KernelRelease).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        List<DateTime> began = [.. model.Captures.Select(each => each.StartUtc).OfType<DateTime>()];
        string?[] parts =
        [
            Count(model.Hosts, "host"), model.Hosts == model.Captures.Count ? null : Count(model.Captures.Count, "capture"),
            kernels switch { [] => "kernels unknown", [var only] => $"Linux {only}", _ => Count(kernels.Count, "kernel") },
            began.Count == 0 ? "time of day unknown" : began.Max() - began.Min() < TimeSpan.FromSeconds(1) ? $"began {Utc(began.Min())}" : $"began {Utc(began.Min())} to {Utc(began.Max(), withDate: began.Max().Date != began.Min().Date)}",
        ];
        return string.Join(" · ", parts.OfType<string>());
    }

    /// <summary>The page as text.</summary>
    public static Task<string> RenderAsync(FleetModel model)
    {
        string style = HtmlReport.Style(), script = HtmlReport.Code("sort.js") + HtmlReport.Code("copy.js");
        return StaticPage.RenderAsync<Page.FleetPage>(new Dictionary<string, object?>
        {
            [nameof(Page.FleetPage.Model)] = model,
            [nameof(Page.FleetPage.Sections)] = FleetSections.Of(model),
            [nameof(Page.FleetPage.Policy)] = StaticPage.Policy(style, script),
            [nameof(Page.FleetPage.Style)] = style,
            [nameof(Page.FleetPage.Script)] = script,
        });
    }

    /// <summary>The report as a Markdown file.</summary>
    /// <param name="pictures">Beside it.</param>
    public static string Markdown(FleetModel model, IReadOnlyList<string> pictures) => MarkdownDocument.Of(
        model.Version, model.Headline,
        [
            .. model.Counted is { } counted ? [MarkdownText.Sentence(counted)] : Array.Empty<string>(),
            $"**{MarkdownText.Capital(model.Completeness)}:** {string.Join(' ', model.CompletenessWhy.Select(MarkdownText.Sentence))}",
        ],
        FleetSections.Of(model), pictures, MarkdownText.Escaped(Identity(model)));

    /// <param name="rows">Rows of each table.</param>
    /// <param name="plain">No colours, and a width that does not depend on a terminal.</param>
    public static void WriteTerminal(FleetModel model, int rows, TextWriter output, bool plain) => TerminalOutput.Write(output, plain, null, console =>
    {
        IReadOnlyList<Section> sections = FleetSections.Of(model);
        console.Write(new Text(Prose.Plain(model.Headline) + "\n", new Style(decoration: Decoration.Bold)));
        if (model.Counted is { } counted) console.Write(new Text(Prose.Plain(counted) + "\n"));
        console.Write(new Paragraph($"{model.Completeness}: ", new Style(ColourOf(model.Completeness), decoration: Decoration.Bold)).Append(Prose.Plain(string.Join(' ', model.CompletenessWhy)) + "\n"));
        foreach (string note in model.ClockNotes.Skip(1)) console.Write(new Padder(new Text(Prose.Plain(note))).Padding(2, 0, 0, 0));
        console.Write(new Text($"Packet drops of {Identity(model)}\n", TerminalOutput.Dim));
        if (model.StandOut is [{ } first, ..])
        {
            console.WriteLine("Look next:");
            TerminalOutput.WriteUnwrapped(console, $"  {FleetSections.CommandFor(first)}");
        }

        console.WriteLine();
        foreach (ReportTable table in sections.SelectMany(section => section.Tables).Where(table => table.IsOnTerminal)) TerminalTable.Write(table, model.Drops, rows, console);
        if (string.Join("; ", sections.Where(section => section is { WhyNot: not null, Id: not "left-out" }).Select(section => $"{section.Short.ToLowerInvariant()} ({Prose.Plain(section.WhyNot ?? "")})")) is { Length: > 0 } missing)
            console.Write(new Text($"Not shown: {missing}.\n", TerminalOutput.Dim));
    });

    private static Color ColourOf(string word) => word switch
    {
        Core.Ledger.Completeness.Complete => Color.Green,
        Core.Ledger.Completeness.Unproven => Color.Yellow,
        _ => Color.Red,
    };
}

/// <summary>
/// A fleet's report as one JSON document, for programs. Its names are stable; new ones may be added with the same <see cref="Format"/>. Rates are drops a second,
/// times are UTC, shares 0 to 1, unknown is null.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="Version">Of this program.</param>
/// <param name="Headline">The answer in a sentence.</param>
/// <param name="Counted">How much of what; null where the headline has it.</param>
/// <param name="Completeness">The worst of all captures.</param>
/// <param name="Notes">What it rests on, and what is known of the clocks, in sentences.</param>
/// <param name="Drops">Of all captures.</param>
/// <param name="MissingLeast">Least number of missing drops.</param>
/// <param name="MissingMost">At most; null: no limit is known.</param>
/// <param name="Test">The test that tells hosts apart.</param>
/// <param name="Outliers">What costs most first.</param>
/// <param name="MayStandOut">Those of which other captures' missing drops decide.</param>
/// <param name="Causes">The most drops first.</param>
/// <param name="BothEnds">Drops of connections that another host sent.</param>
/// <param name="Captures">Those that stand out first, then those with the most drops.</param>
/// <param name="LeftOut">Files that are no part of it.</param>
/// <param name="Sections">Those of the report, and why one is empty.</param>
/// <param name="Files">What was written.</param>
internal sealed record FleetJson(
    int Format, string Version, string Headline, string? Counted, string Completeness, IReadOnlyList<string> Notes, long Drops, long MissingLeast, long? MissingMost, string Test,
    IReadOnlyList<FleetJson.Outlying> Outliers, IReadOnlyList<FleetJson.Outlying> MayStandOut, IReadOnlyList<FleetCause> Causes, IReadOnlyList<FleetJson.Flow> BothEnds,
    IReadOnlyList<FleetCapture> Captures, IReadOnlyList<LeftOut> LeftOut, IReadOnlyList<JsonSection> Sections, IReadOnlyList<string> Files)
{
    public static void Write(FleetModel model, IReadOnlyList<string> files, TextWriter output) => output.WriteLine(JsonText.Readable(JsonSerializer.Serialize(
        new FleetJson(
            1, model.Version, Prose.Plain(model.Headline), model.Counted is { } counted ? Prose.Plain(counted) : null, model.Completeness,
            [.. model.CompletenessWhy.Concat(model.ClockNotes).Select(Prose.Plain)], model.Drops, model.Missing.Least, model.Missing.Most, Diff.DiffMethod.Test,
            [.. model.Outliers.Select(Of)], [.. model.MayStandOut.Select(Of)], model.Causes, [.. model.Joined.Select(Of)],
            [.. model.Captures.Select(each => each with { Report = model.Reports.GetValueOrDefault(each) })], model.LeftOut, JsonSection.Of(FleetSections.Of(model)), files),
        FleetJsonContext.Default.FleetJson)));

    private static Outlying Of(Outlier outlier) => new(
        outlier.Capture.Name, outlier.Capture.Path, outlier.Cause.Cause, FleetModel.SeverityOf(outlier), outlier.Drops, outlier.PerSecond, outlier.MedianPerSecond, outlier.Cause.Looked, outlier.P);

    private static Flow Of(JoinedFlow flow) => new(
        flow.Connection.Text, flow.At.Name, flow.Reason, flow.Function, flow.Drops, DateTime.UnixEpoch.AddTicks(flow.FirstDropNs / 100), flow.From.Name, flow.Kind, flow.Events,
        DateTime.UnixEpoch.AddTicks(flow.FirstSentNs / 100));

    /// <summary>A capture that stands out.</summary>
    /// <param name="Capture">Its name here.</param>
    /// <param name="PerSecond">Its rate.</param>
    /// <param name="MedianPerSecond">Of all that recorded this cause.</param>
    /// <param name="Looked">How many these are.</param>
    /// <param name="P">The probability that chance alone separates the two this far.</param>
    internal sealed record Outlying(
        string Capture, string Path, Cause Cause, Severity Severity, long Drops, double PerSecond, double MedianPerSecond, int Looked, double P);

    /// <summary>Drops on one host of a connection that another sent.</summary>
    /// <param name="Connection">Its ends and protocol.</param>
    /// <param name="DroppedAt">The host that dropped.</param>
    /// <param name="SentBy">The host that sent.</param>
    /// <param name="Kind">The event that shows it.</param>
    internal sealed record Flow(
        string Connection, string DroppedAt, string? Reason, string? Function, long Drops, DateTime FirstDropUtc, string SentBy, string Kind, long Events, DateTime FirstSentUtc);
}

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n", GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(FleetJson))]
internal sealed partial class FleetJsonContext : JsonSerializerContext;
