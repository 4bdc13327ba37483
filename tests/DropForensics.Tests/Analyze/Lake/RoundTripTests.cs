using System.Text;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Lake;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Core.Upgrade;
using DropForensics.Tests.Analyze.Export;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Lake;

/// <summary>What SQLite says of a capture's views, DuckDB says of the lake's: every column of every row.</summary>
public sealed class RoundTripTests : IDisposable
{
    // The view of schema.sql, and the lake's.
    private static readonly (string Capture, string Lake)[] Views = [("drops", "drops"), ("events", "all_events"), ("frames", "frames")];

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_column_of_the_views_of_every_fixture_is_in_the_lake() => Equal(Fleet.Fixtures);

    [Fact]
    public void Every_text_that_decodes_is_in_the_lake_as_its_capture_has_it()
    {
        string[] captures = [.. TraceFixture.Names.Select((name, i) =>
        {
            string path = _scratch.File($"{name}.db");
            TraceFixture fixture = TraceFixture.Load(name);
            MadeCapture.Write(path, MadeCapture.Whole with { Uuid = $"00000000-0000-4000-8000-{i:x12}" }, fixture.Format == TextFormat.Trace ? [(0, Encoding.Latin1.GetString(fixture.Bytes))] : []);
            return path;
        })];
        Assert.True(captures.Sum(path => Db.Scalar<long>(path, "SELECT count(*) FROM drops")) > 100);
        Equal(captures);
    }

