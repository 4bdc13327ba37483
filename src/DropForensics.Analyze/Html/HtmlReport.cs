using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;

namespace DropForensics.Analyze.Html;

/// <summary>Renders the page of a report.</summary>
internal static partial class HtmlReport
{
    // In this order: later scripts use earlier ones.
    private static readonly string[] Scripts = ["data.js", "selection.js", "sort.js", "tables.js", "lines.js", "flame.js", "heat.js", "timeline.js", "map.js", "copy.js", "address.js"];

    /// <summary>The page as text, with the most content that its size limit allows; if nothing fits, with the least.</summary>
    public static async Task<string> RenderAsync(ReportModel model)
    {
        string page = "";
        foreach (PageLimits limits in PageLimits.All)
        {
            page = await RenderAsync(model, limits);
            if (Encoding.UTF8.GetByteCount(page) <= PageLimits.MostBytes)
            {
                break;
            }
        }

        return page;
    }

    /// <summary>The page with these limits, however large it is.</summary>
    internal static Task<string> RenderAsync(ReportModel model, PageLimits limits)
    {
        model = model with { Limits = limits };
        string style = Style(), script = string.Concat(Scripts.Select(Code));
        return StaticPage.RenderAsync<ReportPage>(new Dictionary<string, object?>
        {
            [nameof(ReportPage.Model)] = model,
            [nameof(ReportPage.Sections)] = ReportSections.Of(model),
            [nameof(ReportPage.Policy)] = StaticPage.Policy(style, script),
            [nameof(ReportPage.Style)] = style,
            [nameof(ReportPage.Data)] = PageData.Of(model),
            [nameof(ReportPage.Script)] = script,
        });
    }

    /// <summary>A script without comments and indents: they help readers of the source and would add some kilobytes to each page.</summary>
    internal static string Code(string name) => Trimmed(StaticPage.Resource(name).Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    /// <summary>The style of every page that is made of the same parts.</summary>
    internal static string Style() => Trimmed(CssComment().Replace(StaticPage.Resource("report.css"), "").Split('\n'));

    private static string Trimmed(IEnumerable<string> lines) => string.Join('\n', lines.Select(line => line.Trim()).Where(line => line.Length > 0)) + "\n";

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex CssComment();
}
