using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Export;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Export;

public sealed class PcapngExportTests : IDisposable
{
    private static readonly string[] Fields =
        ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.interface_name", "frame.interface_description", "frame.encap_type", "frame.comment", "_ws.malformed"];

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("packets.db")]
    [InlineData("drivers.db")]
    public void Tshark_shows_of_each_packet_what_the_view_drops_says(string name)
    {
        string capture = Repository.At("fixtures", "captures", name);
        Dictionary<string, string?[]> rows = Db.Texts(capture, $"""
            select id, strftime('%s', time_utc) || substr(time_utc, 20, 7), reason, function, interface, netns, coalesce(src, ''), coalesce(dst, ''), coalesce(sport, ''), coalesce(dport, ''), ip_protocol
              from drops
            """).ToDictionary(row => row[0]!); // an id is never null
        string[][] frames = Read(capture, "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "arp.src.proto_ipv4", "arp.dst.proto_ipv4", "tcp.srcport", "udp.srcport", "tcp.dstport", "udp.dstport");
        HashSet<string> seen = [];
        foreach (string[] frame in frames)
        {
            Dictionary<string, string> comment = Words(frame[6]);
            string?[] row = rows[comment["drop"]];
            Assert.True(seen.Add(comment["drop"]));
            Assert.StartsWith(row[1]!, frame[0]); // both to the microsecond; the clocks are told to the nanosecond
            Assert.Equal((row[2], row[3], row[4], row[5]), (comment.GetValueOrDefault("reason"), comment.GetValueOrDefault("function"), comment.GetValueOrDefault("interface"), comment.GetValueOrDefault("netns")));
            Assert.Equal(row[4] ?? frame[4], frame[3]); // tshark shows the description where there is no name
            Assert.Contains(row[5] ?? "no interface", frame[4]);
            Assert.InRange(int.Parse(frame[2], CultureInfo.InvariantCulture), 1, int.Parse(frame[1], CultureInfo.InvariantCulture));

            // The outermost of each: what an error or a tunnel carries comes behind it.
            Assert.Equal((row[6], row[7]), (First(frame[8], frame[10], frame[12]), First(frame[9], frame[11], frame[13])));
            if (row[10] == "6") Assert.Equal((row[8], row[9]), (frame[14], frame[16]));
            if (row[10] == "17") Assert.Equal((row[8], row[9]), (frame[15], frame[17]));
        }

        Assert.Equal(frames.Select(frame => frame[0]).Order(StringComparer.Ordinal), frames.Select(frame => frame[0]));
        Assert.DoesNotContain(rows.Values, row => row[6] != "" && !seen.Contains(row[0]!)); // an id is never null
    }

    [Fact]
    public void Each_kind_of_packet_is_what_it_was()
    {
        foreach ((string name, PlacedPacket skb, int start, int end) in PacketSamples.All.Where(sample => sample.Name != "unix socket"))
        {
            MakeCapture(MadePackets.Eprobe, skb.Line());
            byte[] file = Exported.Bytes(Path, ExportFormat.Pcapng).Bytes;
            (int linkType, byte[] bytes, long length) = Packet(file);
            Assert.Equal(skb.Packet[start..end], bytes);
            Assert.True(linkType == (skb.Packet[0] == 2 ? 1 : 101) && length == skb.Packet.Length - start, name);
        }
    }

    [Fact]
    public void Each_interface_of_each_namespace_is_one_block_and_two_if_its_packets_begin_differently()
    {
        PlacedPacket framed = PacketSamples.Of("udp").Skb, bare = PacketSamples.Of("icmp").Skb;
        string[] lines =
        [
            framed.Line(), bare.Line(), framed.Line(), framed.Line().Replace("netns=4026531840", "netns=4026532281"), framed.Line().Replace("dev=\"lo\"", "dev=\"eth0\"").Replace("ifindex=1", "ifindex=2"),
            framed.Line().Replace("devp=0xffff8a3141ac0000", "devp=0x0"),
        ];
        MakeCapture(MadePackets.Eprobe, lines);
        Assert.Equal(5, Blocks(Exported.Bytes(Path, ExportFormat.Pcapng).Bytes).Count(block => block.Type == 1));
        string[][] frames = Read(Path, "frame.interface_id", "frame.protocols");
        Assert.Equal(["lo", "lo", "lo", "lo", "eth0", frames[5][4]], frames.Select(frame => frame[3])); // tshark shows the description where there is no name
        Assert.Equal(["0", "1", "0", "2", "3", "4"], frames.Select(frame => frame[8]));
        Assert.Equal(["eth:ethertype:ip:udp", "raw:ip:icmp"], frames[..2].Select(frame => string.Join(':', frame[9].Split(':')[..(frame[9][0] == 'e' ? 4 : 3)])));
        Assert.Contains("of network namespace 4026532281", frames[3][4]);
        Assert.Contains("no known interface", frames[5][4]);
    }

    [Fact]
    public void Times_are_real_to_the_nanosecond_and_follow_a_step_of_the_clock()
    {
        MakeCapture(MadePackets.Eprobe with { OpenedNs = 6_000_000_000 }, [At(6.1), At(6.2), At(6.3)], writer =>
        {
            writer.AddClock(new ClockReading(6_000_000_000, 0, 1_700_000_000_123_456_789));
            writer.AddClock(new ClockReading(6_150_000_000, 0, 1_700_003_600_273_456_790));
        });
        Assert.Equal(["1700000000.223456789", "1700003600.323456790", "1700003600.423456790"], Read(Path).Select(frame => frame[0]));
        static string At(double second) => PacketSamples.Of("udp").Skb.Line().Replace("6.276872", second.ToString("0.000000", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("tcp", 201_337_000, " then=tcp_retransmit_skb after=201.337ms")]
    [InlineData("vxlan", 1_000_000_000, " then=tcp_retransmit_skb after=1000ms")]
    [InlineData("tcp", 1_000_000_001, "")] // too late
    [InlineData("tcp", -1_000, "")] // before
    public void What_happened_to_its_connection_next_stands_beside_the_packet(string sample, long afterNs, string then)
    {
        MakeCapture(MadePackets.Eprobe, PacketSamples.Of(sample).Skb.Line());
        Change(Path, $"""
            INSERT INTO event_kind (id, name) VALUES (1, 'tcp_retransmit_skb');
            INSERT INTO flow (id, ethertype, later_fragment, ip_protocol, src, sport, dst, dport)
            SELECT 77, 2048, 0, 6, coalesce(inner_dst, dst), coalesce(inner_dport, dport), coalesce(inner_src, src), coalesce(inner_sport, sport) FROM flow;
            INSERT INTO other_event (kind_id, t_ns, cpu, task_id, flow_id, raw_line, fields)
            SELECT 1, t_ns + by, cpu, task_id, 77, raw_line, '{"{}"}' FROM drop_event, (SELECT {afterNs} AS by UNION SELECT {afterNs} + 500000 WHERE {afterNs} >= 0)
            """);
        Assert.EndsWith($" drop=1{then}", Read(Path).Single()[6]);
    }

    [Fact]
    public void Without_the_hosts_clocks_that_is_said()
    {
        MakeCapture(MadePackets.Eprobe with { OpenedNs = 6_000_000_000 }, PacketSamples.Of("udp").Skb.Line());
        Assert.Contains("not the time of day", Exported.Bytes(Path, ExportFormat.Pcapng).Notes);
        Assert.Equal("6.276872000", Read(Path).Single()[0]);
    }

    [Fact]
    public void Packets_of_all_CPUs_come_in_the_order_of_their_time()
    {
        string[] times = ["6.000001", "6.000002", "6.000003", "6.000004", "6.000005", "6.000006"];
        Write(Path, MadePackets.Eprobe, times.Select((time, i) => (i % 3, time)).GroupBy(pair => pair.Item1).Select(cpu => ((int?)cpu.Key, string.Concat(cpu.Select(pair =>
            PacketSamples.Of("udp").Skb.Line().Replace("6.276872", pair.time).Replace("[000]", $"[00{cpu.Key}]") + "\n")))));
        Assert.Equal(times.Select(time => time + "000"), Read(Path).Select(frame => frame[0]));
    }

    [Fact]
    public void A_text_whose_times_go_back_keeps_its_packets()
    {
        PlacedPacket skb = PacketSamples.Of("udp").Skb;
        string[] times = ["6.000005", "6.000001", "6.000004", "6.000002"];
        Write(Path, Made.Capture(null) with { Probe = "import", TraceClock = null }, [(null, string.Concat(times.Select(time => skb.Line().Replace("6.276872", time) + "\n")))]);
        Assert.Equal(times.Order(StringComparer.Ordinal).Select(time => time + "000"), Read(Path).Select(frame => frame[0]));
    }

    [Fact]
    public void What_has_no_known_header_is_left_out_and_counted()
    {
        MakeCapture(MadePackets.Eprobe, PacketSamples.Of("udp").Skb.Line(), PacketSamples.Of("unix socket").Skb.Line());
        Assert.Contains("1 packet; 1 drop left out", Exported.Bytes(Path, ExportFormat.Pcapng).Notes);
        Assert.Single(Blocks(Exported.Bytes(Path, ExportFormat.Pcapng).Bytes), block => block.Type == 6);
    }

    [Fact]
    public void A_reply_that_the_kernel_had_not_given_an_IP_header_yet_is_left_out_and_that_is_said()
    {
        Write(Path, MadePackets.Eprobe, [(null, System.Text.Encoding.Latin1.GetString(TraceFixture.Load("packets-eprobe-7.3").Bytes))]);
        (byte[] file, string notes) = Exported.Bytes(Path, ExportFormat.Pcapng);
        HashSet<string> shown = [.. Regex.Matches(System.Text.Encoding.Latin1.GetString(file), @" drop=(\d+)").Select(match => match.Groups[1].Value)];
        Assert.Equal("tcp_v6_send_response", Assert.Single(Db.Texts(Path, "select id, function from drops"), row => !shown.Contains(row[0]!))[1]); // an id is never null
        Assert.Contains("; 1 drop left out (no Ethernet or IP header): usually a reply that the kernel was still building,", notes);
    }

    [Fact]
    public void The_payload_is_there_where_it_was_kept()
    {
        PlacedPacket skb = PacketSamples.Of("udp").Skb;
        Write(Path, MadePackets.Eprobe with { Packets = "full" }, [(0, skb.Line() + "\n")], keepPayload: true);
        (_, byte[] bytes, long length) = Packet(Exported.Bytes(Path, ExportFormat.Pcapng).Bytes);
        Assert.Equal(skb.Packet, bytes);
        Assert.Equal(skb.Packet.Length, length);
    }

    [Theory]
    [InlineData("tracepoint", null, "its probe, tracepoint, shows none")]
    [InlineData("tracepoint", "none", "its probe, tracepoint, shows none")]
    [InlineData("function", null, "its probe, function, shows none")]
    [InlineData("eprobe", "none", "--packets none")]
    [InlineData("import", null, "its probe, import, shows none")]
    public void A_capture_without_packets_is_refused_with_the_remedy(string probe, string? packets, string why)
    {
        Write(Path, Whole with { Probe = probe, Packets = packets }, [(0, Event(101))]);
        using var output = new MemoryStream();
        UserError error = Assert.Throws<UserError>(() => ExportJob.Run(new ExportOptions(Path, ExportFormat.Pcapng, null, false, false), () => output, false, TextWriter.Null, CancellationToken.None));
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Contains(why, error.Message);
        Assert.Contains("--probe eprobe", error.Remedy);
        Assert.Empty(output.ToArray());
    }

    [Theory]
    [InlineData("nft inet fw in 7 drop 100", "nft inet fw in 7 drop 102", "inet/fw/in/7")] // it counted both
    [InlineData("nft inet fw in 7 drop -", "nft inet fw in 7 drop -", "inet/fw/in/7")] // nothing else drops there
    [InlineData("nft inet fw in 7 drop 100;nft inet fw in 8 drop 0", "nft inet fw in 7 drop 101;nft inet fw in 8 drop 1", null)] // one each
    [InlineData("nft inet fw in 7 drop 100;nft inet fw in 8 drop -", "nft inet fw in 7 drop 102;nft inet fw in 8 drop -", null)] // the other one may count beside it
    [InlineData("nft inet fw in 7 drop 100", "nft inet fw in 7 drop 101", null)] // what dropped the second?
    [InlineData("nft inet fw in 7 accept 100", "nft inet fw in 7 accept 102", null)]
    [InlineData("nft inet a-b in 7 drop 100;nft inet a-b in 9 drop 5", "nft inet a-b in 7 drop 102;nft inet a-b in 9 drop 5", "inet/a-b/in/7")] // the other counted none
    public void The_one_rule_that_can_have_dropped_a_packet_is_in_its_comment(string before, string after, string? rule)
    {
        string stack = "       <...>-257     [000] ..s2.     6.276873: <stack trace>\n" + string.Concat(
            "trace_event_raw_event_kfree_skb+0x6c/0xc0 sk_skb_reason_drop+0x90/0x130 nft_do_chain+0x1/0x2 nft_do_chain_inet+0x1/0x2 nf_hook_slow+0x3f/0xc0 ip_local_deliver+0x1/0x2 process_backlog+0x83/0x130"
                .Split(' ').Select(frame => $" => {frame}\n"));
        string dropped = PacketSamples.Of("udp").Skb.Line().Replace("loc=__udp4_lib_rcv+0x235/0xd90", "loc=nft_do_chain+0x1/0x2") + "\n" + stack;
        Write(Path, MadePackets.Eprobe with { KernelRelease = "6.12.107" }, [(0, dropped + dropped + PacketSamples.Of("udp").Skb.Line() + "\n")], (writer, _) =>
        {
            writer.AddArtifact(ArtifactPhase.Before, MadePackets.Host, "firewall.tsv", Table(before));
            writer.AddArtifact(ArtifactPhase.After, MadePackets.Host, "firewall.tsv", Table(after));
        });

        string?[] rules = [.. Read(Path).Select(frame => Words(frame[6]).GetValueOrDefault("rule"))];
        Assert.Equal(new[] { rule, rule, null }.AsEnumerable(), rules);

        static byte[] Table(string rules) => System.Text.Encoding.UTF8.GetBytes("kind\tfamily\ttable\tchain\trule\thook\tpriority\tpolicy\tpackets\tbytes\tverdict\ttext\n"
            + string.Concat(rules.Split(';').Select(each => each.Split(' ')).SelectMany(each => (string[])
                [$"{each[0]}\t{each[1]}\t{each[2]}\t{each[3]}\t-\tinput\t0\taccept\t-\t-\t-\t-\n", $"{each[0]}\t{each[1]}\t{each[2]}\t{each[3]}\t{each[4]}\t-\t-\t-\t{each[6]}\t{each[6]}\t{each[5]}\t{each[5]}\n"])));
    }

    [Fact]
    public void A_hostile_name_drives_no_terminal()
    {
        MakeCapture(MadePackets.Eprobe, PacketSamples.Of("udp").Skb.Line());
        Change(Path, "UPDATE interface SET name = char(27) || '[2J'; UPDATE site SET function = char(10) || printf('%.*c', 100000, 'x')");
        string[] frame = Read(Path).Single();
        Assert.Equal(@"\x1b[2J", frame[3].Replace(@"\\", @"\"));
        Assert.True(Exported.Bytes(Path, ExportFormat.Pcapng).Bytes.AsSpan().IndexOf((byte)27) < 0);
    }

    private void MakeCapture(CaptureRow row, params string[] lines) => MakeCapture(row, lines, _ => { });

    private void MakeCapture(CaptureRow row, string[] lines, Action<CaptureWriter> more) =>
        Write(Path, row, [(0, string.Concat(lines.Select(line => line + "\n")))], (writer, _) => more(writer));

    /// <summary>The frames, each by the common fields and further ones.</summary>
    private string[][] Read(string capture, params string[] more)
    {
        string tshark = Requires.Program("tshark", "tshark"), file = _scratch.File("drops.pcapng");
        File.WriteAllBytes(file, Exported.Bytes(capture, ExportFormat.Pcapng).Bytes);
        string[] fields = [.. Fields, .. more];
        Finished read = Shell.Run(tshark, ["-n", "-r", file, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=f", .. fields.SelectMany(field => (string[])["-e", field])]);
        Assert.True(read.ExitCode == 0 && !read.Errors.Contains("damaged", StringComparison.Ordinal), read.ToString());
        string[][] frames = [.. read.Output.TrimEnd('\n').Split('\n').Select(line => line.Split('\t'))];
        Assert.All(frames, frame => Assert.Equal(fields.Length, frame.Length));
        return frames;
    }

    private static string First(params string[] values) => values.FirstOrDefault(value => value.Length > 0) ?? "";

    private static Dictionary<string, string> Words(string comment) => comment.Split(' ').Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>The one packet of a file, and what it begins with.</summary>
    private static (int LinkType, byte[] Bytes, long Length) Packet(byte[] file)
    {
        var blocks = Blocks(file);
        byte[] link = Assert.Single(blocks, block => block.Type == 1).Body, packet = Assert.Single(blocks, block => block.Type == 6).Body;
        return (BinaryPrimitives.ReadUInt16LittleEndian(link), packet[20..(20 + BinaryPrimitives.ReadInt32LittleEndian(packet.AsSpan(12)))], BinaryPrimitives.ReadUInt32LittleEndian(packet.AsSpan(16)));
    }

    private static List<(uint Type, byte[] Body)> Blocks(byte[] file)
    {
        List<(uint, byte[])> blocks = [];
        for (int at = 0; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            Assert.Equal(length, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + length - 4)));
            Assert.Equal(0, length % 4);
            blocks.Add((BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)), file[(at + 8)..(at + length - 4)]));
            at += length;
        }

        return blocks;
    }
}
