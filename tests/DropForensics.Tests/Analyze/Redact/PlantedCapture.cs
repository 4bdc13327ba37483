using System.Net;
using System.Text;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;

namespace DropForensics.Tests.Analyze.Redact;

/// <summary>A capture with a name, an address or a payload planted wherever one can be.</summary>
internal static class PlantedCapture
{
    /// <summary>Text that must not be in a redacted capture, in any form.</summary>
    public static readonly string[] Words =
    [
        "plantcomm", "PLANTED", "plantif0", "plant-host", "planttask", "plantuser", "Plant/Zone", "plantsecret", "0123plant", "planttable", "plantchain", "plantrule", "plantjump", "plantprogram", "plantgroup",
        "203.0.113.77", "198.18.7.77", "2001:db8:77:dead::beef", "02:4a:77:77:77:01", "6e6f5d1a-7777-4777-8777-777777777777", "00000000-0000-4000-8000-000000000001",
    ];

    /// <summary>The same of packets.</summary>
    public static readonly byte[][] Bytes =
    [
        IPAddress.Parse("203.0.113.77").GetAddressBytes(), IPAddress.Parse("198.18.7.77").GetAddressBytes(),
        IPAddress.Parse("2001:db8:77:dead::beef").GetAddressBytes()[4..], [0x4a, 0x77, 0x77, 0x77, 0x01], "PLANTED PAYLOAD"u8.ToArray(), "plantif0"u8.ToArray(),
        [0xc0, 0xde, 0x77, 0x01],
    ];

    public static void Write(string path)
    {
        byte[] payload = "PLANTED PAYLOAD"u8.ToArray();
        byte[] udp = Addressed(Packet.Ethernet(0x800, Packet.Ipv4(17, Packet.Udp(1000, 53, payload)))), back = [.. udp];
        udp.AsSpan(26, 4).CopyTo(back.AsSpan(30));
        udp.AsSpan(30, 4).CopyTo(back.AsSpan(26));
        (back[34], back[35], back[36], back[37]) = (0, 53, 3, 0xe8);
        byte[] tcp6 = Packet.Ethernet(0x86dd, Packet.Ipv6(6, Packet.Tcp(1001, 443, 3, payload)));
        IPAddress.Parse("2001:db8:77:dead::beef").GetAddressBytes().CopyTo(tcp6, 22);
        new byte[] { 0xc0, 0xde, 0x77, 0x01 }.CopyTo(tcp6, 58); // a sequence number
        byte[] arp = Packet.Ethernet(0x806, Packet.Arp(1));
        IPAddress.Parse("203.0.113.77").GetAddressBytes().CopyTo(arp, 28);
        new byte[] { 0x02, 0x4a, 0x77, 0x77, 0x77, 0x01 }.CopyTo(arp, 22);
        string text = string.Concat(
            Line(udp, 0x800, 1), Line(back, 0x800, 2), Line(tcp6, 0x86dd, 3), Line(arp, 0x806, 4),
            "       planttask-300     [000] ..s1.     8.000000: sched_switch: prev_comm=plantsecret prev_pid=1 ==> next_comm=bash\n",
            "       planttask-300     [000] ..s1.     8.000001: kfree_skb: PLANTED no arguments\n",
            "PLANTED garbage 203.0.113.77\n",
            "       planttask-300     [000] .....     8.100000: <user stack trace>\n =>  /home/plantuser/bin/x[+0x1234]\n =>  <000000000043c0d3>\n",
            "         plantco         planttask-300     [000] ..s1.     8.200000: kfree_skb: skbaddr=0 protocol=2048 location=tcp_v4_rcv+0x7d/0xf20 reason: NO_SOCKET\n",
            "CPU:0 [LOST 3 EVENTS]\n# PLANTED comment\n",
            new string('x', 70_000), "PLANTED too long\n");
        CaptureRow row = Made.Capture(openedNs: 5_000_000_000) with
        {
            HostName = "plant-host",
            BootId = "6e6f5d1a-7777-4777-8777-777777777777",
            TimeZone = "+01:00 Plant/Zone",
            CommandLine = "--duration 10s --interface plantif0 -o /home/plantuser/0123plant.db",
            Probe = "eprobe",
            Filter = "dev == \"plantif0\"",
            Packets = "full",
            Ended = "duration",
            ClosedNs = 20_000_000_000,
            WitnessDrops = 6,
        };
        Record(path, Encoding.ASCII.GetBytes(text), row, writer =>
        {
            writer.AddClock(new ClockReading(5_000_000_000, 5_000_000_000, 1_700_000_000_000_000_000));
            writer.AddInterface(new InterfaceRow(4026531840, 1, "lo", "loopback", null, "loopback"));
            writer.AddInterface(new InterfaceRow(4026531840, 2, "plantif0", "e1000", null, "e1000"));
            writer.AddArtifact(ArtifactPhase.Before, 4026531840, "/proc/net/dev", Encoding.ASCII.GetBytes(
                "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs\n    lo: 1 2 0 0 0 0 0 0 1 2 0 0 0 0 0 0\nplantif0: 1 2 0 0 0 0 0 0 1 2 0 0 0 0 0 0\n"));
            writer.AddArtifact(ArtifactPhase.Before, 4026531840, "rtnetlink/statistics", "lo: rx_packets 1\nplantif0: rx_packets 104 rx_missed_errors 7\nplant if: x\n"u8);
            writer.AddWitnessCount(0, 6);
            writer.AddHistCount(3, "__udp4_lib_rcv+0x235/0xd90", 5);
            writer.AddRelief(new ReliefRow(1_000_000, 70_000, ReliefRow.Stacks));
            writer.AddArtifact(ArtifactPhase.Before, 0, "/proc/net/snmp", "Ip: Forwarding\nIp: 1\n"u8);
            writer.AddArtifact(ArtifactPhase.Before, 0, "/proc/net/arp", "203.0.113.77 0x1 0x2 02:4a:77:77:77:01 * plantif0\n"u8);
            writer.AddArtifact(ArtifactPhase.Before, 0, "/sys/class/net/plantif0/statistics/rx_dropped", "1\n"u8);
            foreach ((long netns, string path, string content) in PlantedState.Files()) writer.AddArtifact(ArtifactPhase.Before, netns, path, Encoding.UTF8.GetBytes(content));
            writer.AddArtifact(ArtifactPhase.After, 0, "per_cpu/cpu0/stats", "entries: 0\noverrun: 0\ncommit overrun: 0\ndropped events: 0\n"u8);
        });
    }

