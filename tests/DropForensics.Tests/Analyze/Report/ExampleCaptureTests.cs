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
}
