using System.Globalization;

namespace DropForensics.Analyze.HostState;

/// <summary>What is known of an interface. Null: not known.</summary>
internal sealed record LinkState(long Netns, string Name)
{
    public long? Index { get; init; }
    public string? State { get; init; }
    public long? Mtu { get; init; }
    public long? QueueLength { get; init; }
    public string? Qdisc { get; init; }
    public string? Kind { get; init; }
    public string? Master { get; init; }

    /// <summary>What it is linked to, of a veth its peer: a name in its own namespace, or <c>index 7</c> in another.</summary>
    public string? Link { get; init; }

    /// <summary>Its namespace's number for the one that <see cref="Link"/> is in, or <c>unknown</c> if it has none; null where that is its own, or not known.</summary>
    public string? LinkNetnsId { get; init; }

    public string? Flags { get; init; }

    /// <summary>Its XDP programs: <c>generic 12</c>.</summary>
    public string? Xdp { get; init; }

    public static IEnumerable<LinkState> Parse(long netns, TsvText text) => text.Rows.Where(row => row.Text("interface") is not null).Select(row => new LinkState(netns, row.Text("interface") ?? "")
    {
        Index = row.Number("ifindex"),
        State = row.Text("state"),
        Mtu = row.Number("mtu"),
        QueueLength = row.Number("txqlen"),
        Qdisc = row.Text("qdisc"),
        Kind = row.Text("kind"),
        Master = row.Text("master"),
        Link = row.Text("link"),
        LinkNetnsId = row.Text("link_netnsid"),
        Flags = row.Text("flags"),
        Xdp = row.Text("xdp"),
    });
}

/// <summary>What the driver of a device told of it: by kind (<c>ring</c>, <c>statistic</c>) and name.</summary>
internal sealed class DeviceState(long netns, string name)
{
    private readonly Dictionary<(string Kind, string Name), string> _values = [];
    private readonly SortedDictionary<string, long> _statistics = new(StringComparer.Ordinal);

    public long Netns => netns;

    public string Name => name;

    public string? Driver => Text("driver", "driver");

    public string? Text(string kind, string name) => _values.GetValueOrDefault((kind, name));

    public long? Number(string kind, string name) => long.TryParse(Text(kind, name), out long number) ? number : null;

    /// <summary>The driver's own counters that are not zero.</summary>
    public IReadOnlyDictionary<string, long> Statistics => _statistics;

    public static IEnumerable<DeviceState> Parse(long netns, TsvText text)
    {
        var devices = new Dictionary<string, DeviceState>();
        foreach (TsvRow row in text.Rows)
        {
            if (row.Text("interface") is not { } name || row.Text("kind") is not { } kind || row.Text("name") is not { } what || row.Text("value") is not { } value) continue;
            if (!devices.TryGetValue(name, out DeviceState? device)) devices[name] = device = new DeviceState(netns, name);

            // Some drivers give the counters of each queue the same names.
            if (kind == "statistic" && long.TryParse(value, out long count)) device._statistics[what] = unchecked(device._statistics.GetValueOrDefault(what) + count);
            else device._values[(kind, what)] = value;
        }

        return devices.Values;
    }
}

/// <summary>A queueing discipline. Null: not known.</summary>
internal sealed record QdiscState(long Netns, string Interface, string Kind, string Handle, string Parent)
{
    public long? Limit { get; init; }

    /// <summary>Of netem: the share of packets that it loses on purpose, in percent.</summary>
    public double? Loss { get; init; }

    public long? Sent { get; init; }
    public long? Drops { get; init; }
    public long? Overlimits { get; init; }

    public static IEnumerable<QdiscState> Parse(long netns, TsvText text) => text.Rows.Where(row => row.Text("interface") is not null)
        .Select(row => new QdiscState(netns, row.Text("interface") ?? "", row.Text("kind") ?? "", row.Text("handle") ?? "", row.Text("parent") ?? "")
        {
            Limit = row.Number("limit"),
            Loss = double.TryParse(row.Text("loss"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double loss) ? loss : null,
            Sent = row.Number("sent"),
            Drops = row.Number("drops"),
            Overlimits = row.Number("overlimits"),
        });
}

/// <summary>A health reporter or trap of a card, as devlink has it. Null: not known.</summary>
/// <param name="Netns">Of the card.</param>
/// <param name="Device"><c>pci/0000:03:00.0</c></param>
/// <param name="Port">Empty: of the whole card.</param>
/// <param name="Kind"><c>health</c>, <c>trap drop</c>, <c>trap exception</c>.</param>
/// <param name="Name">Its name.</param>
internal sealed record DevlinkState(long Netns, string Device, string Port, string Kind, string Name)
{
    public long? Errors { get; init; }

    /// <summary>Packets that met the trap.</summary>
    public long? Packets { get; init; }

    /// <summary>What is done with them: <c>drop</c>, <c>trap</c>.</summary>
    public string? State { get; init; }

    public static IEnumerable<DevlinkState> Parse(long netns, TsvText text) => text.Rows.Where(row => row.Text("device") is not null)
        .Select(row => new DevlinkState(netns, row.Text("device") ?? "", row.Text("port") ?? "", row.Text("kind") ?? "", row.Text("name") ?? "")
        {
            Errors = row.Number("errors"),
            Packets = row.Number("packets"),
            State = row.Text("state"),
        });
}
