using DropForensics.Analyze.Report;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>Opens the page of a capture in Debian's chromium, from its file, and keeps what it asks for and complains of.</summary>
internal sealed class PageBrowser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ScratchDirectory Scratch { get; } = new();

    public List<string> Requests { get; } = [];

    public List<string> Errors { get; } = [];

    public async ValueTask InitializeAsync()
    {
        string chromium = Requires.Chromium();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        Scratch.Dispose();
    }

    /// <summary>Makes the page of a capture and opens it.</summary>
    public async Task<IPage> Open(string capture, bool script = true, ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        string file = Scratch.File("report.html");
        await File.WriteAllTextAsync(file, await HtmlReport.RenderAsync(MadeCapture.Read(capture)));
        return await OpenFile(file, script, scheme, width);
    }

    /// <summary>Opens a page that is there.</summary>
    public async Task<IPage> OpenFile(string file, bool script = true, ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions // set before every test
        {
            JavaScriptEnabled = script,
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        IPage page = await context.NewPageAsync();
        Requests.Clear();
        Errors.Clear();
        page.Request += (_, request) => Requests.Add(request.Url);
        page.Console += (_, message) => Errors.Add(message.Text);
        page.PageError += (_, error) => Errors.Add(error);
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        return page;
    }
}
