using System.Net;
using System.Text;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Model;

/// <summary>What is left out of a page is what says the least.</summary>
public sealed class PageLimitsTests : IDisposable
{
    private const int Many = 210;

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Of_more_CPUs_than_are_listed_the_one_that_misses_drops_is()
    {
        Write(Path, Whole, Enumerable.Range(0, Many).Select(cpu => ((int?)cpu, Event(101, cpu: cpu))), (writer, _) =>
        {
            for (int cpu = 0; cpu < Many; cpu++) writer.AddWitnessCount(cpu, cpu == Many - 1 ? 900 : 1);
        });
        string completeness = await Completeness();
        Assert.Contains("CPU 209", completeness);
        Assert.DoesNotContain("CPU 208", completeness); // else they were not too many
    }

    [Fact]
    public async Task Of_more_counters_than_are_listed_the_one_that_a_finding_speaks_of_is()
    {
        Write(Path, Whole, [(0, Event(101))], (writer, _) =>
        {
            for (int i = 0; i < Many; i++)
            {
                string link = $"veth{i}";
                writer.AddArtifact(ArtifactPhase.Before, 4026532000 + i, "rtnetlink/statistics", Encoding.UTF8.GetBytes($"{link}:\n"));
                writer.AddArtifact(ArtifactPhase.After, 4026532000 + i, "rtnetlink/statistics", Encoding.UTF8.GetBytes($"{link}: {(i == Many - 1 ? "rx_missed_errors" : "tx_dropped")} 3\n"));
            }
        });
        Assert.Equal(Many, Read(Path).Facts.Counters.Count);
        string completeness = await Completeness();
        Assert.Contains(">veth209<", completeness);
        Assert.DoesNotContain(">veth208<", completeness);
    }

    [Fact]
    public async Task Lines_of_any_length_are_cut_on_the_page()
    {
        Write(Path, Whole, [(0, Event(101) + "garbage\n")]);
        Change(Path, """
            UPDATE raw_chunk SET codec = 'text', size = 3000000, data = CAST(printf('%.*c', 3000000, 'x') AS BLOB);
            UPDATE unparsed SET text = printf('%.*c', 3000000, 'y');
            """);
        string page = await HtmlReport.RenderAsync(Read(Path));
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 1, PageLimits.MostBytes);
        foreach ((char letter, int length) in ((char, int)[])[('x', PageLimits.ExampleLength), ('y', PageLimits.LineLength)])
            Assert.Contains($">{new string(letter, length - 1)}…<", WebUtility.HtmlDecode(page));
    }

    [Fact]
    public void A_text_is_cut_at_its_end_between_two_characters()
    {
        Assert.Equal("abc", TextCut.End("abc", 3));
        Assert.Equal("ab…", TextCut.End("abcd", 3));
        Assert.Equal("a…", TextCut.End("a\U0001F600b", 3));
        Assert.Equal("…", TextCut.End("ab", 0));
    }

    private async Task<string> Completeness()
    {
        string page = WebUtility.HtmlDecode(await HtmlReport.RenderAsync(Read(Path)));
        return page[page.IndexOf("<section id=\"completeness\"", StringComparison.Ordinal)..page.IndexOf("<section id=\"losses\"", StringComparison.Ordinal)];
    }
}
