using System.Text;
using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Charts.Pictures;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Report;
using DropForensics.Core;
using DropForensics.Core.Filters;
using DropForensics.Core.Store;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Fleet;

/// <summary>From many captures to one report: each is read and forgotten, what was kept of them is merged, and page, picture and summary are written.</summary>
internal static class FleetJob
{
    private const string Page = "report.html", Document = "report.md", Picture = "summary.png", HostsFolder = "hosts";

    // A capture's own page takes as long as reading fifty.
    private const int MostOwnReports = 10;

    private const int LinesOfPicture = 4, RowsOfPicture = 10;

    /// <param name="options">The options.</param>
    /// <param name="output">Takes the summary or the JSON document.</param>
    /// <param name="plain">The output is no terminal.</param>
    /// <param name="notes">Takes progress and notes.</param>
    /// <param name="stop">Stops the work; no report is written then.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <exception cref="UserError">No capture can be read, or a file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static async Task<ExitCode> RunAsync(FleetOptions options, TextWriter output, bool plain, TextWriter notes, CancellationToken stop, ProgressLine? progress = null)
    {
        IReadOnlyList<string> paths = FleetFiles.Of(options.Paths);
        string main = options.AsMarkdown ? Document : Page;
        string[] names = [.. options.Html ? [main] : Array.Empty<string>(), .. options.Png ? [Picture] : Array.Empty<string>()];
        using OutputFolder? folder = names.Length > 0 ? new OutputFolder(options.Folder, names, options.Force) : null;
        FleetModel model = Read(paths, options.Filter, progress, stop);
        if (model.Captures.Count == 0)
        {
            progress?.Dispose();
            Say(model, notes);
            throw new UserError($"none of {Count(paths.Count, "file")} is a capture of drops that can be read", "Copy them again from where they were captured; `analyze verify FILE` says what is wrong with one.");
        }

        List<string> written = options.Html ? await WriteHostsAsync(model, options, progress, stop) : [];
        if (folder is not null)
        {
            if (options.Html)
            {
                progress?.Begin($"making {main}");
                byte[] page = Encoding.UTF8.GetBytes(options.AsMarkdown ? FleetWriters.Markdown(model, options.Png ? [Picture] : []) : await FleetWriters.RenderAsync(model));
                folder.Write(main, stream => stream.Write(page));
            }

            if (options.Png)
            {
                progress?.Begin($"drawing {Picture}");
                using Sheet sheet = FleetPicture.Draw(SummaryOf(model), model.Colours);
                byte[] picture = OwnOutput.Marked(sheet.ToPng());
                folder.Write(Picture, stream => stream.Write(picture));
            }

            stop.ThrowIfCancellationRequested();
            written.InsertRange(0, folder.Commit());
        }

        progress?.Dispose();
        if (options.Json) FleetJson.Write(model, written, output);
        else FleetWriters.WriteTerminal(model, options.Top, output, plain);
        Say(model, notes);
        foreach (string file in written.Take(names.Length)) notes.WriteLine($"wrote {file}");
        if (written.Count > names.Length) notes.WriteLine($"wrote {Count(written.Count - names.Length, "report")} of single hosts below {Path.Combine(Path.GetFullPath(options.Folder), HostsFolder)}");
        return model.LacksData ? ExitCode.Incomplete : ExitCode.Done;
    }

    /// <summary>Reads captures into the model of their report.</summary>
    /// <param name="filter">Of all, only the drops that match; null: all.</param>
    public static FleetModel Read(IReadOnlyList<string> paths, string? filter, ProgressLine? progress, CancellationToken stop)
    {
        if (filter is not null) _ = DropFilter.Parse(filter); // a mistake in it is no fault of the captures
        progress?.Begin($"reading {Count(paths.Count, "capture")}", paths.Count);
        (IReadOnlyList<FleetCapture> captures, IReadOnlyList<LeftOut> leftOut) = new FleetReader(filter, done => progress?.At(done), stop).Read(paths);
        IReadOnlyList<JoinedFlow> joined = BothEnds.Find(captures, filter, count => progress?.Begin($"looking for flows of other hosts in {Count(count, "capture")}"), stop);
        progress?.Begin("comparing hosts");
        return new FleetModel(captures, leftOut, joined, ProductVersion.Number);
    }

    private static void Say(FleetModel model, TextWriter notes)
    {
        foreach (LeftOut each in model.LeftOut) notes.WriteLine($"left out: {each.Why}");
    }

