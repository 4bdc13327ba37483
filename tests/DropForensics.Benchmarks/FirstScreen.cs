using System.Globalization;
using Microsoft.Playwright;

namespace DropForensics.Benchmarks;

/// <summary>How soon a page shows something in Debian's chromium, from its file, with nothing of it cached.</summary>
internal static class FirstScreen
{
    private const string Chromium = "/usr/bin/chromium";

    // Since the navigation began: what is first painted of the text, and the end of all scripts.
    private const string Times = """
        () => new Promise(done => new PerformanceObserver(paints => {
          for (const paint of paints.getEntriesByName("first-contentful-paint"))
            setTimeout(() => done([paint.startTime, performance.getEntriesByType("navigation")[0].loadEventEnd]));
        }).observe({ type: "paint", buffered: true }))
        """;

    public static async Task<int> Run(string file, int times)
    {
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        for (int i = 0; i < times; i++)
        {
            await using IBrowserContext context = await browser.NewContextAsync();
            IPage page = await context.NewPageAsync();
            await page.GotoAsync(new Uri(Path.GetFullPath(file)).AbsoluteUri);
            double[] ms = await page.EvaluateAsync<double[]>(Times);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ms[0]:0}\t{ms[1]:0}"));
        }

        return 0;
    }
}
