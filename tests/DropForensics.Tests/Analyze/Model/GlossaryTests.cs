using System.Net;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Model;

/// <summary>Names on the page lead to what is known of them.</summary>
public sealed partial class GlossaryTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    [Theory]
    [InlineData("example.db")]
    [InlineData("e1000.db")]
    [InlineData("scenarios/mixed-benign.db")]
    [InlineData("scenarios/unix-unread.db")]
    public async Task Every_link_within_the_page_leads_somewhere_once(string capture)
    {
        string page = await HtmlReport.RenderAsync(MadeCapture.Read(Repository.At("fixtures", "captures", capture)));
        string[] ids = [.. Id().Matches(page).Select(m => m.Groups[1].Value)];

        Assert.Equal(ids.Distinct(), ids);
        Assert.Contains("class=\"term\"", page);
        Assert.All(Link().Matches(page).Select(m => m.Groups[1].Value), id => Assert.Contains(id, ids));
    }

    [Fact]
    public void Reasons_and_functions_of_the_capture_are_explained_and_no_others()
    {
        ReportModel model = MadeCapture.Read(Repository.At("fixtures", "captures", "example.db"));

        Assert.Contains(model.Glossary.Reasons, term => term.Name == "NO_SOCKET" && term.Known.What.Length > 0);
        Assert.Contains(model.Glossary.Functions, term => term.Name == "tcp_v4_rcv");
        Assert.Subset(model.Facts.Reasons.Select(r => r.Reason).ToHashSet(), model.Glossary.Reasons.Select(t => (string?)t.Name).ToHashSet());
        Assert.Subset(model.Facts.Sites.Select(s => s.Function).ToHashSet(), model.Glossary.Functions.Select(t => (string?)t.Name).ToHashSet());
    }

    [Theory]
    [InlineData("mdns", "where the packet went to a multicast group")]
    [InlineData("bond-backup", "in __netif_receive_skb_core, where the packet is IPv4, IPv6 or ARP")]
    [InlineData("ipsec-replay", "where the counter XfrmInStateSeqError grew with most of the drops")]
    public async Task What_holds_under_a_condition_is_shown_with_it_where_the_capture_meets_it(string capture, string condition)
    {
        string page = WebUtility.HtmlDecode(await HtmlReport.RenderAsync(MadeCapture.Read(Repository.At("fixtures", "captures", "scenarios", capture + ".db"))));
        Assert.Contains($"<b>Here, {condition}:</b>", page);
        Assert.DoesNotContain("<b>Here, :", page);
    }

    [Fact]
    public async Task A_name_that_a_process_or_file_made_up_is_no_link()
    {
        string capture = _scratch.File("made.db");
        MadeCapture.Write(capture, MadeCapture.Whole, [(0, MadeCapture.Event(101, "no_such_function+0x1/0x2", "NO_SUCH_REASON"))]);

        string page = await HtmlReport.RenderAsync(MadeCapture.Read(capture));

        Assert.DoesNotContain("class=\"term\"", page);
        Assert.DoesNotContain("Reasons in this capture", page);
    }

    public void Dispose() => _scratch.Dispose();

    [GeneratedRegex("<[a-z][^>]* id=\"([^\"]+)\"")]
    private static partial Regex Id();

    [GeneratedRegex("<a [^>]*href=\"#([^\"]+)\"")]
    private static partial Regex Link();
}
