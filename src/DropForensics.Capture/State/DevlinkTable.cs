using System.Buffers.Binary;
using System.Globalization;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.State;

/// <summary>
/// What devlink tells of cards: packets that their hardware dropped or trapped, and errors that their health reporters saw. The file <c>devlink.tsv</c> of the
/// network namespace that the calling thread is in (include/uapi/linux/devlink.h).
/// </summary>
internal static class DevlinkTable
{
    public const string Path = "devlink.tsv";

    private const byte GetHealthReporter = 52, GetTrap = 61;
    private const int GenericNetlink = 16, Head = 4, MostRows = 4_000, MostBytes = 64 * 1024;
    private const ushort Control = 0x10;
    private const byte GetFamily = 3;

    private static readonly string[] Actions = ["drop", "trap", "mirror"], Types = ["drop", "exception", "control"];

    /// <summary>The table; null where no card has any of it.</summary>
    /// <exception cref="IOException">The kernel has no devlink, or would not answer.</exception>
    public static byte[]? Read()
    {
        // By a list of all: where one is asked for by its name, the kernel may load a module.
        var families = NetlinkDump<Family>.Read(GenericNetlink, Control, [GetFamily, 1, 0, 0], MostRows, Family.TryParse);
        if (families.Rows.FirstOrDefault(family => family.Name == "devlink") is not { } devlink) throw new IOException("the kernel has no devlink");
        var table = new TsvTable(MostBytes, "device", "port", "kind", "name", "state", "errors", "recovered", "packets", "bytes", "drops");
        foreach (byte command in new[] { GetHealthReporter, GetTrap })
        {
            var dump = NetlinkDump<DevlinkRow>.Read(GenericNetlink, devlink.Id, [command, 1, 0, 0], MostRows, DevlinkRow.TryParse);
            foreach (DevlinkRow row in dump.Rows) Add(table, row);
            if (dump.IsCut) table.Remark($"more than the {MostRows} that are listed here");
        }

        return table.Rows == 0 ? null : table.Bytes();
    }

    /// <summary>Of traps those that counted something: a switch has a hundred.</summary>
    private static void Add(TsvTable table, DevlinkRow row)
    {
        if (row.Reporter is { } reporter)
        {
            table.Add(row.Device, Text(row.Port), "health", reporter, row.State switch { 0 => "healthy", 1 => "error", _ => null }, Text(row.Errors), Text(row.Recovered));
        }
        else if (row.Trap is { } trap && (row.Packets > 0 || row.Drops > 0))
        {
            table.Add(
                row.Device, Text(row.Port), row.Type is { } type && type < Types.Length ? $"trap {Types[type]}" : "trap", trap, row.Action is { } action && action < Actions.Length ? Actions[action] : null,
                null, null, Text(row.Packets), Text(row.Bytes), Text(row.Drops));
        }
    }

    private static string? Text<T>(T? number) where T : struct, IFormattable => number?.ToString(null, CultureInfo.InvariantCulture);

    private sealed record Family(ushort Id, string Name)
    {
        public static Family? TryParse(ReadOnlySpan<byte> body)
        {
            if (body.Length < Head) return null;
            ushort id = 0;
            string name = "";
            for (ReadOnlySpan<byte> rest = body[Head..]; RouteNetlink.NextAttribute(ref rest, out int type, out ReadOnlySpan<byte> value);)
            {
                if (type == 1 && value.Length >= 2) id = BinaryPrimitives.ReadUInt16LittleEndian(value);
                else if (type == 2) name = RouteNetlink.Text(value);
            }

            return new Family(id, name);
        }
    }
}

/// <summary>A health reporter of a card, or one of its traps.</summary>
/// <param name="Device">Bus and place: <c>pci/0000:03:00.0</c>.</param>
internal sealed record DevlinkRow(string Device)
{
    public uint? Port { get; init; }

    /// <summary>The reporter's name; null for a trap.</summary>
    public string? Reporter { get; init; }

    public byte? State { get; init; }
    public ulong? Errors { get; init; }
    public ulong? Recovered { get; init; }

    /// <summary>The trap's name; null for a reporter.</summary>
    public string? Trap { get; init; }

    public byte? Action { get; init; }
    public byte? Type { get; init; }
    public ulong? Packets { get; init; }
    public ulong? Bytes { get; init; }

    /// <summary>Packets that the hardware dropped without handing them over.</summary>
    public ulong? Drops { get; init; }

    /// <summary>From the body of a message; null where it is neither.</summary>
    public static DevlinkRow? TryParse(ReadOnlySpan<byte> body)
    {
        const int Head = 4;
        if (body.Length < Head) return null;
        string bus = "", place = "";
        var row = new DevlinkRow("");
        for (ReadOnlySpan<byte> rest = body[Head..]; RouteNetlink.NextAttribute(ref rest, out int type, out ReadOnlySpan<byte> value);)
        {
            switch (type)
            {
                case 1: bus = RouteNetlink.Text(value); break;
                case 2: place = RouteNetlink.Text(value); break;
                case 3 when value.Length >= 4: row = row with { Port = BinaryPrimitives.ReadUInt32LittleEndian(value) }; break;
                case 114: row = row.WithReporter(value); break;
                case 129: row = row.WithStatistics(value); break;
                case 130: row = row with { Trap = RouteNetlink.Text(value) }; break;
                case 131 when value.Length > 0: row = row with { Action = value[0] }; break;
                case 132 when value.Length > 0: row = row with { Type = value[0] }; break;
            }
        }

        return row.Reporter is null && row.Trap is null ? null : row with { Device = $"{bus}/{place}" };
    }

    private DevlinkRow WithReporter(ReadOnlySpan<byte> nested)
    {
        DevlinkRow row = this;
        while (RouteNetlink.NextAttribute(ref nested, out int type, out ReadOnlySpan<byte> value))
        {
            row = type switch
            {
                115 => row with { Reporter = RouteNetlink.Text(value) },
                116 when value.Length > 0 => row with { State = value[0] },
                117 => row with { Errors = Number(value) },
                118 => row with { Recovered = Number(value) },
                _ => row,
            };
        }

        return row;
    }

    private DevlinkRow WithStatistics(ReadOnlySpan<byte> nested)
    {
        DevlinkRow row = this;
        while (RouteNetlink.NextAttribute(ref nested, out int type, out ReadOnlySpan<byte> value))
        {
            row = type switch
            {
                0 => row with { Packets = Number(value) },
                1 => row with { Bytes = Number(value) },
                2 => row with { Drops = Number(value) },
                _ => row,
            };
        }

        return row;
    }

    private static ulong? Number(ReadOnlySpan<byte> value) => BinaryPrimitives.TryReadUInt64LittleEndian(value, out ulong number) ? number : null;
}
