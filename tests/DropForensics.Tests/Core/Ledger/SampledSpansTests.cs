using System.Text;
using DropForensics.Core.Ledger;
using Xunit;

namespace DropForensics.Tests.Core.Ledger;

public sealed class SampledSpansTests
{
    private const long OpenedNs = 5_000;

    private readonly Dictionary<string, byte[]> _stored = [];

    [Fact]
    public void What_is_stored_is_read_again()
    {
        var spans = new SampledSpans();
        spans.Add(OpenedNs, new SampledSpan(5_000, 5_300, [(0, 10), (3, 5)], 1));
        spans.Add(OpenedNs, new SampledSpan(6_000, 6_200, [(0, 4), (3, 0)], 2));
        Store(spans);

        Assert.Equal("opened_ns\tshut_ns\tdrops\tslack\n0\t300\t15\t1\n1000\t1200\t4\t2\n", Encoding.UTF8.GetString(_stored["sampled-spans.tsv"]));
        Assert.Equal("cpu\tdrops\tcounted\n0\t14\t0\n1\t0\t0\n2\t0\t0\n3\t5\t0\n", Encoding.UTF8.GetString(_stored["sampled-drops.tsv"]));
        var read = SampledSpans.Read(_stored.GetValueOrDefault)!;
        Assert.Equal((2, 500, 19, 3), (read.Count, read.OpenNs, read.Drops, read.Slack));
        Assert.Equal((14, 0, 5, 0), (read.On(0), read.On(1), read.On(3), read.On(4)));
    }

    [Fact]
    public void A_span_that_is_still_open_is_stored_with_what_is_known_and_replaced_when_it_is_over()
    {
        var spans = new SampledSpans();
        spans.Add(OpenedNs, new SampledSpan(5_000, 5_300, [(0, 10)], 1));
        spans.Add(OpenedNs, new SampledSpan(6_000, 6_100, [(0, 3), (1, 4)], 2) { IsOpen = true });
        spans.SetCounted(0, 90);
        spans.SetCounted(1, 8);
        Store(spans);
        var read = SampledSpans.Read(_stored.GetValueOrDefault)!;
        Assert.Equal((2, 17L, 3L, 98L), (read.Count, read.Drops, read.Slack, read.Counted));
        Assert.Equal((13L, 4L, 17L), (read.On(0), read.On(1), read.OnAll));

        spans.Add(OpenedNs, new SampledSpan(6_000, 6_200, [(0, 5), (1, 4)], 3));
        Store(spans);
        read = SampledSpans.Read(_stored.GetValueOrDefault)!;
        Assert.Equal((2, 19L, 4L, 15L), (read.Count, read.Drops, read.Slack, read.On(0)));
    }

    [Fact]
    public void An_open_span_after_a_thousand_is_in_the_next_file()
    {
        var spans = new SampledSpans();
        for (var i = 0; i < 1_000; i++) spans.Add(OpenedNs, new SampledSpan(5_000 + i, 5_001 + i, [(0, 1)], 0));
        spans.Add(OpenedNs, new SampledSpan(7_000, 7_500, [(0, 7)], 0) { IsOpen = true });

        Assert.Equal(["sampled-spans.tsv", "sampled-spans-2.tsv", "sampled-drops.tsv"], Store(spans));
        Assert.Equal(1_007, SampledSpans.Read(_stored.GetValueOrDefault)!.Drops);
    }

    [Fact]
    public void Thousands_are_in_files_of_a_thousand_each_and_only_the_last_is_written_again()
    {
        var spans = new SampledSpans();
        for (var i = 0; i < 2_500; i++)
        {
            spans.Add(OpenedNs, new SampledSpan(5_000 + i, 5_001 + i, [(0, 1)], 0));
            if (i % 700 == 0) Store(spans);
        }

        Assert.Equal(["sampled-spans-3.tsv", "sampled-drops.tsv"], Store(spans));
        Assert.Empty(Store(spans));
        Assert.Equal(4, _stored.Count);
        List<long> opened = [];
        Assert.Equal(2_500, SampledSpans.Read(_stored.GetValueOrDefault, (openedNs, _, _, _) => opened.Add(openedNs))!.Drops);
        Assert.Equal(Enumerable.Range(0, 2_500).Select(i => (long)i), opened);
    }

    [Fact]
    public void A_capture_whose_gate_was_never_shut_has_none() => Assert.Null(SampledSpans.Read(_ => null));

    [Theory]
    [InlineData("")]
    [InlineData("opened_ns\tshut_ns\tdrops\tslack\nx\t1\t2\t3\n1\t2\n9999999999999999999999\t1\t1\t1\n")]
    public void A_forged_table_is_passed_over(string text)
    {
        var read = SampledSpans.Read(path => path == SampledSpans.Path ? Encoding.UTF8.GetBytes(text) : path == SampledSpans.CountedPath ? "cpu\tdrops\n-1\t5\n99999999\t5\n"u8.ToArray() : null)!;

        Assert.Equal((0, 0L), (read.Count, read.Drops));
    }

    private List<string> Store(SampledSpans spans)
    {
        List<string> paths = [];
        foreach (var (path, content) in spans.Changed())
        {
            _stored[path] = content;
            paths.Add(path);
        }

        return paths;
    }
}
