using DropForensics.Analyze.Report;

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