    [Fact]
    public void Drops_over_midnight_and_over_a_step_of_the_clock_lie_under_their_own_dates()
    {
        // Opened five seconds before midnight; after eight seconds the clock is set back a minute.
        long opened = (Fleet.OpenedRealNs / 86_400_000_000_000 * 86_400_000_000_000) + 86_395_000_000_000;
        string path = Fleet.Write(_scratch.FullName, "web1", opened - Fleet.OpenedRealNs, writer =>
        {
            writer.AddClock(new ClockReading(108_000_000_000, 108_000_000_000, opened + 8_000_000_000 - 60_000_000_000));
            Fleet.Retransmit(writer, 6_500_000_000, MadePackets.V4(1, 2, 6, 40001, 5000));
        }, [.. Enumerable.Range(0, 10).Select(second => new MadePackets.Drop(MadePackets.Eth0, MadePackets.Udp(1, 2, 4000, 53)) { AfterNs = (second * 1_000_000_000L) + 1_234_567 })]);
        Equal([path]);

        string lake = _scratch.File("lake-0");
        Assert.Equal(
            ["date=2026-11-30|7", "date=2026-12-01|3"],
            Fleet.Rows(lake, "SELECT 'date=' || date, count(*) FROM drops GROUP BY 1 ORDER BY 1").Select(row => $"{row[0]}|{row[1]}"));
        Assert.Equal(["0"], Fleet.Rows(lake, "SELECT count(*) FROM drops WHERE time::DATE <> date").Select(row => row[0]));
        Assert.Equal(["2026-12-01"], Fleet.Rows(lake, "SELECT date FROM events").Select(row => row[0]));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(lake, "drops"), "*.parquet", SearchOption.AllDirectories).Length); // back to the first date
    }

    [Fact]
    public void Addresses_are_bytes_too_and_a_token_is_no_address()
    {
        string lake = _scratch.File("lake");
        Fleet.Add(lake, Fleet.Fixtures);
        string[] odd = [.. Fleet.Rows(lake, """
            SELECT DISTINCT src, hex(src_ip) FROM drops
             WHERE src_ip IS NOT NULL AND NOT (src NOT LIKE '%:%' AND octet_length(src_ip) = 4
                   AND src = concat_ws('.', ('0x' || hex(src_ip)[1:2])::INT, ('0x' || hex(src_ip)[3:4])::INT, ('0x' || hex(src_ip)[5:6])::INT, ('0x' || hex(src_ip)[7:8])::INT))
             ORDER BY 1
            """).Select(row => $"{row[0]} {row[1]}")];
        Assert.NotEmpty(odd);
        Assert.All(odd, pair => Assert.Equal(32, pair.Split(' ')[1].Length)); // the others are of IPv6
        Assert.All(odd, pair => Assert.Equal(Convert.ToHexString(System.Net.IPAddress.Parse(pair.Split(' ')[0]).GetAddressBytes()), pair.Split(' ')[1]));
        Assert.True(long.Parse(Fleet.Rows(lake, "SELECT count(*) FROM drops WHERE octet_length(src_ip) = 4")[0][0]) > 1000);
    }

    [Fact]
    public void The_export_of_one_capture_is_the_table_of_its_drops()
    {
        string capture = Repository.At("fixtures", "captures", "packets.db"), lake = _scratch.File("lake"), folder = Path.Combine(lake, "export");
        Fleet.Add(lake, capture);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "drops.parquet"), Exported.Bytes(capture, ExportFormat.Parquet).Bytes);
        string columns = string.Join(", ", LakeSchema.Drops.Columns.Select(column => $"\"{column.Name}\""));
        string exported = $"SELECT {columns} FROM read_parquet('{folder}/drops.parquet')", added = $"SELECT {columns} FROM drops";
        Assert.Equal([Db.Scalar<long>(capture, "SELECT count(*) FROM drops").ToString(), "0", "0"], Fleet.Rows(
            lake, $"SELECT count(*), (SELECT count(*) FROM ({added} EXCEPT ALL {exported})), (SELECT count(*) FROM ({exported} EXCEPT ALL {added})) FROM ({exported})").Single());
    }

    [Fact]
    public void Every_column_of_the_views_has_one_in_the_lake()
    {
        string[] Columns(string view) => [.. Db.Rows<string>(Fleet.Fixtures[0], $"SELECT name FROM pragma_table_info('{view}')")];

        Assert.Empty(Columns("drops").Except(LakeSchema.Drops.Columns.Select(column => column.Name)).Except(["time_utc"]));
        Assert.Empty(Columns("events").Except(LakeSchema.Events.Columns.Select(column => column.Name)).Except(["time_utc", "drop_id"]));
        Assert.Empty(Columns("frames").Except(LakeSchema.Stacks.Columns.Select(column => column.Name)).Except(["stack_id"]));
    }

    // Of captures that have one uuid, as copies of a fixture in other schemas do, each needs a lake of its own.
    private void Equal(string[] captures)
    {
        string[] left = captures;
        for (int i = 0; left.Length > 0; i++)
        {
            string lake = _scratch.File($"lake-{i}");
            string[] now = [.. left.DistinctBy(path => Db.Scalar<string>(path, "SELECT uuid FROM capture"))];
            left = [.. left.Except(now)];
            Assert.Equal((ExitCode.Done, now.Length), (Fleet.Add(lake, now).Code, int.Parse(Fleet.Rows(lake, "SELECT count(*) FROM captures")[0][0])));
            foreach ((string view, string inLake) in Views) Equal(lake, now, view, inLake);
        }
    }

    private static void Equal(string lake, string[] captures, string view, string inLake)
    {
        string[]? columns = null;
        Dictionary<string, string[]> expected = [];
        foreach (string path in captures)
        {
            using CaptureReader capture = CaptureUpgrade.Open(path, CancellationToken.None);
            List<string> names = [];
            SqlRows.Read(capture.Connection, $"SELECT name FROM pragma_table_info('{view}')", row => names.Add(SqlRows.Text(row, 0)!)); // never NULL
            columns ??= [.. names];
            Assert.Equal(columns, names);
            List<string> rows = [];
            SqlRows.Read(capture.Connection, $"SELECT {Quoted(columns)} FROM {view}", row => rows.Add(string.Join('|', Enumerable.Range(0, columns.Length).Select(i => SqlRows.Text(row, i) ?? "NULL"))));
            SqlRows.Read(capture.Connection, "SELECT uuid FROM capture", row => expected.Add(SqlRows.Text(row, 0)!, [.. rows.Order(StringComparer.Ordinal)])); // never NULL
        }

        ILookup<string, string> found = Fleet.Rows(lake, $"SELECT capture_uuid, {Quoted(columns ?? [])} FROM {inLake}").ToLookup(row => row[0], row => string.Join('|', row.Skip(1)));
        Assert.All(expected, capture => Assert.Equal(capture.Value, found[capture.Key].Order(StringComparer.Ordinal)));
        Assert.Equal(expected.Values.Sum(rows => rows.Length), found.Sum(rows => rows.Count()));
        Assert.True(expected.Values.Sum(rows => rows.Length) > 0, view);
    }

    private static string Quoted(string[] columns) => string.Join(", ", columns.Select(column => $"\"{column}\""));
}
