using System.Text.Json;
using DropForensics.Analyze.Diff;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;
using static DropForensics.Tests.TestKit.MadeCounts;

namespace DropForensics.Tests.Analyze.Diff;

/// <summary>Three captures: each but the first is compared with the first.</summary>
public sealed class DiffOfManyTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string A => _scratch.File("a.db");

    private string B => _scratch.File("b.db");

    private string C => _scratch.File("c.db");

    private string Page => _scratch.File("diff.html");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Each_has_its_answer_and_a_column()
    {
        Make(A, ("NO_SOCKET", 100), ("TCP_CSUM", 40));
        Make(B, ("NO_SOCKET", 400), ("TCP_CSUM", 44));
        Make(C, ("QDISC_DROP", 90), ("TCP_CSUM", 41));
        string[] lines = Run(json: false).Split('\n');
        Assert.StartsWith("B: Drops rose from 14/s to 44.4/s: NO_SOCKET rose from 10/s to 40/s.", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("C: ", lines[1], StringComparison.Ordinal);
        Assert.Contains("NO_SOCKET is gone; QDISC_DROP is new at 9/s", lines[1], StringComparison.Ordinal);
        Assert.Matches(@"B more, C gone\W+10/s\W+40/s\W+none\W+NO_SOCKET", string.Join('\n', lines));
        Assert.Matches(@"C new\W+none\W+none\W+9/s\W+QDISC_DROP", string.Join('\n', lines));
        Assert.Matches(@"within noise\W+4/s\W+4.4/s\W+4.1/s\W+TCP_CSUM", string.Join('\n', lines));
    }

    [Fact]
    public void A_pair_is_judged_as_if_it_were_alone()
    {
        Make(A, ("NO_SOCKET", 100), ("TCP_CSUM", 40));
        Make(B, ("NO_SOCKET", 400));
        Make(C, ("QDISC_DROP", 90), ("TCP_CSUM", 40));
        JsonElement[] pairs = [.. JsonDocument.Parse(Run(json: true)).RootElement.GetProperty("comparisons").EnumerateArray()];
        Assert.Equal(2, pairs.Length);
        Assert.Equal(Alone(B), Compared(pairs[0]));
        Assert.Equal(Alone(C), Compared(pairs[1]));

        string Alone(string other) => Compared(Comparison.Of(A, other).Json);
        static string Compared(JsonElement pair) => string.Join('\n', new[] { "headline", "total", "tables" }.Select(name => JsonSerializer.Serialize(pair.GetProperty(name))));
    }

    [Fact]
    public void An_increase_in_any_of_them_counts()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, ("NO_SOCKET", 100));
        Make(C, ("NO_SOCKET", 400));
        Assert.Equal(ExitCode.Incomplete, Run([A, B, C], TextWriter.Null, failAbovePercent: 10));
        Assert.Equal(ExitCode.Incomplete, Run([A, C, B], TextWriter.Null, failAbovePercent: 10));
        Assert.Equal(ExitCode.Done, Run([A, B, B], TextWriter.Null, failAbovePercent: 10));
    }

    [Fact]
    public void The_page_has_them_all()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, ("NO_SOCKET", 100));
        Make(C, ("QDISC_DROP", 400));
        Run([A, B, C], TextWriter.Null, page: Page);
        string page = File.ReadAllText(Page);
        Assert.Contains("<h1>2 captures compared with A</h1>", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("<figure class=\"pair\"").Length - 1);
        Assert.Contains("aria-label=\"Rates of A and C\"", page, StringComparison.Ordinal);
        Assert.Contains("c.db", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_of_all_have_one_kind_of_name_where_one_has_no_reasons()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, ("NO_SOCKET", 100));
        Make(C, ("NO_SOCKET", 100));
        Change(C, "UPDATE drop_event SET reason_id = NULL; DELETE FROM reason");
        JsonElement[] pairs = [.. JsonDocument.Parse(Run(json: true)).RootElement.GetProperty("comparisons").EnumerateArray()];
        Assert.All(pairs, pair => Assert.All(
            pair.GetProperty("tables").EnumerateArray().Single(t => t.GetProperty("id").GetString() == "sites").GetProperty("rows").EnumerateArray(),
            row => Assert.Equal(JsonValueKind.Null, row.GetProperty("reason").ValueKind)));
    }

    private string Run(bool json)
    {
        using var output = new StringWriter();
        Run([A, B, C], output, json);
        return output.ToString();
    }

    private static ExitCode Run(IReadOnlyList<string> captures, TextWriter output, bool json = false, string? page = null, double? failAbovePercent = null) =>
        DiffJob.RunAsync(new DiffOptions(captures, page, json, 10, failAbovePercent), output, plain: true, TextWriter.Null, CancellationToken.None).GetAwaiter().GetResult();
}
