using System.Globalization;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Store;
using DropForensics.Tests.Analyze.Export;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Queries;

/// <summary>What is put together of parts is, value for value, what the view itself says.</summary>
public sealed class DropRowsTests : IDisposable
{
    private const string ClearText = "PRAGMA foreign_keys = 0; ";

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    // Files of earlier schemas are read through a copy in today's: see EarlierSchemaTests.
    public static TheoryData<string> Captures => new(((IEnumerable<TheoryDataRow<string>>)JsonExportTests.Captures).Select(row => row.Data).Where(capture => !capture.Contains("schema-", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Captures))]
    public void Every_value_of_a_capture_is_the_views(string capture) =>
        Assert.Equal(Db.Scalar<long>(Repository.At(capture), "select count(*) from drop_event") > 0, AssertSame(Repository.At(capture)).Count > 0);

    [Theory]
    [InlineData("select 1", "2023-11-14T22:13:19.500001Z", "2023-11-14T22:13:20.999999Z", "2023-11-14T23:13:22.500000Z", "2023-11-14T22:13:25.000000Z")]
    [InlineData("update capture set trace_clock = 'counter'", null, null, null, null)]
    [InlineData("update capture set opened_ns = null", null, null, null, null)]
    [InlineData("delete from clock", null, null, null, null)]
    [InlineData("update clock set real_ns = 0", "1970-01-01T00:00:00.-499999Z", "1970-01-01T00:00:00.999999Z", "1970-01-01T00:00:00.500000Z", "1970-01-01T00:00:01.000000Z")]
    [InlineData("update clock set real_ns = real_ns * 5", "2239-05-10T15:06:39.500001Z", "2239-05-10T15:06:40.999999Z", "2239-05-10T20:06:50.500000Z", "2239-05-10T15:07:01.000000Z")]
    public void Times_follow_the_clock_through_its_steps(string change, params string?[] times)
    {
        Write(Path, Whole, [(0, Event(99.500001) + Event(100.999999) + Event(102.5) + Event(105))], (writer, _) =>
        {
            writer.AddClock(new ClockReading(100_000_000_000, 100_000_000_000, 1_700_000_000_000_000_000));
            writer.AddClock(new ClockReading(102_000_000_000, 102_000_000_000, 1_700_003_602_000_000_000));
            writer.AddClock(new ClockReading(104_000_000_000, 104_000_000_000, 1_700_000_004_000_000_000));
        });
        Change(Path, change);
        List<string?[]> rows = AssertSame(Path);
        int column = Db.Rows<string>(Path, "select name from pragma_table_info('drops')").IndexOf("time_utc");
        Assert.Equal(times.Select(time => time is null ? null : $"text {time}"), rows.Select(row => row[column]));
    }

    [Theory]
    [InlineData("update clock set real_ns = 9223372036854775807")]
    [InlineData("update clock set real_ns = -9223372036854775808")]
    [InlineData("update capture set opened_ns = 9223372036854775807")]
    [InlineData("update drop_event set cpu = -1, length = -1, ethertype = -1, iif = -1, raw_line = -1")]
    [InlineData("update task set comm = ''; update flow set sport = -1, tunnel = '', code = 0")]
    [InlineData("delete from task where id = 1")]
    [InlineData("delete from site where id = 1")]
    [InlineData("delete from reason; delete from flow; delete from interface")]
    public void A_forged_or_damaged_file_gives_what_the_view_gives(string change)
    {
        File.Copy(Repository.At("fixtures", "captures", "packets.db"), Path);
        Change(Path, ClearText + change);
        Assert.NotEmpty(AssertSame(Path));
    }

    [Fact]
    public void More_flows_than_are_kept_are_asked_for_again()
    {
        MadePackets.Write(Path, MadePackets.Eprobe, new MadePackets.Drop(MadePackets.Eth0, MadePackets.Udp(1, 2, 40000, 53)));
        Change(Path, """
            WITH n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
            INSERT INTO flow (id, ethertype, ip_protocol, src, dst, sport, dport, later_fragment) SELECT i, 2048, 17, '192.0.2.' || i % 256, '192.0.2.9', i, 53, 0 FROM n;
            WITH n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 80000)
            INSERT INTO drop_event (id, t_ns, cpu, task_id, site_id, raw_line, flow_id) SELECT i, i * 1000, 0, 1, 1, i, 1 + i % 40000 FROM n;
            """);
        Assert.Equal(80_000, AssertSame(Path).Count);
    }

    [Fact]
    public void A_stop_that_came_before_is_heard_even_where_there_is_no_drop()
    {
        Write(Path, Whole, []);
        using CaptureReader reader = CaptureReader.Open(Path);
        using var drops = new DropRows(reader.Connection);
        Assert.Throws<OperationCanceledException>(() => drops.Read(_ => { }, new CancellationToken(canceled: true)));
    }

    /// <summary>The rows, each value with its type; NULL as null.</summary>
    private static List<string?[]> AssertSame(string capture)
    {
        string[] columns = [.. Db.Rows<string>(capture, "select name from pragma_table_info('drops')")];
        List<string?[]> expected = Db.Texts(capture, $"select {string.Join(", ", columns.Select(column => $"typeof({column}) || ' ' || {column}"))} from drops order by t_ns, cpu, raw_line");
        List<string?[]> found = [];
        using CaptureReader reader = CaptureReader.Open(capture);
        using var drops = new DropRows(reader.Connection);
        Assert.Equal(columns, Enumerable.Range(0, drops.Row.Columns).Select(drops.Row.Name));
        drops.Read(
            tNs =>
            {
                Assert.Equal(tNs, drops.Row.Number(drops["t_ns"]));
                found.Add([.. Enumerable.Range(0, columns.Length).Select(Value)]);
            },
            CancellationToken.None);
        Assert.Equal(expected, found);
        return found;

        string? Value(int column) => drops.Row.Number(column) is { } number ? $"integer {number.ToString(CultureInfo.InvariantCulture)}"
            : drops.Row.Text(column) is { } text ? $"text {text}" : null;
    }
}
