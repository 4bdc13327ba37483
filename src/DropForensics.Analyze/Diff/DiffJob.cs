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

/// <summary>Compares two captures: rates, verdict, page.</summary>
internal static class DiffJob
{
    /// <param name="options">The options.</param>
    /// <param name="output">Takes the summary or the JSON document.</param>
    /// <param name="plain">The output is not a terminal.</param>
    /// <param name="notes">Takes progress and notes.</param>
    /// <param name="cancellation">Stops the work; nothing is written then.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <exception cref="UserError">A file cannot be read or made, or the two count different things.</exception>
    public static async Task<ExitCode> RunAsync(
        DiffOptions options, TextWriter output, bool plain, TextWriter notes, CancellationToken cancellation, ProgressLine? progress = null)
    {
        using DiffPageFile? page = options.Out is { } path ? new DiffPageFile(path, options.Force) : null;
        DiffModel model = new DiffBuilder(Read("A", options.A, options, progress, cancellation), Read("B", options.B, options, progress, cancellation)).Build(options.FailAbovePercent);
        IReadOnlyList<string> files = page is null ? [] : [page.Write(Encoding.UTF8.GetBytes(await DiffHtml.RenderAsync(model)))];
        progress?.Dispose();
        if (options.Json) DiffJson.Write(model, files, output);
        else DiffTerminal.Write(model, options.Top, output, plain);
        foreach (string file in files) notes.WriteLine($"wrote {file}");
        return model.Increase is { } increase ? increase.Fails ? ExitCode.Incomplete : ExitCode.Done
            : model.A.Facts.LacksData || model.B.Facts.LacksData ? ExitCode.Incomplete : ExitCode.Done;
    }

    /// <summary>One after the other: the first reading's memory is free before the second starts.</summary>
    private static DiffSide Read(string letter, string path, DiffOptions options, ProgressLine? progress, CancellationToken cancellation)
    {
        if (progress is not null) progress.Prefix = $"{letter}: ";
        using CaptureReader capture = AnyCapture.Open(path, cancellation, progress);
        return new DiffSide(letter, ReportJob.Read(capture, cancellation, progress, byConversation: true, options.Filter));
    }
}

/// <summary>The options.</summary>
/// <param name="A">Path of the capture to compare with: before, or the good host.</param>
/// <param name="B">Path of the capture to judge: after, or the bad host.</param>
/// <param name="Out">The page to write; null for none.</param>
/// <param name="Json">JSON on standard output in place of the tables.</param>
/// <param name="Top">Rows of each table of the terminal.</param>
/// <param name="FailAbovePercent">An increase by more than this gives exit code 4; null: not checked.</param>
/// <param name="Force">Whether a page that is not ours is replaced.</param>
internal sealed record DiffOptions(string A, string B, string? Out, bool Json, int Top, double? FailAbovePercent, bool Force = false)
{
    /// <summary>Of both, only the drops that match; null: all.</summary>
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
    public static Drawing Draw(DiffModel model) => PairedBarChart.Draw(
        new PairedBarData(
            $"{model.A.Capture.Subject.Title} a second, in all and by {(model.Causes.Id == "reasons" ? "reason" : "function")}",
            $"A: {model.A.Capture.File}", $"B: {model.B.Capture.File}",
            model.A.Seconds is null || model.B.Seconds is null ? [] : [.. new[] { model.Total }.Concat(model.Causes.Rows).Take(MostRows + 1).Select(Row)],
            "There are no rates to draw."),
        Width);

    private static PairedBarRow Row(DiffRow row) => new(row.Name, row.IsName, ChangeWord.Of(row), Value(row.A), Value(row.B));

    private static BarValue Value(DiffCount count) => new(count.PerSecondLeast ?? 0, count.PerSecondMost, count.Rate, count.Drops);
}
