using System.Text;
using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Report;
using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Diff;

/// <summary>Compares captures with the first of them: rates, verdict, page.</summary>
internal static class DiffJob
{
    // As many as have letters.
    private const int MostCaptures = 26;

    /// <param name="options">The options.</param>
    /// <param name="output">Takes the summary or the JSON document.</param>
    /// <param name="plain">The output is not a terminal.</param>
    /// <param name="notes">Takes progress and notes.</param>
    /// <param name="cancellation">Stops the work; nothing is written then.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <exception cref="UserError">A file cannot be read or made, there are more captures than letters, or they count different things.</exception>
    public static async Task<ExitCode> RunAsync(
        DiffOptions options, TextWriter output, bool plain, TextWriter notes, CancellationToken cancellation, ProgressLine? progress = null)
    {
        if (options.Captures.Count > MostCaptures)
            throw new UserError($"{options.Captures.Count} captures are too many to compare at once", $"Give {MostCaptures} at the most.", ExitCode.Usage);
        using DiffPageFile? page = options.Out is { } path ? new DiffPageFile(path, options.Force) : null;
        DiffModel model = DiffBuilder.Build([.. options.Captures.Select((capture, i) => Read(Letter(i), capture, options, progress, cancellation))], options.FailAbovePercent);
        IReadOnlyList<string> files = page is null ? [] : [page.Write(Encoding.UTF8.GetBytes(await DiffHtml.RenderAsync(model)))];
        progress?.Dispose();
        if (options.Json) DiffJson.Write(model, files, output);
        else DiffTerminal.Write(model, options.Top, output, plain);
        foreach (string file in files) notes.WriteLine($"wrote {file}");
        bool fails = options.FailAbovePercent is null ? model.Sides.Any(side => side.Facts.LacksData) : model.Pairs.Any(pair => pair.Increase is { Fails: true });
        return fails ? ExitCode.Incomplete : ExitCode.Done;
    }

    private static string Letter(int number) => ((char)('A' + number)).ToString();

    /// <summary>One after the other: the first reading's memory is free before the second starts.</summary>
    private static DiffSide Read(string letter, string path, DiffOptions options, ProgressLine? progress, CancellationToken cancellation)
    {
        progress?.Prefix = $"{letter}: ";
        using CaptureReader capture = AnyCapture.Open(path, cancellation, progress);
        return new DiffSide(letter, ReportJob.Read(capture, cancellation, progress, byConversation: true, options.Filter));
    }
}

/// <summary>The options.</summary>
/// <param name="Captures">Paths of two or more captures: first the one to compare with (before, or the good host), then those to judge.</param>
/// <param name="Out">The page to write; null for none.</param>
/// <param name="Json">JSON on standard output in place of the tables.</param>
/// <param name="Top">Rows of each table of the terminal.</param>
/// <param name="FailAbovePercent">An increase by more than this gives exit code 4; null: not checked.</param>
/// <param name="Force">Whether a page that is not ours is replaced.</param>
internal sealed record DiffOptions(IReadOnlyList<string> Captures, string? Out, bool Json, int Top, double? FailAbovePercent, bool Force = false)
{
    /// <summary>Of all, only the drops that match; null: all.</summary>
    public string? Filter { get; init; }
}

/// <summary>
/// The page of a comparison: opened before the long work, under a temporary name, and renamed when complete. It only replaces an
/// earlier page of this program.
/// </summary>
internal sealed class DiffPageFile : IDisposable
{
    private readonly OutputFolder _folder;
    private readonly string _name;

    /// <param name="path">The page.</param>
    /// <param name="force">Whether to replace a file that this program did not make.</param>
    /// <exception cref="UserError">Another file has that name, or the file cannot be made.</exception>
    public DiffPageFile(string path, bool force)
    {
        path = Path.GetFullPath(path);
        if (Directory.Exists(path)) throw new UserError($"{path} is a directory", "Choose a file with --output.");
        _name = Path.GetFileName(path);
        if (_name.Length == 0) throw new UserError($"{path} is not a file name", "Choose a file with --output.");
        _folder = new OutputFolder(Path.GetDirectoryName(path) ?? "/", [_name], force);
    }

    /// <summary>Writes the page and gives it its name; its path.</summary>
    public string Write(byte[] page)
    {
        _folder.Write(_name, stream => stream.Write(page));
        return _folder.Commit()[0];
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>Renders the page of a comparison: no script at all.</summary>
internal static class DiffHtml
{
    /// <summary>The page as text.</summary>
    public static Task<string> RenderAsync(DiffModel model)
    {
        string style = StaticPage.Resource("report.css") + StaticPage.Resource("diff.css");
        return StaticPage.RenderAsync<Page.DiffPage>(new Dictionary<string, object?>
        {
            [nameof(Page.DiffPage.Model)] = model,
            [nameof(Page.DiffPage.Policy)] = StaticPage.Policy(style, script: null),
            [nameof(Page.DiffPage.Style)] = style,
        });
    }
}

/// <summary>The drawing of a comparison.</summary>
internal static class DiffChart
{
    private const double Width = 400; // a phone shows it almost at full size
    private const int MostRows = 8;

    /// <summary>All drops, then the causes.</summary>
    public static Drawing Draw(DiffPair pair) => PairedBarChart.Draw(
        new PairedBarData(
            $"{pair.A.Capture.Subject.Title} a second, in all and by {(pair.Causes.Id == "reasons" ? "reason" : "function")}",
            new BarOwner(pair.A.Letter, pair.A.Capture.File), new BarOwner(pair.B.Letter, pair.B.Capture.File),
            pair.A.Seconds is null || pair.B.Seconds is null ? [] : [.. new[] { pair.Total }.Concat(pair.Causes.Rows).Take(MostRows + 1).Select(Row)],
            "There are no rates to draw."),
        Width);

    private static PairedBarRow Row(DiffRow row) => new(row.Name, row.IsName, ChangeWord.Of(row), Value(row.A), Value(row.B));

    private static BarValue Value(DiffCount count) => new(count.PerSecondLeast ?? 0, count.PerSecondMost, count.Rate, count.Drops);
}
