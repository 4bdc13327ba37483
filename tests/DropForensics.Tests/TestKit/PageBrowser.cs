using System.Collections.Concurrent;
using System.Diagnostics;
using DropForensics.Analyze.Html;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>Opens the page of a capture in Debian's chromium, from its file, and keeps what it asks for and complains of.</summary>
internal sealed class PageBrowser : IAsyncLifetime
{
    // Of captures that do not change: many tests open the same page.
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> FixturePages = new();

    private readonly List<IBrowserContext> _contexts = [];
    private Browsers? _browsers;
    private (IPlaywright Playwright, IBrowser Browser) _taken;

    public ScratchDirectory Scratch { get; } = new();

    public List<string> Requests { get; } = [];

    public List<string> Errors { get; } = [];

    public async ValueTask InitializeAsync()
    {
        _browsers = await TestContext.Current.GetFixture<Browsers>() ?? throw new InvalidOperationException("no browsers in this assembly");
        _taken = await _browsers.Take();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (IBrowserContext context in _contexts) await context.DisposeAsync();
        }
        finally
        {
            if (_taken.Browser is not null) _browsers?.GiveBack(_taken);
            Scratch.Dispose();
        }
    }

    /// <summary>Makes the page of a capture and opens it.</summary>
    /// <param name="at">Where in it: <c>#finding-burst</c>.</param>
    public async Task<IPage> Open(string capture, bool script = true, ColorScheme scheme = ColorScheme.Light, int width = 1280, string at = "")
    {
        string file = Scratch.File("report.html");
        bool isFixture = capture.StartsWith(Repository.At("fixtures"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, await (isFixture ? FixturePages.GetOrAdd(capture, name => new(() => Render(name))).Value : Render(capture)));
        return await OpenFile(file, script, scheme, width, at);
    }

    /// <summary>Opens the page of a capture that is made once for all tests.</summary>
    /// <param name="name">Of the capture.</param>
    /// <param name="make">Makes it: takes its path.</param>
    public async Task<IPage> OpenMade(string name, Action<string> make)
    {
        string file = Scratch.File("report.html");
        await File.WriteAllTextAsync(file, await FixturePages.GetOrAdd(name, _ => new(async () =>
        {
            using var scratch = new ScratchDirectory();
            make(scratch.File("made.db"));
            return await Render(scratch.File("made.db"));
        })).Value);
        return await OpenFile(file);
    }

    /// <summary>Opens a page that is there.</summary>
    public async Task<IPage> OpenFile(string file, bool script = true, ColorScheme scheme = ColorScheme.Light, int width = 1280, string at = "")
    {
        IBrowserContext context = await _taken.Browser.NewContextAsync(new BrowserNewContextOptions
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

    /// <summary>Waits until a function of the page is true. Playwright's own wait evaluates text within the page, which the page's policy forbids.</summary>
    public static async Task Until(IPage page, string condition, object? argument = null)
    {
        for (var waited = Stopwatch.StartNew(); !await page.EvaluateAsync<bool>(condition, argument);)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10), condition);
            await page.EvaluateAsync("() => new Promise(requestAnimationFrame)");
        }
    }

    private static Task<string> Render(string capture) => HtmlReport.RenderAsync(MadeCapture.Read(capture));
}
