using System.Text;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Store;
using DropForensics.Core.Text;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Lake;

/// <summary>The drops and other events of a capture as rows of the tables <c>drops</c> and <c>events</c>, in the order of their time.</summary>
/// <param name="connection">The capture.</param>
/// <param name="name">Its name.</param>
/// <param name="stacks">Its stacks.</param>
internal sealed class CaptureRows(SqliteConnection connection, CaptureName name, CaptureStacks stacks)
{
    private const string OtherEvents = """
        SELECT kind, t_ns, cpu, pid, comm, fields, interface, ifindex, netns, ip_protocol, src, dst, sport, dport, stack_id, raw_line
          FROM events WHERE drop_id IS NULL ORDER BY t_ns, cpu, raw_line
        """;

    // Addresses as text, and the same as bytes.
    private static readonly string[] Addresses = ["src", "dst", "inner_src", "inner_dst"];

    private readonly AddressBytes _addresses = new();

    /// <summary>Writes the drops; how many.</summary>
    /// <param name="tableAt">Gives the table for rows of a time, in ns since 1970; null: it is unknown.</param>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public long WriteDrops(Func<long?, ParquetTable> tableAt, ProgressLine? progress, CancellationToken stop)
    {
        LakeTable columns = LakeSchema.Drops;
        Dictionary<long, string?> events = [];
        SqlRows.Read(connection, "SELECT id, event FROM site", site => events[SqlRows.Number(site, 0) ?? 0] = SqlRows.Text(site, 1));
        using var drops = new DropRows(connection);
        DropRow row = drops.Row;
        string[] view = [.. Enumerable.Range(0, row.Columns).Select(row.Name)];
        (int From, int To, bool IsText)[] copied = [.. columns.Columns.Select((column, at) => (From: Array.IndexOf(view, column.Name), at, column.Type == LakeType.Text)).Where(c => c.From >= 0)];
        (int From, int To)[] addresses = [.. Addresses.Select(each => (row[each], columns[each + "_ip"]))];
        int time = columns[LakeSchema.Time], kind = columns["kind"], hash = columns[LakeSchema.StackHash], stack = row["stack_id"];
        long written = 0;
        drops.Read(
            tNs =>
            {
                long? at = drops.Clock.RealNs(tNs);
                ParquetTable table = tableAt(at);
                name.Set(table);
                table.Set(time, at);
                foreach ((int from, int to, bool isText) in copied)
                {
                    if (isText) table.Set(to, row.Text(from));
                    else table.Set(to, row.Number(from));
                }

                foreach ((int from, int to) in addresses) table.Set(to, _addresses.Of(row.Text(from)));
                table.Set(kind, events.GetValueOrDefault(drops.Site ?? 0));
                table.Set(hash, stacks[row.Number(stack)]);
                stacks.CountDrop(row.Number(stack));
                table.EndRow();
                written++;
            },
            stop,
            progress);
        return written;
    }

    /// <summary>Writes the events that are no drops; how many.</summary>
    /// <inheritdoc cref="WriteDrops"/>
    public long WriteEvents(Func<long?, ParquetTable> tableAt, HostClock clock, CancellationToken stop)
    {
        LakeTable columns = LakeSchema.Events;
        string[] view = Array.ConvertAll(OtherEvents[..OtherEvents.IndexOf("FROM", StringComparison.Ordinal)]["SELECT ".Length..].Split(','), column => column.Trim());
        (int To, bool IsText)[] to = [.. view.Select(column => (columns[column], columns.Columns[columns[column]].Type == LakeType.Text))];
        (int From, int To)[] addresses = [.. Addresses[..2].Select(each => (Array.IndexOf(view, each), columns[each + "_ip"]))];
        int time = columns[LakeSchema.Time], hash = columns[LakeSchema.StackHash], tNs = Array.IndexOf(view, "t_ns"), stack = Array.IndexOf(view, "stack_id");
        long written = 0;
        SqlRows.Read(connection, OtherEvents, row =>
        {
            stop.ThrowIfCancellationRequested();
            long? at = clock.RealNs(SqlRows.Number(row, tNs) ?? 0);
            ParquetTable table = tableAt(at);
            name.Set(table);
            table.Set(time, at);
            for (int i = 0; i < to.Length; i++)
            {
                if (to[i].IsText) table.Set(to[i].To, SqlRows.Text(row, i));
                else table.Set(to[i].To, SqlRows.Number(row, i));
            }

            foreach ((int from, int bytes) in addresses) table.Set(bytes, _addresses.Of(SqlRows.Text(row, from)));
            table.Set(hash, stacks[SqlRows.Number(row, stack)]);
            table.EndRow();
            written++;
        });
        return written;
    }

    /// <summary>Addresses as bytes, in network order. Many drops share few addresses, so the last ones are kept.</summary>
    private sealed class AddressBytes
    {
        private const int MostKept = 1 << 16, Ipv4Bytes = 4, Ipv6Bytes = 16;

        private readonly Dictionary<string, byte[]?> _known = [];

        /// <summary>4 bytes or 16; null where the text is no address: a token, or NULL.</summary>
        public byte[]? Of(string? text)
        {
            if (text is null) return null;
            if (_known.TryGetValue(text, out byte[]? bytes)) return bytes;
            if (_known.Count == MostKept) _known.Clear();
            return _known[text] = Parse(text);
        }

        private static byte[]? Parse(string text)
        {
            if (!AsciiAddress.TryParse(Encoding.UTF8.GetBytes(text), out UInt128 address, out bool isIpv6)) return null;
            byte[] bytes = new byte[Ipv6Bytes];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
            return isIpv6 ? bytes : bytes[^Ipv4Bytes..];
        }
    }
}
