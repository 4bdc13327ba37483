using System.Collections.Concurrent;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Browsers))]

namespace DropForensics.Tests.TestKit;

/// <summary>Debian's chromium, one for each test that needs it at a time: to start one takes longer than most tests do. Ended after the last test.</summary>
public sealed class Browsers : IAsyncDisposable
{
    private readonly ConcurrentBag<(IPlaywright Playwright, IBrowser Browser)> _idle = [];

    /// <summary>One that no other test has. It is given back with all its contexts closed.</summary>
    public async Task<(IPlaywright Playwright, IBrowser Browser)> Take()
    {
        while (_idle.TryTake(out (IPlaywright Playwright, IBrowser Browser) idle))
        {
            if (idle.Browser.IsConnected) return idle;
            idle.Playwright.Dispose();
        }

        string chromium = Requires.Chromium();
        IPlaywright playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update"],
        }));
    }

    public void GiveBack((IPlaywright Playwright, IBrowser Browser) taken) => _idle.Add(taken);

    public async ValueTask DisposeAsync()
    {
        foreach ((IPlaywright playwright, IBrowser browser) in _idle)
        {
            await browser.DisposeAsync();
            playwright.Dispose();
        }
    }
}
