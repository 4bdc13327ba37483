using System.Buffers.Binary;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.Rules;

/// <summary>A filter of traffic control with what it does (include/uapi/linux/rtnetlink.h, pkt_cls.h).</summary>
/// <param name="Handle">Its number among those of its priority.</param>
/// <param name="Priority">The lower, the earlier it is asked.</param>
/// <param name="Protocol">EtherType of the packets it is asked about.</param>
internal sealed record TcFilter(uint Handle, int Priority, ushort Protocol)
{
    // TCA_… (enum in rtnetlink.h)
    private const int KindOf = 1, OptionsOf = 2, ChainOf = 11, MessageSize = 20;

    public string Kind { get; init; } = "";

    public uint Chain { get; init; }

    /// <summary>What it matches, as the program tc has it, or its BPF program; null where that is not known here.</summary>
    public string? What { get; init; }

    /// <summary>A BPF program that decides by itself: what it drops nobody counts.</summary>
    public bool IsDecidedByProgram { get; init; }

    /// <summary>What it does with a packet that matches, in this order.</summary>
    public IReadOnlyList<TcAction> Actions { get; init; } = [];

    /// <summary><c>ip</c>, as tc names it.</summary>
    public string ProtocolName => Protocol switch { 3 => "all", 0x0800 => "ip", 0x86dd => "ipv6", 0x0806 => "arp", 0x8100 => "802.1Q", 0x88a8 => "802.1ad", var other => $"0x{other:x4}" };

    /// <summary>From the body of an RTM_NEWTFILTER message; null where it is too short, or stands for all filters of a priority, or for a hash table.</summary>
    public static TcFilter? TryParse(ReadOnlySpan<byte> body)
    {
        const int u32Divisor = 4;
        if (body.Length < MessageSize || BinaryPrimitives.ReadUInt32LittleEndian(body[8..]) is not (> 0 and var handle)) return null;
        ReadOnlySpan<byte> attributes = body[MessageSize..];
        var filter = new TcFilter(handle, BinaryPrimitives.ReadUInt16LittleEndian(body[18..]), BinaryPrimitives.ReadUInt16BigEndian(body[16..]))
        {
            Kind = RouteNetlink.Text(NfTables.Find(attributes, KindOf)),
            Chain = (uint)(RouteNetlink.Int32(NfTables.Find(attributes, ChainOf)) ?? 0),
        };
        ReadOnlySpan<byte> options = NfTables.Find(attributes, OptionsOf);
        return filter.Kind switch
        {
            "u32" when !NfTables.Find(options, u32Divisor).IsEmpty => null,
            "flower" => filter with { What = FlowerText.Of(options), Actions = TcAction.ParseAll(NfTables.Find(options, 3)) },
            "bpf" => filter.WithProgram(options),
            "u32" => filter with { Actions = TcAction.ParseAll(NfTables.Find(options, 7)) },
            "matchall" => filter with { Actions = TcAction.ParseAll(NfTables.Find(options, 2)) },
            "basic" => filter with { Actions = TcAction.ParseAll(NfTables.Find(options, 3)) },
            "fw" => filter with { Actions = TcAction.ParseAll(NfTables.Find(options, 4)) },
            "cgroup" => filter with { Actions = TcAction.ParseAll(NfTables.Find(options, 1)) },
            _ => filter,
        };
    }

    private TcFilter WithProgram(ReadOnlySpan<byte> options)
    {
        // TCA_BPF_…, TCA_BPF_FLAG_ACT_DIRECT
        const int actions = 1, name = 7, flags = 8, id = 11, isDirect = 1;
        string words = RouteNetlink.Int32(NfTables.Find(options, id)) is { } number ? $"{RouteNetlink.Text(NfTables.Find(options, name))} id {number}" : RouteNetlink.Text(NfTables.Find(options, name));
        return this with
        {
            What = words.Trim(),
            IsDecidedByProgram = (RouteNetlink.Int32(NfTables.Find(options, flags)) & isDirect) != 0,
            Actions = TcAction.ParseAll(NfTables.Find(options, actions)),
        };
    }
}

/// <summary>What a filter does. Several filters may share one: it then counts for all of them.</summary>
/// <param name="Kind"><c>gact</c>, <c>police</c>, <c>mirred</c>.</param>
/// <param name="Index">Its number among those of its kind in the network namespace.</param>
internal sealed record TcAction(string Kind, uint? Index)
{
    /// <summary>What becomes of the packet; of a policer, of one beyond its rate. Null where that is not known here.</summary>
    public string? Verdict { get; init; }

    public TcStatistics Counts { get; init; } = TcStatistics.None;

    /// <summary>From a list of actions in the order in which they run.</summary>
    public static IReadOnlyList<TcAction> ParseAll(ReadOnlySpan<byte> list)
    {
        List<TcAction> actions = [];
        while (RouteNetlink.NextAttribute(ref list, out _, out ReadOnlySpan<byte> action)) actions.Add(Parse(action));
        return actions;
    }

    private static TcAction Parse(ReadOnlySpan<byte> attributes)
    {
        // TCA_ACT_…; TCA_GACT_PARMS is a struct tc_gact, TCA_POLICE_TBF a struct tc_police. Both begin with the number.
        const int kindOf = 1, optionsOf = 2, statisticsOf = 4, gactParameters = 2, policeParameters = 1, gactVerdictAt = 8, policeVerdictAt = 4;
        string kind = RouteNetlink.Text(NfTables.Find(attributes, kindOf));
        ReadOnlySpan<byte> options = NfTables.Find(attributes, optionsOf);
        ReadOnlySpan<byte> parameters = NfTables.Find(options, kind == "police" ? policeParameters : gactParameters);
        int verdictAt = kind == "police" ? policeVerdictAt : gactVerdictAt;
        return new TcAction(kind, (uint?)RouteNetlink.Int32(parameters))
        {
            Verdict = kind is "gact" or "police" && parameters.Length >= verdictAt + 4 ? VerdictOf(BinaryPrimitives.ReadInt32LittleEndian(parameters[verdictAt..])) : null,
            Counts = TcStatistics.Parse(NfTables.Find(attributes, statisticsOf)),
        };
    }

    // TC_ACT_…, as tc names them; in the upper four bits a jump or another chain.
    private static string VerdictOf(int verdict) => verdict switch
    {
        -1 => "continue",
        0 => "pass",
        1 => "reclassify",
        2 => "drop",
        3 => "pipe",
        4 => "stolen",
        8 => "trap",
        _ when verdict >> 28 == 1 => $"jump {verdict & 0xfffffff}",
        _ when verdict >> 28 == 2 => $"goto chain {verdict & 0xfffffff}",
        _ => $"verdict {verdict}",
    };
}
