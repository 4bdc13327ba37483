using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.State;

/// <summary>
/// The files <c>routes.tsv</c>, <c>rules.tsv</c>, <c>neighbours.tsv</c> and <c>addresses.tsv</c> of the network namespace that the calling thread is in
/// (include/uapi/linux/rtnetlink.h, fib_rules.h, neighbour.h, if_addr.h).
/// </summary>
/// <param name="names">Its interfaces by index.</param>
/// <param name="missing">Takes what could not be read: the file, and why.</param>
internal sealed class RouteTables(IReadOnlyDictionary<int, string> names, Action<string, string> missing)
{
    private const ushort GetAddress = 22, GetRoute = 26, GetNeighbour = 30, GetRule = 34;
    private const int AfInet = 2, AfInet6 = 10;
    private const int MostRows = 2_000, MostBytes = 128 * 1024;
    private const int LocalTable = 255;

    private static readonly string?[] RouteTypes =
        ["unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit", "throw", "nat", "xresolve"];

    private static readonly string?[] RuleActions = ["unspec", "lookup", "goto", "nop", null, null, "blackhole", "unreachable", "prohibit"];

    private static readonly (int Bit, string Name)[] NeighbourStates =
        [(0x01, "incomplete"), (0x02, "reachable"), (0x04, "stale"), (0x08, "delay"), (0x10, "probe"), (0x20, "failed"), (0x40, "noarp"), (0x80, "permanent")];

    /// <summary>Routes of all tables; those of the table local, which are made by the kernel for each address, come last.</summary>
    public byte[] Routes()
    {
        var table = new TsvTable(MostBytes, "family", "table", "type", "destination", "from", "gateway", "interface", "source", "metric", "mtu", "protocol", "scope", "hops");
        List<Message> rows = Read("routes.tsv", GetRoute, 12, table);
        foreach (bool isLocal in new[] { false, true })
        {
            foreach (Message row in rows)
            {
                Attributes attributes = row.Attributes();
                long number = attributes.Number(15) ?? row.Head[4];
                if (number == LocalTable != isLocal) continue;
                table.Add(
                    Family(row), number switch { 253 => "default", 254 => "main", LocalTable => "local", _ => Text(number) }, Named(RouteTypes, row.Head[7]),
                    Prefix(attributes.Address(1), row.Head[1]) ?? "default", Prefix(attributes.Address(2), row.Head[2]), attributes.Address(5) ?? attributes.Via(18),
                    Interface(attributes.Number(4)), attributes.Address(7), Text(attributes.Number(6)), Text(attributes.Nested(8).Number(2)), Text(row.Head[5]), Text(row.Head[6]),
                    attributes.Has(9) ? Hops(attributes.Bytes(9)) : null);
            }
        }

        return table.Bytes();
    }

    /// <summary>Rules that choose the table, in the order of their priority.</summary>
    public byte[] Rules()
    {
        var table = new TsvTable(MostBytes, "family", "priority", "action", "table", "from", "to", "iif", "oif", "fwmark", "mask", "protocol", "sport", "dport");
        foreach (Message row in Read("rules.tsv", GetRule, 12, table))
        {
            Attributes attributes = row.Attributes();
            long number = attributes.Number(15) ?? row.Head[4];
            table.Add(
                Family(row), Text(attributes.Number(6) ?? 0), Named(RuleActions, row.Head[7]), number switch { 0 => null, 253 => "default", 254 => "main", LocalTable => "local", _ => Text(number) },
                Prefix(attributes.Address(2), row.Head[2]) ?? "all", Prefix(attributes.Address(1), row.Head[1]), attributes.Text(3), attributes.Text(17),
                Hex(attributes.Number(10)), Hex(attributes.Number(16)), Text(attributes.Bytes(22) is [var protocol, ..] ? protocol : null), attributes.Ports(23), attributes.Ports(24));
        }

        return table.Bytes();
    }

    /// <summary>Who is at which hardware address.</summary>
    public byte[] Neighbours()
    {
        var table = new TsvTable(MostBytes, "address", "interface", "hardware", "state");
        foreach (Message row in Read("neighbours.tsv", GetNeighbour, 12, table))
        {
            Attributes attributes = row.Attributes();
            ushort state = BinaryPrimitives.ReadUInt16LittleEndian(row.Head.AsSpan(8));
            table.Add(
                attributes.Address(1), Interface(BinaryPrimitives.ReadInt32LittleEndian(row.Head.AsSpan(4))), attributes.Hardware(2),
                string.Join(',', NeighbourStates.Where(each => (state & each.Bit) != 0).Select(each => each.Name)));
        }

        return table.Bytes();
    }

