using System.Buffers.Binary;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.Rules;

/// <summary>Requests to nf_tables, and what all its messages have (include/uapi/linux/netfilter/nfnetlink.h, nf_tables.h). Numbers are in network order.</summary>
internal static class NfTables
{
    private const int Subsystem = 10 << 8;   // NFNL_SUBSYS_NFTABLES

    public const ushort GetChain = Subsystem | 4, GetRule = Subsystem | 7, GetSetElements = Subsystem | 13;

    /// <summary>The body of a request for all families: struct nfgenmsg.</summary>
    public static ReadOnlySpan<byte> AnyFamily => [0, 0, 0, 0];

    /// <summary>Bytes of struct nfgenmsg, before the attributes.</summary>
    public const int BodySize = 4;

    /// <summary><c>inet</c>, as the program nft names it.</summary>
    public static string Family(byte family) => family switch { 1 => "inet", 2 => "ip", 3 => "arp", 5 => "netdev", 7 => "bridge", 10 => "ip6", _ => $"family {family}" };

    /// <summary>A hook's name, by family; netdev has its own numbers, and arp too.</summary>
    public static string Hook(byte family, int hook) => (family, hook) switch
    {
        (5, 0) => "ingress",
        (5, 1) => "egress",
        (3, 0) => "input",
        (3, 1) => "output",
        (_, 0) => "prerouting",
        (_, 1) => "input",
        (_, 2) => "forward",
        (_, 3) => "output",
        (_, 4) => "postrouting",
        (_, 5) => "ingress",
        _ => $"hook {hook}",
    };

    /// <summary>A verdict's name, <c>drop</c>, <c>jump other</c>, from its attributes; null if they hold none.</summary>
    public static string? Verdict(ReadOnlySpan<byte> attributes)
    {
        // enum nft_verdicts; those of netfilter may carry an error or a queue in their upper half.
        const int code = 1, chainName = 2, @continue = -1, jump = -3, @goto = -4, @return = -5, drop = 0, accept = 1, stolen = 2, queue = 3;
        return Int32(Find(attributes, code)) switch
        {
            null => null,
            jump => $"jump {RouteNetlink.Text(Find(attributes, chainName))}",
            @goto => $"goto {RouteNetlink.Text(Find(attributes, chainName))}",
            @return => "return",
            @continue => "continue",
            < 0 and var other => $"verdict {other}",
            var all => (all & 0xff) switch { drop => "drop", accept => "accept", stolen => "stolen", queue => "queue", var other => $"verdict {other}" },
        };
    }

    public static int? Int32(ReadOnlySpan<byte> value) => BinaryPrimitives.TryReadInt32BigEndian(value, out int number) ? number : null;

    public static long? Int64(ReadOnlySpan<byte> value) => BinaryPrimitives.TryReadInt64BigEndian(value, out long number) ? number : null;

    /// <summary>The first attribute of a type; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int wanted)
    {
        while (RouteNetlink.NextAttribute(ref attributes, out int type, out ReadOnlySpan<byte> value))
        {
            if (type == wanted) return value;
        }

        return [];
    }

    /// <summary>Packets and bytes of a counter's attributes.</summary>
    public static (long? Packets, long? Bytes) Counter(ReadOnlySpan<byte> attributes) => (Int64(Find(attributes, 2)), Int64(Find(attributes, 1)));
}

/// <summary>A chain. Hook, priority and policy are null for one that only other chains jump to; packets, for one that does not count.</summary>
internal sealed record NfChain(string Family, string Table, string Name)
{
    public string? Hook { get; init; }
    public int? Priority { get; init; }

    /// <summary>Those it is bound to, separated by blanks; null where it is bound to none.</summary>
    public string? Devices { get; init; }

    public string? Policy { get; init; }
    public long? Packets { get; init; }
    public long? Bytes { get; init; }

