using DropForensics.Analyze.Charts.Pictures;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Report;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Report;

public sealed class ReportPicturesTests : IDisposable
{
    private static readonly string Capture = Repository.At("fixtures", "captures", "drivers.db");
    private static readonly string Program = System.IO.Path.Combine(AppContext.BaseDirectory, "analyze.dll");
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_picture_has_host_kernel_and_time()
    {
        ReportModel model = MadeCapture.Read(Capture);
        string time = model.Facts.Window.StartUtc!.Value.ToString("yyyy-MM-dd HH:mm:ss") + " UTC"; // the agent read the clock
        foreach (string name in ReportPictures.Names)
        {
            using Sheet sheet = ReportPictures.Draw(model, name);
            List<string> texts = [.. sheet.Texts.Select(t => t.Text.Content)];
            Assert.Contains(model.Facts.Capture.KnownHost ?? "unnamed", texts);
            Assert.Contains(model.Facts.Capture.KernelRelease!, texts);
            Assert.Contains(time, texts);
            Assert.DoesNotContain(texts, t => t.StartsWith("Redacted", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_picture_of_a_redacted_capture_is_headed_so()
    {
        ReportModel model = MadeCapture.Read(Capture);
        model = model with { Facts = model.Facts with { Capture = model.Facts.Capture with { Redacted = "hosts, addresses" } } };
        foreach (string name in ReportPictures.Names)
        {
            using Sheet sheet = ReportPictures.Draw(model, name);
            Assert.StartsWith("Redacted: addresses and the names", sheet.Texts[0].Text.Content, StringComparison.Ordinal);
            Assert.All(sheet.Texts.Skip(2), t => Assert.True(t.Text.Baseline > sheet.Texts[0].Text.Baseline));
        }
    }

    [Fact]
    public void Without_fonts_in_another_process_locale_and_zone_the_pictures_are_the_same()
    {
        Finished here = Shell.Run("env", "LC_ALL=C", "TZ=UTC", "dotnet", Program, Capture, "--no-html", "--out", _scratch.File("here"));
        Assert.True(here.ExitCode == 0, here.ToString());
        const string bare = "for d in /usr/share/fonts /usr/local/share/fonts /etc/fonts /var/cache/fontconfig; do [ ! -d $d ] || mount -t tmpfs none $d || exit 77; done; ";
        string[] apart = ["--mount", "--propagation", "private", "sh", "-c"];
        Requires.That(Shell.Run("unshare", [.. apart, bare]).ExitCode == 0, "nothing may be mounted here");
        Finished there = Shell.Run("unshare", [.. apart, bare + "exec \"$@\"", "sh",
            "env", "HOME=/nonexistent", "LC_ALL=ar_EG.UTF-8", "LANG=ar_EG.UTF-8", "TZ=Asia/Kathmandu", "dotnet", Program, Capture, "--no-html", "--out", _scratch.File("there")]);
        Assert.True(there.ExitCode == 0, there.ToString());
        Assert.All(ReportPictures.Names, name => Assert.Equal(
            File.ReadAllBytes(System.IO.Path.Combine(_scratch.File("here"), name)), File.ReadAllBytes(System.IO.Path.Combine(_scratch.File("there"), name))));
    }

    // The loader says on request which libraries it looks for.
    [Theory]
    [InlineData("--no-png", false)]
    [InlineData("--no-html", true)]
    public void Native_drawing_code_is_loaded_for_pictures_only(string option, bool isLoaded)
    {
        Finished finished = Shell.Run("env", "LD_DEBUG=libs", "dotnet", Program, Capture, option, "--out", _scratch.File(option));
        Assert.Contains("libe_sqlite3", finished.Errors);
        Assert.Equal(isLoaded, finished.Errors.Contains("libSkiaSharp", StringComparison.Ordinal));
        Assert.Equal(isLoaded, finished.Errors.Contains("libHarfBuzzSharp", StringComparison.Ordinal));
    }

    [Fact]
    public void The_font_s_licence_lies_beside_the_program() =>
        Assert.Contains("SIL OPEN FONT LICENSE", File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "Inter-OFL.txt")));
}
