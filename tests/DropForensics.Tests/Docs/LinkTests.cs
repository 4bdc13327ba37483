using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Docs;

/// <summary>Links of the documentation lead somewhere, and the first page stays short.</summary>
public sealed class LinkTests
{
    private const int MostLinesOfReadme = 130;

    public static TheoryData<string> Pages => [.. DocPage.All.Select(page => page.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_or_a_heading_of_this_checkout(string path)
    {
        DocPage page = DocPage.Read(path);
        foreach (string link in page.Links.Where(link => !link.StartsWith("https://", StringComparison.Ordinal)))
        {
            string[] parts = link.Split('#');
            string target = parts[0].Length == 0 ? path : Path.GetRelativePath(Repository.Root, Repository.At(Path.GetDirectoryName(path) ?? "", parts[0]));
            Assert.True(Path.Exists(Repository.At(target)), $"{path} links to {link}, and there is no {target}");
            if (parts.Length > 1) Assert.True(DocPage.Read(target).Anchors.Contains(parts[1]), $"{path} links to {link}, and {target} has no such heading");
        }
    }

    [Fact]
    public void The_README_leads_to_every_page()
    {
        IReadOnlyList<string> links = DocPage.Read("README.md").Links;

        Assert.All(DocPage.All.Where(page => page.Path != "README.md"), page => Assert.Contains(page.Path, links));
    }

    [Fact]
    public void The_README_is_short() => Assert.InRange(File.ReadLines(Repository.At("README.md")).Count(), 1, MostLinesOfReadme);
}