    /// <summary>From the body of an NFT_MSG_NEWCHAIN message; null where it is none.</summary>
    public static NfChain? TryParse(ReadOnlySpan<byte> body)
    {
        const int TableName = 1, NameOfIt = 3, HookOfIt = 4, PolicyOfIt = 5, Counters = 8;
        if (body.Length < NfTables.BodySize) return null;
        byte family = body[0];
        var chain = new NfChain(NfTables.Family(family), "", "");
        for (ReadOnlySpan<byte> rest = body[NfTables.BodySize..]; RouteNetlink.NextAttribute(ref rest, out int type, out ReadOnlySpan<byte> value);)
        {
            chain = type switch
            {
                TableName => chain with { Table = RouteNetlink.Text(value) },
                NameOfIt => chain with { Name = RouteNetlink.Text(value) },
                HookOfIt => chain.With(family, value),
                PolicyOfIt => chain with { Policy = NfTables.Int32(value) switch { 0 => "drop", 1 => "accept", _ => null } },
                Counters when NfTables.Counter(value) is var (packets, bytes) => chain with { Packets = packets, Bytes = bytes },
                _ => chain,
            };
        }

        return chain.Name.Length == 0 ? null : chain;
    }

    private NfChain With(byte family, ReadOnlySpan<byte> hook)
    {
        const int Number = 1, PriorityOfIt = 2, DeviceOfIt = 3, DevicesOfIt = 4;
        List<string> devices = [];
        if (RouteNetlink.Text(NfTables.Find(hook, DeviceOfIt)) is { Length: > 0 } only) devices.Add(only);
        for (ReadOnlySpan<byte> rest = NfTables.Find(hook, DevicesOfIt); RouteNetlink.NextAttribute(ref rest, out _, out ReadOnlySpan<byte> device);) devices.Add(RouteNetlink.Text(device));
        return this with
        {
            Hook = NfTables.Int32(NfTables.Find(hook, Number)) is { } number ? NfTables.Hook(family, number) : null,
            Priority = NfTables.Int32(NfTables.Find(hook, PriorityOfIt)),
            Devices = devices.Count == 0 ? null : string.Join(' ', devices.Distinct()),
        };
    }
}

/// <summary>A rule. Packets and bytes are those of its counter; null where it has none.</summary>
internal sealed record NfRule(string Family, string Table, string Chain, long? Handle)
{
    public long? Packets { get; init; }
    public long? Bytes { get; init; }

    /// <summary>What it does with a packet that matches: <c>drop</c>, <c>jump other</c>; null where it goes on.</summary>
    public string? Verdict { get; init; }

    /// <summary>As the program nft would print it, as far as its expressions are known here.</summary>
    public string Text { get; init; } = "";

    /// <summary>From the body of an NFT_MSG_NEWRULE message; null where it is none.</summary>
    /// <param name="body">The body.</param>
    /// <param name="sets">Reads sets that rules have of their own.</param>
    public static NfRule? TryParse(ReadOnlySpan<byte> body, NfSets sets)
    {
        const int TableName = 1, ChainName = 2, HandleOfIt = 3, Expressions = 4, UserData = 7;
        if (body.Length < NfTables.BodySize) return null;
        ReadOnlySpan<byte> attributes = body[NfTables.BodySize..];
        string family = NfTables.Family(body[0]);
        (byte number, string? table) = (body[0], RouteNetlink.Text(NfTables.Find(attributes, TableName)));
        var words = new RuleWords(family, set => sets.Read(number, table, set));
        for (ReadOnlySpan<byte> rest = NfTables.Find(attributes, Expressions); RouteNetlink.NextAttribute(ref rest, out _, out ReadOnlySpan<byte> expression);) words.Add(expression);
        words.Comment(NfTables.Find(attributes, UserData));
        return new NfRule(family, table, RouteNetlink.Text(NfTables.Find(attributes, ChainName)), NfTables.Int64(NfTables.Find(attributes, HandleOfIt)))
        {
            Packets = words.Packets,
            Bytes = words.Bytes,
            Verdict = words.Verdict,
            Text = words.Text,
        };
    }
}
