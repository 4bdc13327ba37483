using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>What a test needs of the machine. Where it is missing the test is skipped and says why; in CI (CI=true) it fails.</summary>
internal static class Requires
{
    private static readonly string[] ChromiumPaths =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];

    /// <summary>An installed Chromium and Playwright's driver; the browser's path. Nothing is ever downloaded.</summary>
    public static string Chromium()
    {
        string driver = Path.Combine(AppContext.BaseDirectory, ".playwright");
        That(Directory.Exists(driver), $"Playwright's driver is not in {driver}");
        string? chromium = ChromiumPaths.FirstOrDefault(File.Exists);
        That(chromium is not null, $"no Chromium at {string.Join(", ", ChromiumPaths)}");
        return chromium!; // That() does not return where it is null
    }

    private static void That(bool met, string otherwise)
    {
        if (met) return;
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(otherwise);
        Assert.Skip(otherwise);
    }
}
