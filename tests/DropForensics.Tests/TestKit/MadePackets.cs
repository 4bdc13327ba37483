using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Core.Store;

namespace DropForensics.Tests.TestKit;

/// <summary>Drops whose interface and headers are known, written past the decoder: on a host with two namespaces.</summary>
internal static class MadePackets
{
    public const long Host = 4026531840, Pod = 4026532281;

    public static readonly DropInterface Eth0 = new(Host, 2, "eth0"), Vlan = new(Host, 3, "eth0.5"), Bridge = new(Host, 5, "br0"),
        HostLo = new(Host, 1, "lo"), PodLo = new(Pod, 1, "lo"), VethB = new(Pod, 7, "veth-b"), Nameless = new(Pod, 9, "wg0");

    /// <summary>An agent's row with an eprobe.</summary>
    public static CaptureRow Eprobe => MadeCapture.Whole with { Probe = "eprobe", Packets = "headers", ProbeDefinition = "e:g/drop skb/kfree_skb dev=+0(+16($skbaddr)):string" };

    /// <summary>Writes a capture of these drops.</summary>
    public static void Write(string path, CaptureRow row, params Drop[] drops) => Write(path, row, _ => { }, drops);

    /// <inheritdoc cref="Write(string, CaptureRow, Drop[])"/>
    /// <param name="more">Whatever else belongs into it.</param>
    public static void Write(string path, CaptureRow row, Action<CaptureWriter> more, params Drop[] drops) => MadeCapture.Write(path, row, [], (writer, _) =>
    {
        more(writer);
        MadeCapture.AddCounters(writer);
        AddInterfaces(writer);
        for (int i = 0; i < drops.Length; i++) Add(writer, row, drops[i], i);
    });

    /// <summary>UDP over IPv4, addresses by their last byte.</summary>
    public static PacketHeaders Udp(int from, int to, int sport, int dport) => new(V4(from, to, 17, sport, dport), null, null);

    public static PacketFlow V4(int from, int to, int protocol, int? sport = null, int? dport = null, int? type = null) => new()
    {
        EtherType = 2048,
        IpProtocol = protocol,
        Source = (UInt128)(0x0a000000 + from),
        Destination = (UInt128)(0x0a000000 + to),
        SourcePort = sport,
        DestinationPort = dport,
        Type = type,
        Code = type is null ? null : 0,
    };

    public static void AddInterfaces(CaptureWriter writer)
    {
        writer.AddInterface(new InterfaceRow(Host, 1, "lo", "loopback", null, "loopback"));
        writer.AddInterface(new InterfaceRow(Host, 2, "eth0", "e1000", null, "e1000"));
        writer.AddInterface(new InterfaceRow(Host, 3, "eth0.5", "802.1Q VLAN Support", "2", "e1000"));
        writer.AddInterface(new InterfaceRow(Host, 5, "br0", "bridge", "2 6"));
        writer.AddInterface(new InterfaceRow(Pod, 1, "lo", "loopback", null, "loopback"));
        writer.AddInterface(new InterfaceRow(Pod, 7, "veth-b", "veth", null, "veth"));
    }

    private static void Add(CaptureWriter writer, CaptureRow row, Drop drop, int n)
    {
        DropEvent made = Made.Drop(100_000_000_000 + (drop.AfterNs ?? ((n + 1) * 1_000_000L)), drop.Frames is { } frames ? Made.Stack(frames) : null, "tcp_v4_rcv+0x7d/0xf20", n + 1) with
        {
            EtherType = drop.EtherType,
            IncomingIfIndex = drop.Iif,
            Reason = drop.Reason is { } name ? new DropReason(name, null, "core") : null,
        };
        int site = writer.InternSite(made.Event, made.Location, made.Stack, SiteAttributor.Attribute(made.Event, made.Location, made.Stack));
        writer.AddDrop(
            made, row.OpenedNs ?? 0, writer.InternTask(made, _ => Pod), site, made.Reason is { } reason ? writer.InternReason(reason) : null,
            drop.At is { } at ? writer.InternInterface(at) : null, drop.Headers is { } headers ? writer.InternFlow(headers) : null);
    }

    /// <summary>One drop.</summary>
    internal sealed record Drop(DropInterface? At, PacketHeaders? Headers = null, string? Frames = MadeCapture.Backlog, string? Reason = "NO_SOCKET", int? Iif = null)
    {
        /// <summary>When, from the window's start; null: a millisecond after the one before.</summary>
        public long? AfterNs { get; init; }

        public int EtherType { get; init; } = 2048;
    }
}