    /// <summary>The host's own addresses.</summary>
    public byte[] Addresses()
    {
        var table = new TsvTable(MostBytes, "interface", "address", "peer", "scope", "flags");
        foreach (Message row in Read("addresses.tsv", GetAddress, 8, table))
        {
            Attributes attributes = row.Attributes();
            (string? address, string? local) = (attributes.Address(1), attributes.Address(2));
            table.Add(
                Interface(BinaryPrimitives.ReadInt32LittleEndian(row.Head.AsSpan(4))), Prefix(local ?? address, row.Head[1], showsAll: true), local is null || local == address ? null : address,
                row.Head[3] switch { 0 => "global", 200 => "site", 253 => "link", 254 => "host", var other => Text(other) }, Hex(attributes.Number(8) ?? row.Head[2]));
        }

        return table.Bytes();
    }

    private List<Message> Read(string file, ushort type, int headSize, TsvTable table)
    {
        var rows = new List<Message>();
        Span<byte> request = stackalloc byte[headSize];
        foreach (byte family in new byte[] { AfInet, AfInet6 })
        {
            request.Clear();
            request[0] = family;
            try
            {
                var dump = NetlinkDump<Message>.Read(
                    RouteNetlink.Route, type, request, MostRows,
                    body => body.Length >= headSize ? new Message(headSize, body.ToArray()) : null);
                rows.AddRange(dump.Rows);
                if (dump.IsCut) table.Remark($"{Family(family)}: more than the {MostRows} that are listed here");
                if (!dump.IsConsistent) table.Remark($"{Family(family)}: it changed each time it was listed");
            }
            catch (IOException e)
            {
                missing(file, e.Message);
            }
        }

        return rows;
    }

    // struct rtnexthop: length, flags, weight less one, ifindex; then attributes
    private string Hops(ReadOnlySpan<byte> bytes)
    {
        const int HopSize = 8;
        var hops = new List<string>();
        while (bytes.Length >= HopSize)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            if (length < HopSize || length > bytes.Length) break;
            var attributes = new Attributes(bytes[HopSize..length].ToArray());
            hops.Add($"{attributes.Address(5) ?? attributes.Via(18)} {Interface(BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]))} weight {bytes[3] + 1}".Trim());
            bytes = bytes[Math.Min((length + 3) & ~3, bytes.Length)..];
        }

        return string.Join("; ", hops);
    }

    private string? Interface(long? index) => index is null or 0 ? null : names.GetValueOrDefault((int)index.Value) ?? $"index {index}";

    private static string Family(Message row) => Family(row.Head[0]);

    private static string Family(byte family) => family == AfInet6 ? "inet6" : "inet";

    private static string? Prefix(string? address, byte length, bool showsAll = false) =>
        address is null ? null : showsAll || length < (address.Contains(':', StringComparison.Ordinal) ? 128 : 32) ? $"{address}/{length}" : address;

    private static string? Named(string?[] list, int index) => index < list.Length && list[index] is { } name ? name : Text(index);

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Hex(long? number) => number is { } value ? $"0x{value:x}" : null;

    /// <summary>A message of one of these families: its fixed part comes first, then its attributes.</summary>
    private sealed record Message(int HeadSize, byte[] Head)
    {
        public Attributes Attributes() => new(Head.AsSpan(HeadSize));
    }

    /// <summary>Attributes by their numbers.</summary>
    private sealed class Attributes
    {
        private readonly Dictionary<int, byte[]> _values = [];

        public Attributes(ReadOnlySpan<byte> bytes)
        {
            while (RouteNetlink.NextAttribute(ref bytes, out int type, out ReadOnlySpan<byte> value)) _values[type] = value.ToArray();
        }

        public bool Has(int type) => _values.ContainsKey(type);

        public byte[] Bytes(int type) => _values.GetValueOrDefault(type) ?? [];

        public Attributes Nested(int type) => new(Bytes(type));

        public long? Number(int type) => BinaryPrimitives.TryReadUInt32LittleEndian(Bytes(type), out uint number) ? number : null;

        public string? Text(int type) => Has(type) ? RouteNetlink.Text(Bytes(type)) : null;

        public string? Address(int type) => Bytes(type) is { Length: 4 or 16 } bytes ? new IPAddress(bytes).ToString() : null;

        // struct rtvia: family, then the address
        public string? Via(int type) => Bytes(type) is { Length: 6 or 18 } bytes ? new IPAddress(bytes.AsSpan(2)).ToString() : null;

        public string? Hardware(int type) =>
            Bytes(type) is { Length: > 0 } bytes ? string.Join(':', Convert.ToHexStringLower(bytes).Chunk(2).Select(pair => new string(pair))) : null;

        public string? Ports(int type) => Bytes(type) is { Length: 4 } bytes
            ? $"{BinaryPrimitives.ReadUInt16LittleEndian(bytes)}-{BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2))}" : null;
    }
}
