using DropForensics.Analyze.Report;
using Microsoft.Playwright;

namespace DropForensics.Tests.TestKit;

/// <summary>Opens the page of a capture in a browser, from its file, and keeps what it asks for and complains of.</summary>
internal sealed class PageBrowser(Chromium chromium) : IAsyncDisposable
{
    private readonly List<IBrowserContext> _contexts = [];

    public ScratchDirectory Scratch { get; } = new();

    public List<string> Requests { get; } = [];

    public List<string> Errors { get; } = [];

    public async ValueTask DisposeAsync()
    {
        foreach (IBrowserContext context in _contexts) await context.DisposeAsync();
        Scratch.Dispose();
    }

    /// <summary>Makes the page of a capture and opens it.</summary>
    /// <param name="at">Where in it: <c>#finding-burst</c>.</param>
    public async Task<IPage> Open(string capture, bool script = true, ColorScheme scheme = ColorScheme.Light, int width = 1280, string at = "")
    {
        string file = Scratch.File("report.html");
        await File.WriteAllTextAsync(file, await HtmlReport.RenderAsync(MadeCapture.Read(capture)));
        return await OpenFile(file, script, scheme, width, at);
    }

    /// <summary>Opens a page that is there.</summary>
    public async Task<IPage> OpenFile(string file, bool script = true, ColorScheme scheme = ColorScheme.Light, int width = 1280, string at = "")
    {
        IBrowserContext context = await chromium.Fresh(new BrowserNewContextOptions
        {
            JavaScriptEnabled = script,
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        _contexts.Add(context);
        IPage page = await context.NewPageAsync();
        Requests.Clear();
        Errors.Clear();
        page.Request += (_, request) => Requests.Add(request.Url);
        page.Console += (_, message) => Errors.Add(message.Text);
        page.PageError += (_, error) => Errors.Add(error);
        await page.GotoAsync(new Uri(file).AbsoluteUri + at);
        return page;
    }
}
