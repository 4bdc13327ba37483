using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace DropForensics.Analyze.Report;

/// <summary>Renders the page as one file that asks for nothing outside itself.</summary>
internal static class HtmlReport
{
    // In order: a later one uses what an earlier one has.
    private static readonly string[] Scripts = ["data.js", "tables.js", "lines.js", "flame.js", "heat.js", "timeline.js"];

    /// <summary>The page as text.</summary>
    public static async Task<string> RenderAsync(ReportModel model)
    {
        string style = Resource("report.css"), script = string.Concat(Scripts.Select(Resource));
        string policy = $"default-src 'none'; style-src 'sha256-{Hash(style)}'; script-src 'sha256-{Hash(script)}'; img-src data:; "
            + "base-uri 'none'; form-action 'none'";

        await using ServiceProvider services = new ServiceCollection().AddLogging()
            .AddSingleton<IComponentActivator, PlainActivator>().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<Microsoft.Extensions.Logging.ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(Page.Model)] = model,
                [nameof(Page.Policy)] = policy,
                [nameof(Page.Style)] = style,
                [nameof(Page.Data)] = PageData.Of(model),
                [nameof(Page.Script)] = script,
            });
            return (await renderer.RenderComponentAsync<Page>(parameters)).ToHtmlString();
        });
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the program");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
