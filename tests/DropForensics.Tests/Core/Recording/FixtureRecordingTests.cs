using DropForensics.Core.Decoding;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Recording;

/// <summary>Every recorded trace on its way into the file and back.</summary>
public sealed class FixtureRecordingTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public static TheoryData<string> Fixtures => [.. TraceFixture.Names];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void The_file_holds_every_byte_line_and_drop_of_a_trace(string name)
    {
        TraceFixture fixture = TraceFixture.Load(name);
        DropDecoder decoded = fixture.Decode();
        Record(fixture);

        using CaptureReader reader = CaptureReader.Open(_scratch.File("c.db"));
        using var text = new MemoryStream();
        reader.ReadRaw(null, text);
        Assert.Equal(fixture.Bytes, text.ToArray());
        Assert.Equal(
            [[decoded.Lines.Total, decoded.Lines.Total, (long)decoded.Batch.Drops.Sum(drop => drop.Count), (long)decoded.Batch.Losses.Count]],
            Rows.Of(reader,
                """
                SELECT (SELECT sum(lines) FROM raw_chunk), (SELECT sum(lines) FROM line_count),
                       (SELECT count(*) FROM drops), (SELECT count(*) FROM loss)
                """));
    }

    [Theory] // who dropped, where it came in, through which driver
    [InlineData("tracepoint-article-stack", "tcp_v4_rcv", "ath11k_pcic_ext_grp_napi_poll", "ath11k", "symbol")]
    [InlineData("kprobe-article-stack", "tcp_v4_rcv", "ath11k_pcic_ext_grp_napi_poll", "ath11k", "symbol")]
    [InlineData("tracepoint-6.1-e1000-nohash", "__udp4_lib_rcv", "e1000_clean", "e1000", "module")]
    [InlineData("tracepoint-6.18-flood-stack", "__udp4_lib_rcv", "process_backlog", null, null)]
    [InlineData("eprobe-6.12-stack", "__udp4_lib_rcv", "process_backlog", null, null)]
    public void The_first_site_of_a_trace_is_attributed(string name, string function, string? entry, string? driver, string? rule)
    {
        Record(TraceFixture.Load(name));
        using CaptureReader reader = CaptureReader.Open(_scratch.File("c.db"));
        Assert.Equal([[function, entry, driver, rule]], Rows.Of(reader, "SELECT function, entry, driver, driver_rule FROM site WHERE id = 1"));
    }

    [Fact]
    public void No_time_of_an_ordered_trace_is_before_its_first_record()
    {
        // In the article's, the first drop waits for a stack that never comes while others are already there.
        Record(TraceFixture.Load("kprobe-article"));
        using CaptureReader reader = CaptureReader.Open(_scratch.File("c.db"));
        Assert.Equal([[0L, 1L]], Rows.Of(reader, "SELECT t_ns, raw_line FROM drops ORDER BY t_ns LIMIT 1"));
    }

    private void Record(TraceFixture fixture)
    {
        using CaptureWriter writer = CaptureWriter.Create(_scratch.File("c.db"), force: true);
        var recorder = new Recorder(writer, fixture.Reasons) { Format = fixture.Format };
        recorder.Feed(null, fixture.Bytes);
        recorder.Complete();
        writer.SetCapture(Made.Capture(recorder.OpenedNs));
        Assert.True(writer.Finish());
    }
}
