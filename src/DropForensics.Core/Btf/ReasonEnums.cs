namespace DropForensics.Core.Btf;

/// <summary>
/// The drop-reason enums of one kernel and its modules: the name of each number, and the number of each subsystem
/// (include/net/dropreason.h: subsystem = value &gt;&gt; 16; its numbers 2 and 3 have meant different subsystems in different kernels).
/// </summary>
public sealed class ReasonEnums
{
    private const string Word = "drop_reason";
    private const string SubsystemPrefix = "SKB_DROP_REASON_SUBSYS_";

    // Which subsystem's values an enum holds. An enum that is not listed is not used: its numbers may mean anything.
    private static readonly (string Enum, string Subsystem)[] Owners =
    [
        ("___mac80211_drop_reason", "mac80211"), ("mac80211_drop_reason", "mac80211"),
        ("ovs_drop_reason", "openvswitch"), ("qdisc_drop_reason", "qdisc"),
    ];

    private readonly Dictionary<uint, string> _names = [];
    private readonly Dictionary<uint, string> _subsystems = [];

    private ReasonEnums(IEnumerable<ReasonEnum> all)
    {
        // By path, because a capture has one artifact for each path; vmlinux first, because a module may have a copy of the kernel's enums.
        All = [.. all.DistinctBy(each => each.Path).OrderBy(each => each.File == "vmlinux" ? 0 : 1)];
        ReadSubsystems(All.FirstOrDefault(each => each.Name == "skb_drop_reason_subsys"));
        ReadCore(All.FirstOrDefault(each => each.Name == "skb_drop_reason"));
        foreach ((string? name, string? subsystem) in Owners)
        {
            foreach (ReasonEnum? found in All.Where(each => each.Name == name)) ReadSubsystem(found, subsystem);
        }
    }

    /// <summary>For a kernel without BTF: empty.</summary>
    public static ReasonEnums Empty { get; } = new([]);

    /// <summary>Every enum found, vmlinux's first: what a capture keeps.</summary>
    public IReadOnlyList<ReasonEnum> All { get; }

    /// <summary>Number to name: core's as the event prints them (<c>NO_SOCKET</c>; also <c>CONSUMED</c> and <c>NOT_DROPPED_YET</c>, which
    /// it never has), the others' whole (<c>OVS_DROP_METER</c>). Marks such as <c>MAX</c> are left out.</summary>
    public IReadOnlyDictionary<uint, string> Names => _names;

    /// <summary>From the files of BTF, by name: <c>vmlinux</c>, <c>mac80211</c>.</summary>
    public static ReasonEnums From(IEnumerable<(string File, BtfFile Btf)> files)
    {
        var all = new List<ReasonEnum>();
        foreach ((string? file, BtfFile? btf) in files)
        {
            foreach ((string? name, IReadOnlyList<(string Name, long Value)>? values) in btf.Enums(Word))
            {
                if (ReasonEnum.From(file, name, values) is { } found) all.Add(found);
            }
        }

        return new ReasonEnums(all);
    }

    /// <summary>From a capture's artifacts; other paths are skipped.</summary>
    public static ReasonEnums Parse(IEnumerable<HostFile> artifacts) =>
        new(artifacts.Select(artifact => ReasonEnum.Parse(artifact.Path, artifact.Content)).OfType<ReasonEnum>());

    /// <summary>Of a reason: <c>core</c>, <c>mac80211</c>, <c>openvswitch</c>, <c>qdisc</c> …; null if unknown.</summary>
    public string? SubsystemOf(uint reason) => (reason >> 16) switch
    {
        0 => "core",
        1 => "mac80211",   // Since subsystems exist (6.4); no other number has kept its meaning.
        var number => _subsystems.GetValueOrDefault(number),
    };

    private void ReadSubsystems(ReasonEnum? subsystems)
    {
        foreach ((string? name, long value) in subsystems?.Values ?? [])
        {
            if (!name.StartsWith(SubsystemPrefix, StringComparison.Ordinal) || IsMark(name) || value is < 0 or > 0xffff) continue;
            string subsystem = name[SubsystemPrefix.Length..].ToLowerInvariant();

            // mac80211 had two numbers, for frames unusable and for frames only a monitor may see.
            _subsystems.TryAdd((uint)value, subsystem.StartsWith("mac80211_", StringComparison.Ordinal) ? "mac80211" : subsystem);
        }
    }

    private void ReadCore(ReasonEnum? core)
    {
        foreach ((string? name, long value) in core?.Values ?? [])
        {
            if (!IsMark(name) && value is >= 0 and <= 0xffff) _names.TryAdd((uint)value, WithoutPrefix(name));
        }
    }

    private void ReadSubsystem(ReasonEnum values, string subsystem)
    {
        foreach ((string? name, long value) in values.Values)
        {
            if (IsMark(name) || value is <= 0xffff or > uint.MaxValue) continue;
            uint reason = (uint)value;
            if (SubsystemOf(reason) is null) _subsystems.Add(reason >> 16, subsystem);
            if (SubsystemOf(reason) == subsystem) _names.TryAdd(reason, name.TrimStart('_'));
        }
    }

    private static string WithoutPrefix(string name) =>
        name.StartsWith("SKB_DROP_REASON_", StringComparison.Ordinal) ? name["SKB_DROP_REASON_".Length..]
        : name.StartsWith("SKB_", StringComparison.Ordinal) ? name["SKB_".Length..]
        : name;

    // SKB_DROP_REASON_MAX, QDISC_DROP_MAX, SKB_DROP_REASON_SUBSYS_MASK, SKB_DROP_REASON_SUBSYS_NUM, __OVS_DROP_REASON,
    // OVS_DROP_NUM_REASONS: ends, widths and beginnings of the list.
    private static bool IsMark(string name) =>
        name.EndsWith("_MAX", StringComparison.Ordinal) || name.EndsWith("_MASK", StringComparison.Ordinal)
        || name.EndsWith("_NUM", StringComparison.Ordinal) || name.EndsWith("_DROP_REASON", StringComparison.Ordinal)
        || name.EndsWith("_NUM_REASONS", StringComparison.Ordinal);
}
