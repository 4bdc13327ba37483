using DropForensics.Analyze.Charts.Pictures;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Report;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Report;

public sealed class ExampleCaptureTests
{
    [Theory]
    [InlineData("example.db", "tcp_v4_rcv")]
    [InlineData("e1000.db", "__udp4_lib_rcv")]
    [InlineData("packets.db", "udp_queue_rcv_one_skb")]
    [InlineData("drivers.db", "__udp4_lib_rcv")]
    public async Task The_captures_that_come_with_the_source_are_small_and_give_the_same_page_every_time(string name, string function)
    {
        string path = Repository.At("fixtures", "captures", name);
        Assert.InRange(new FileInfo(path).Length, 1, 400_000);
        ReportModel model = MadeCapture.Read(path);
        Assert.Equal(function, model.Facts.Sites[0].Function);
        Assert.Equal(await HtmlReport.RenderAsync(model), await HtmlReport.RenderAsync(MadeCapture.Read(path)));
    }

    /// <summary>With DROPFORENSICS_RECORD=1 it is drawn anew: look at it before it is committed.</summary>
    [Fact]
    public void The_READMEs_picture_is_what_this_program_draws_of_the_capture_it_names()
    {
        string picture = Repository.At("docs", "summary.png");
        string readme = File.ReadAllText(Repository.At("README.md"));
        Assert.Contains("(docs/summary.png)", readme);
        Assert.Contains("analyze fixtures/captures/drivers.db", readme);
        using Sheet drawn = ReportPictures.Draw(MadeCapture.Read(Repository.At("fixtures", "captures", "drivers.db")), "summary.png");
        if (TraceFixture.Records) File.WriteAllBytes(picture, drawn.ToPng());
        Assert.Equal(drawn.ToPng(), File.ReadAllBytes(picture));
    }
}
