using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>Debian's chromium without a window; started by the first test that needs it, and skipped with it where it is not there.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A browser that knows nothing of what others did in it.</summary>
    public async Task<IBrowserContext> Fresh(BrowserNewContextOptions options)
    {
        string chromium = Requires.Chromium();
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update"],
        });
        return await _browser.NewContextAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
