using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Model;

public sealed class KernelSourceTests
{
    private static readonly ReportModel Packets = MadeCapture.Read(Repository.At("fixtures", "captures", "packets.db"));

    [Fact]
    public async Task A_finding_links_to_the_source_of_its_functions_at_the_kernels_version()
    {
        var links = Packets.Findings.SelectMany(finding => KernelSource.Of(Packets.Facts.Capture, finding)).ToList();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.Equal($"https://elixir.bootlin.com/linux/v6.12/C/ident/{link.Function}", link.Url));
        Assert.Equal("6.12", links[0].Version);
        string page = await DropForensics.Analyze.Html.HtmlReport.RenderAsync(Packets);
        Assert.All(links, link => Assert.Contains($"href=\"{link.Url}\"", page));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("(none)")]
    public void Where_the_version_is_not_known_there_is_no_link(string? release) =>
        Assert.Empty(Packets.Findings.SelectMany(finding => KernelSource.Of(Packets.Facts.Capture with { KernelRelease = release }, finding)));
}
