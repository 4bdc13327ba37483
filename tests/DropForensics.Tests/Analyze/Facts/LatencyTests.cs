using System.Text;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Redact;
using DropForensics.Analyze.Sections;
using DropForensics.Analyze.Sections.Built;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Facts;

public sealed class LatencyTests : IDisposable
{
    private const string Head = "since\tuntil\treason\tat_most_us\tpackets\n";

    private const string Table =
        Head
        + "queued\tsent\t-\t32\t5\n"
        + "received\tread\t-\t1024\t1\n"
        + "received\tdropped\tNO_SOCKET\t64\t6\n"
        + "received\tdropped\tNO_SOCKET\t16\t3\n"
        + "received\tdropped\tNO_SOCKET\t4096\t1\n"
        + "received\tdropped\t-\t-\t7\n"
        + "queued\tdropped\tQDISC_DROP\t131072\t20\n";

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("a.db");

    [Fact]
    public void Of_each_end_it_tells_within_what_time_the_packets_came_to_it()
    {
        IReadOnlyList<LatencyFacts> all = LatencyFacts.Of(Encoding.ASCII.GetBytes(Table));

        Assert.Equal(
            ["received dropped NO_SOCKET 10 64 64 4096", "received read  1 1024 1024 1024", "queued dropped QDISC_DROP 20 131072 131072 131072", "queued sent  5 32 32 32"],
            all.Select(each => $"{each.Since} {each.Until} {each.Reason} {each.Packets} {each.HalfWithinUs} {each.NineOfTenWithinUs} {each.AllWithinUs}"));
        Assert.Equal([new LatencyBin(16, 3), new LatencyBin(64, 6), new LatencyBin(4096, 1)], all[0].Times);
        Assert.Equal([7, 0, 0, 0], all.Select(each => each.WithoutTime));
    }

    [Fact]
    public void The_report_shows_drops_beside_packets_that_were_read_or_sent()
    {
        WriteWith(Table);

        Section section = LatencySection.Of(Read(Path));

        ReportTable table = Assert.Single(section.Tables, each => !each.IsHeat), spread = Assert.Single(section.Tables, each => each.IsHeat);
        Assert.Equal(["received, dropped: NO_SOCKET", "10", "64 µs", "64 µs", "4.1 ms"], table.Rows[0].Cells.Select(cell => cell.Text));
        Assert.Equal(table.Rows.Select(row => row.Cells[1].Value), spread.Rows.Select(row => row.Cells.Skip(1).Sum(cell => cell.Value)));
        Assert.Equal(("16 µs", "131 ms"), (spread.Columns[1].Head, spread.Columns[^1].Head));
        Assert.Contains(section.Parts.OfType<Note>(), note => note.Text.Contains("up to 7 packets"));
    }

    [Fact]
    public void Many_powers_of_two_share_columns_and_lose_no_packet()
    {
        WriteWith(Head + string.Concat(Enumerable.Range(0, 34).Select(power => $"received\tread\t-\t{1L << power}\t1\n")));

        ReportTable spread = Assert.Single(LatencySection.Of(Read(Path)).Tables, each => each.IsHeat);

        Assert.InRange(spread.Columns.Count, 2, 16);
        Assert.Equal(34, spread.Rows.Single().Cells.Skip(1).Sum(cell => cell.Value));
    }

    [Fact]
    public void Where_nobody_counted_the_report_does_not_speak_of_it()
    {
        Write(Path, Whole, [(0, Event(101))]);

        Assert.DoesNotContain(ReportSections.Of(Read(Path)), section => section.Id == "latency");
    }

    [Theory]
    [InlineData("received\tread\t-\t9223372036854775807\t1")]
    [InlineData("received\tread\t-\t1000\t1")]
    [InlineData("received\tread\t-\t16\t9223372036854775807")]
    [InlineData("received\tsomewhere\t-\t16\t1")]
    [InlineData("received\tread\t-\t16")]
    [InlineData("received\tdropped\tA\u001b[31mB\t16\t5")]
    [InlineData("received\tread\t-\t-16\t1")]
    public void What_is_no_row_is_passed_over(string row) =>
        Assert.Equal(1, Assert.Single(LatencyFacts.Of(Encoding.ASCII.GetBytes($"{Head}{row}\nreceived\tread\t-\t16\t1\n"))).Packets);

    [Fact]
    public void The_most_rows_of_the_most_packets_can_be_summed() => Assert.InRange(
        Assert.Single(LatencyFacts.Of(Encoding.ASCII.GetBytes(Head + string.Concat(Enumerable.Repeat($"received\tread\t-\t16\t{1L << 49}\n", 20_000))))).Packets, 1L << 60, long.MaxValue);

    [Fact]
    public void A_redacted_capture_keeps_it() =>
        Assert.Equal(Table, Encoding.ASCII.GetString(new TableRedactor(new Tokens(new byte[32])).Redact("latency.tsv", Encoding.ASCII.GetBytes(Table)) ?? []));

    public void Dispose() => _scratch.Dispose();

    private void WriteWith(string table) =>
        Write(Path, Whole, [(0, Event(101))], (writer, _) => writer.AddArtifact(ArtifactPhase.After, 0, "latency.tsv", Encoding.ASCII.GetBytes(table)));
}
