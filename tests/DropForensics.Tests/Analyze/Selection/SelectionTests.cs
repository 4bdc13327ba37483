using DropForensics.Analyze.Diff;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Replay;
using DropForensics.Analyze.Report;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Core.Upgrade;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Selection;

/// <summary><c>analyze --filter</c> over a recorded capture: each reader shows the same part of it.</summary>
public sealed class SelectionTests : IDisposable
{
    private const string Udp6 = "ip6 and udp";

    private static readonly string Packets = Repository.At("fixtures", "captures", "packets.db");

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("ip6 and udp", "ip_protocol = 17 AND src LIKE '%:%' AND sport <> 40007")]
    [InlineData("host 192.0.2.1 and tcp port 9", "(src = '192.0.2.1' OR dst = '192.0.2.1') AND ip_protocol = 6 AND 9 IN (sport, dport)")]
    [InlineData("reason NO_SOCKET and interface veth1", "reason = 'NO_SOCKET' AND interface = 'veth1'")]
    [InlineData("not ip and not ip6 and not arp", "ethertype = 34997")]
    public void It_takes_the_drops_whose_rows_say_the_same(string filter, string where)
    {
        string[] expected = [.. Db.Texts(Packets, $"SELECT id FROM drops WHERE {where} ORDER BY t_ns, cpu, raw_line").Select(row => row[0]!)]; // an id is never null
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Length, Read(filter).Facts.Drops);
        (string csv, string notes) = Export(ExportFormat.Csv, filter);
        Assert.Equal(expected, csv.TrimEnd().Split("\r\n").Skip(1).Select(line => line.Split(',')[0]));
        Assert.StartsWith($"{expected.Length} of 608 drops match '{filter}'", notes);
        Assert.Equal(expected.Length, Export(ExportFormat.Json, filter).Text.TrimEnd().Split('\n').Length);
        Assert.Equal(expected.Length, Export(ExportFormat.Folded, filter).Text.TrimEnd().Split('\n').Sum(line => int.Parse(line.Split(' ')[^1], null)));
    }

    [Fact]
    public void The_packets_are_those_that_tcpdump_takes_from_all_of_them()
    {
        IReadOnlyList<StoredBytes> all = Pcapng(null), chosen = Pcapng(Udp6);
        (IReadOnlyList<int> found, IReadOnlyList<int> asked) = new Tcpdump(all, _scratch, optimizes: true).Matches(Udp6)!.Value; // it accepts the expression
        Assert.Equal(all.Count, asked.Count);
        Assert.NotEmpty(found);
        Assert.Equal(found.Select(i => Convert.ToHexString(all[i].Bytes)), chosen.Select(packet => Convert.ToHexString(packet.Bytes)));
    }

    [Fact]
    public void A_report_says_that_it_is_a_part_and_judges_the_whole()
    {
        ReportModel model = Read(Udp6), whole = Read(null);
        Assert.Equal((Udp6, 45, 608), (model.Facts.Selection?.Expression, model.Facts.Selection?.Drops, model.Facts.Selection?.Of));
        Assert.StartsWith("45 drops of 608 captured in 816 ms match `ip6 and udp`; the rest is left out here.", model.Verdict.Counted);
        Assert.Equal(whole.Verdict.Completeness.Sentence, model.Verdict.Completeness.Sentence);
        Assert.Contains(model.Verdict.Completeness.Evidence, line => line.StartsWith("This is a selection by `ip6 and udp`: 45 of 608 captured drops.", StringComparison.Ordinal));
        Assert.Contains(whole.Verdict.Completeness.Evidence[0], model.Verdict.Completeness.Evidence); // captured = counted, of all
        Assert.Empty(model.Facts.Counters);
        Assert.NotEmpty(whole.Facts.Counters);
    }

    [Fact]
    public void Drops_without_a_packet_are_left_out_and_counted()
    {
        string path = _scratch.File("c.db");
        MadeCapture.Write(path, MadePackets.Eprobe, [(0, PacketSamples.Of("udp").Skb.Line() + "\n" + PacketSamples.Of("unix socket").Skb.Line() + "\n")]);
        (string text, string notes) = Export(ExportFormat.Json, "not tcp", path);
        Assert.Single(text.TrimEnd().Split('\n'));
        Assert.Equal("1 of 2 drops match 'not tcp'; 1 drop left out without a packet to compare\n", notes);
    }

    [Fact]
    public void A_capture_without_packets_is_asked_only_for_what_it_has()
    {
        string example = Repository.At("fixtures", "captures", "example.db");
        UserError error = Assert.Throws<UserError>(() => Read("port 53", example));
        Assert.Contains("holds no packets, so --filter 'port 53' has nothing to compare", error.Message);
        Assert.Equal(Db.Scalar<long>(example, "SELECT count(*) FROM drops WHERE ethertype = 34525"), Read("ip6", example).Facts.Drops);
    }

    [Fact]
    public async Task Both_sides_of_a_comparison_are_filtered()
    {
        using var output = new StringWriter();
        await DiffJob.RunAsync(new DiffOptions([Packets, Packets], null, Json: true, 10, null) { Filter = Udp6 }, output, true, TextWriter.Null, CancellationToken.None);
        Assert.Contains("\"drops\": 45", output.ToString());
        Assert.DoesNotContain("\"drops\": 608", output.ToString());
    }

    [Fact]
    public void A_replay_prints_the_same_drops()
    {
        using var output = new MemoryStream();
        ReplayJob.Run(new ReplayOptions(Packets, Json: false, Stacks: false) { Filter = Udp6 }, null, output, CancellationToken.None);
        Assert.Equal(45, System.Text.Encoding.UTF8.GetString(output.ToArray()).TrimEnd().Split('\n').Length);
    }

    private static ReportModel Read(string? filter, string? path = null)
    {
        using CaptureReader capture = CaptureUpgrade.Open(path ?? Packets, CancellationToken.None);
        return ReportJob.Read(capture, CancellationToken.None, filter: filter);
    }

    private static IReadOnlyList<StoredBytes> Pcapng(string? filter)
    {
        using var output = new MemoryStream();
        ExportJob.Run(new ExportOptions(Packets, ExportFormat.Pcapng, null, false, false) { Filter = filter }, () => output, false, TextWriter.Null, CancellationToken.None);
        return StoredBytes.OfPcapng(output.ToArray());
    }

    private static (string Text, string Notes) Export(ExportFormat format, string filter, string? path = null)
    {
        using var output = new MemoryStream();
        using var notes = new StringWriter { NewLine = "\n" };
        ExportJob.Run(new ExportOptions(path ?? Packets, format, null, false, false) { Filter = filter }, () => output, false, notes, CancellationToken.None);
        return (System.Text.Encoding.UTF8.GetString(output.ToArray()), notes.ToString());
    }
}
