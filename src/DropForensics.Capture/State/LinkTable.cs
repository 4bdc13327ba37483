using System.Buffers.Binary;
using System.Globalization;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.State;

/// <summary>An interface as rtnetlink describes it (include/uapi/linux/if_link.h), without its counters.</summary>
/// <param name="Index">ifindex within its namespace.</param>
/// <param name="Flags">IFF_UP and the like.</param>
internal sealed record LinkState(int Index, uint Flags)
{
    public const uint Up = 1, Loopback = 8;

    public string Name { get; init; } = "";
    public string? Kind { get; init; }
    public string? QueueingDiscipline { get; init; }
    public string? Address { get; init; }
    public uint? Mtu { get; init; }
    public uint? QueueLength { get; init; }
    public uint? Group { get; init; }
    public uint? Promiscuity { get; init; }
    public uint? TransmitQueues { get; init; }
    public uint? ReceiveQueues { get; init; }
    public int? Link { get; init; }

    /// <summary>Its own namespace's number for the one <see cref="Link"/> is in, below zero if it has none; null where that is its own namespace.</summary>
    public int? LinkNetnsId { get; init; }

    public int? Master { get; init; }
    public byte? OperState { get; init; }
    public byte? Carrier { get; init; }

    /// <summary>The XDP programs attached to it, by how and id: <c>generic 12</c>; null where there is none.</summary>
    public string? Xdp { get; init; }

    /// <summary>How often the carrier came or went.</summary>
    public uint? CarrierChanges { get; init; }

    /// <summary>Whether something real is behind it, of which ethtool may know more.</summary>
    public bool IsDevice => Kind is null && (Flags & Loopback) == 0;

    /// <summary>From the body of an RTM_NEWLINK message; null where it is too short for one.</summary>
    public static LinkState? TryParse(ReadOnlySpan<byte> body)
    {
        const int IfInfoSize = 16;
        if (body.Length < IfInfoSize) return null;
        var link = new LinkState(BinaryPrimitives.ReadInt32LittleEndian(body[4..]), BinaryPrimitives.ReadUInt32LittleEndian(body[8..]));
        for (ReadOnlySpan<byte> rest = body[IfInfoSize..]; RouteNetlink.NextAttribute(ref rest, out int type, out ReadOnlySpan<byte> value);)
        {
            link = type switch
            {
                1 => link with { Address = string.Join(':', Convert.ToHexStringLower(value).Chunk(2).Select(pair => new string(pair))) },
                3 => link with { Name = RouteNetlink.Text(value) },
                4 => link with { Mtu = Unsigned(value) },
                5 => link with { Link = RouteNetlink.Int32(value) },
                6 => link with { QueueingDiscipline = RouteNetlink.Text(value) },
                10 => link with { Master = RouteNetlink.Int32(value) },
                13 => link with { QueueLength = Unsigned(value) },
                16 when value.Length > 0 => link with { OperState = value[0] },
                18 => link with { Kind = KindOf(value) },
                27 => link with { Group = Unsigned(value) },
                30 => link with { Promiscuity = Unsigned(value) },
                31 => link with { TransmitQueues = Unsigned(value) },
                32 => link with { ReceiveQueues = Unsigned(value) },
                33 when value.Length > 0 => link with { Carrier = value[0] },
                35 => link with { CarrierChanges = Unsigned(value) },
                37 => link with { LinkNetnsId = RouteNetlink.Int32(value) },
                43 => link with { Xdp = XdpOf(value) },
                _ => link,
            };
        }

        return link;
    }

    private static string? KindOf(ReadOnlySpan<byte> info)
    {
        while (RouteNetlink.NextAttribute(ref info, out int type, out ReadOnlySpan<byte> value))
        {
            if (type == 1 && RouteNetlink.Text(value) is { Length: > 0 } kind) return kind;
        }

        return null;
    }

    // A program's id by the way it is attached; the attribute without a way repeats the only one.
    private static string? XdpOf(ReadOnlySpan<byte> nested)
    {
        List<string> programs = [];
        while (RouteNetlink.NextAttribute(ref nested, out int type, out ReadOnlySpan<byte> value))
        {
            string? way = type switch { 5 => "driver", 6 => "generic", 7 => "hardware", _ => null };
            if (way is not null && Unsigned(value) is > 0 and var id) programs.Add($"{way} {id}");
        }

        return programs.Count == 0 ? null : string.Join(',', programs);
    }

    private static uint? Unsigned(ReadOnlySpan<byte> value) => BinaryPrimitives.TryReadUInt32LittleEndian(value, out uint number) ? number : null;
}

/// <summary>The file <c>links.tsv</c>.</summary>
internal static class LinkTable
{
    private const int MostBytes = 192 * 1024;

    private static readonly string[] OperStates = ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"];

    // IFF_… (include/uapi/linux/if.h), in the order of their bits
    private static readonly string?[] FlagNames =
    [
        "up", "broadcast", null, "loopback", "pointopoint", null, "running", "noarp", "promisc", "allmulti", "master", "slave", "multicast", null, null, "dynamic", "lower_up",
        "dormant",
    ];

    /// <summary>Names of its columns.</summary>
    public static string[] Columns { get; } =
    [
        "interface", "ifindex", "state", "carrier", "flags", "mtu", "txqlen", "qdisc", "kind", "master", "link", "group", "address", "promiscuity", "tx_queues", "rx_queues",
        "carrier_changes", "xdp", "link_netnsid",
    ];

    public static byte[] Format(IReadOnlyList<LinkState> links, string? remark)
    {
        var names = links.DistinctBy(link => link.Index).ToDictionary(link => link.Index, link => link.Name);
        var table = new TsvTable(MostBytes, Columns);
        foreach (LinkState link in links)
        {
            table.Add(
                link.Name, Text(link.Index), link.OperState is { } state && state < OperStates.Length ? OperStates[state] : null, Text(link.Carrier), FlagsOf(link.Flags),
                Text(link.Mtu), Text(link.QueueLength), link.QueueingDiscipline, link.Kind, NameOf(link.Master), LinkOf(link), Text(link.Group), link.Address,
                Text(link.Promiscuity), Text(link.TransmitQueues), Text(link.ReceiveQueues), Text(link.CarrierChanges), link.Xdp,
                link.LinkNetnsId is < 0 ? "unknown" : Text(link.LinkNetnsId));
        }

        if (remark is not null) table.Remark(remark);
        return table.Bytes();

        // The index of another namespace: an interface that has it here as well is another one.
        string? LinkOf(LinkState link) => link is { LinkNetnsId: not null, Link: > 0 } ? $"index {link.Link}" : NameOf(link.Link);

        string? NameOf(int? index) => index is null or 0 ? null : names.GetValueOrDefault(index.Value) ?? $"index {index}";
    }

    private static string FlagsOf(uint flags) => string.Join(',', FlagNames.Where((name, bit) => name is not null && (flags & (1u << bit)) != 0));

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
