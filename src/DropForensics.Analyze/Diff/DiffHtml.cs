using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Html;

namespace DropForensics.Analyze.Diff;

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
    private const double Width = 400; // one that a phone shows without shrinking it much
    private const int MostRows = 8;

    /// <summary>All drops, then what tells causes apart.</summary>
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