    /// <summary>Records a text as capture does where <paramref name="more"/> of the host is written, else as import does.</summary>
    public static void Record(string path, byte[] text, CaptureRow row, Action<CaptureWriter>? more = null)
    {
        using CaptureWriter writer = CaptureWriter.Create(path, force: true);
        more?.Invoke(writer);
        var recorder = new Recorder(writer, ReasonTable.Empty) { OpenedNs = row.OpenedNs, KeepPayload = true, Format = TextDecoders.FormatOf(row.Transport) };
        recorder.Feed(row.Tool == "capture" && more is not null ? 0 : null, text);
        recorder.Complete();
        writer.SetCapture(row with { OpenedNs = recorder.OpenedNs });
        writer.Finish();
    }

    private static byte[] Addressed(byte[] frame)
    {
        new byte[] { 0x02, 0x4a, 0x77, 0x77, 0x77, 0x01 }.CopyTo(frame, 6);
        IPAddress.Parse("203.0.113.77").GetAddressBytes().CopyTo(frame, 26);
        IPAddress.Parse("198.18.7.77").GetAddressBytes().CopyTo(frame, 30);
        return frame;
    }

    private static string Line(byte[] frame, int protocol, int second)
    {
        byte[] name = new byte[16];
        "plantif0"u8.CopyTo(name);
        return PlacedPacket.Received(frame, protocol).Line("plantcomm")
            .Replace("           <...>-257", "       planttask-257").Replace("6.276872", $"{5 + second}.276872").Replace("ifindex=1", "ifindex=2")
            .Replace("dev=\"lo\"", $"devq=0xffff8a3141ac0000 pktdev={{{PlacedPacket.WordsOf(name)}}}") + "\n";
    }
}