    /// <summary>A name for a folder: <c>vm-x.db</c> of <c>vm (x.db)</c>.</summary>
    internal static string FolderFor(string name)
    {
        var safe = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterOrDigit(c) || c == '_' || (c == '.' && safe.Length > 0)) safe.Append(c);
            else if (safe.Length > 0 && safe[^1] != '-') safe.Append('-');
        }

        string trimmed = safe.ToString().TrimEnd('-', '.');
        return trimmed.Length > 0 ? trimmed : "host";
    }

    // A folder for each, because a later run replaces only what it makes again.
    private static async Task<List<string>> WriteHostsAsync(FleetModel model, FleetOptions options, ProgressLine? progress, CancellationToken stop)
    {
        List<FleetCapture> own = options.Hosts switch
        {
            OwnReports.All => [.. model.Captures],

            // The costliest of each cause, then the second of each.
            OwnReports.Outliers => [.. model.Outliers.GroupBy(each => each.Cause.Cause).SelectMany(alike => alike.Index()).OrderBy(each => each.Index).Select(each => each.Item.Capture)
                .Distinct(ReferenceEqualityComparer.Instance).Cast<FleetCapture>().Take(MostOwnReports)],
            _ => [],
        };
        List<string> written = [];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        progress?.Begin($"making reports of {Count(own.Count, "host")}", own.Count);
        foreach (FleetCapture each in own)
        {
            stop.ThrowIfCancellationRequested();
            string safe = FolderFor(each.Name), name = safe;
            for (int n = 2; !names.Add(name); n++) name = $"{safe}-{n}";
            string path = Path.Combine(options.Folder, HostsFolder, name);
            using var folder = new OutputFolder(path, [Page], options.Force);
            using CaptureReader capture = AnyCapture.Open(each.Path, stop);
            byte[] page = Encoding.UTF8.GetBytes(await HtmlReport.RenderAsync(ReportJob.Read(capture, stop, filter: options.Filter)));
            folder.Write(Page, stream => stream.Write(page));
            written.AddRange(folder.Commit());
            model.Reports[each] = $"{HostsFolder}/{name}/{Page}";
            progress?.At(written.Count);
        }

        return written;
    }

    private static FleetSummaryData SummaryOf(FleetModel model)
    {
        List<FleetCapture> rows = [.. model.Captures.Where(each => each.Drops > 0).Take(RowsOfPicture)];
        (bool isPerMinute, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<long>> counts) = rows.Count == 0 ? (false, [], []) : FleetSections.HeatOf(model, rows);
        int others = model.Captures.Count(each => each.Drops > 0) - rows.Count;
        return new FleetSummaryData(
            Prose.Plain(model.Headline),
            [.. model.Outliers.Take(LinesOfPicture).Select(each => new SummaryFinding(
                ToneOf(FleetModel.SeverityOf(each)), each.Capture.Name, $"{each.Cause.Cause.Name}: {Rate(each.PerSecond)}, the median of {Count(each.Cause.Looked, model.Word)} is {Rate(each.MedianPerSecond)}"))],
            Math.Max(0, model.Outliers.Count - LinesOfPicture),
            Prose.Plain(model.Counted ?? ""),
            new CompletenessLine(
                model.Completeness switch { Core.Ledger.Completeness.Complete => Tone.Good, Core.Ledger.Completeness.Unproven => Tone.Depends, _ => Tone.Harmful },
                char.ToUpperInvariant(model.Completeness[0]) + model.Completeness[1..], Prose.Plain(string.Join(' ', model.CompletenessWhy))),
            model.Timeline(),
            new HeatData(
                $"{(isPerMinute ? "Drops a minute" : "Drops")} by host and cause{(others > 0 ? $"; {Count(others, $"more {model.Word}")} {(others == 1 ? "has" : "have")} drops" : "")}", [.. rows.Select(each => each.Name)], columns, counts,
                "No drop was captured."),
            FleetWriters.Identity(model), model.Version);
    }

    private static Tone ToneOf(Severity severity) => severity switch
    {
        Severity.Harmful => Tone.Harmful,
        Severity.Depends => Tone.Depends,
        _ => Tone.Harmless,
    };
}

/// <summary>The options.</summary>
/// <param name="Paths">Captures, and folders of them.</param>
/// <param name="Folder">Where the report goes.</param>
/// <param name="Json">Print JSON instead of the summary.</param>
/// <param name="Top">Rows of each table of the summary.</param>
/// <param name="Html">Whether to write the page.</param>
/// <param name="Png">Whether to write the picture.</param>
/// <param name="Force">Replace files of these names even if analyze did not make them.</param>
internal sealed record FleetOptions(IReadOnlyList<string> Paths, string Folder, bool Json, int Top, bool Html, bool Png, bool Force = false)
{
    /// <summary>The captures whose own reports are written beside.</summary>
    public OwnReports Hosts { get; init; }

    /// <summary>Of all, only the drops that match; null: all.</summary>
    public string? Filter { get; init; }

    /// <summary>Whether the report is a Markdown file instead of a page; reports of single hosts are pages.</summary>
    public bool AsMarkdown { get; init; }
}

/// <summary>The captures of a fleet whose own reports are written.</summary>
internal enum OwnReports
{
    /// <summary>Those that stand out, at most ten.</summary>
    Outliers,
    All,
    None,
}
