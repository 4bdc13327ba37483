using System.Globalization;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Model;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Verify;

/// <summary>
/// Compares the rows that drops share: a task, reason, interface, flow or owner row is read when a drop first points to it, and its
/// content is remembered by its id. At the end it reports rows that no drop points to.
/// </summary>
internal sealed class PartCheck(SqliteConnection connection, Differences differences) : IDisposable
{
    // Past this the content is discarded and read again: a port scan has as many flows as packets.
    private const int MaxKnown = 1 << 16;

    private static readonly string[] TaskColumns = ["pid", "tgid", "comm"];
    private static readonly string[] ReasonColumns = ["name", "value", "subsystem"];
    private static readonly string[] InterfaceColumns = ["netns", "ifindex", "name"];
    private static readonly string[] FlowColumns =
    [
        "ethertype", "vlan", "ip_protocol", "src", "dst", "sport", "dport", "type", "code", "later_fragment", "tunnel", "inner_ethertype",
        "inner_vlan", "inner_ip_protocol", "inner_src", "inner_dst", "inner_sport", "inner_dport", "inner_type", "inner_code",
    ];

    private static readonly string[] OwnerColumns = ["cgroup", "uid"];

    private readonly Part<(int? Pid, int? Tgid, string? Comm)> _tasks = new(connection, differences, "task", TaskColumns);
    private readonly Part<DropReason> _reasons = new(connection, differences, "reason", ReasonColumns);
    private readonly Part<DropInterface> _interfaces = new(connection, differences, "interface", InterfaceColumns);
    private readonly Part<PacketHeaders> _flows = new(connection, differences, "flow", FlowColumns);
    private readonly Part<SocketOwner> _owners = new(connection, differences, "owner", OwnerColumns);

    /// <summary>Compares what a drop points to with its line.</summary>
    public void Compare(in StoredDrop stored, in DropEvent found)
    {
        if (HasBoth(stored, "task_id", stored.TaskId, found.Comm))
        {
            _tasks.Compare(stored.Id, stored.TaskId!.Value, (found.Pid, found.Tgid, found.Comm), static t => [Text(t.Pid), Text(t.Tgid), t.Comm]);
        }

        if (HasBoth(stored, "reason_id", stored.ReasonId, found.Reason?.Name))
        {
            _reasons.Compare(stored.Id, stored.ReasonId!.Value, found.Reason!, static r => [r.Name, Text(r.Value), r.Subsystem]);
        }

        if (HasBoth(stored, "interface_id", stored.InterfaceId, found.Interface?.Name))
        {
            _interfaces.Compare(
                stored.Id, stored.InterfaceId!.Value, found.Interface!.Value, static i => [Text(i.Netns), Text(i.IfIndex), i.Name]);
        }

        if (HasBoth(stored, "flow_id", stored.FlowId, found.Headers is null ? null : "a flow"))
        {
            _flows.Compare(stored.Id, stored.FlowId!.Value, found.Headers!.Value, Columns);
        }

        if (HasBoth(stored, "owner_id", stored.OwnerId, found.Owner is null ? null : "an owner"))
        {
            _owners.Compare(stored.Id, stored.OwnerId!.Value, found.Owner!.Value, static o => [Text(o.Cgroup), Text(o.Uid)]);
        }
    }

    /// <summary>Looks for rows that no drop points to. Interfaces may have none: all of the host's are stored.</summary>
    public void End()
    {
        _tasks.End("SELECT task_id FROM other_event");
        _reasons.End();
        _flows.End("SELECT flow_id FROM other_event WHERE flow_id IS NOT NULL");
        _owners.End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tasks.Dispose();
        _reasons.Dispose();
        _interfaces.Dispose();
        _flows.Dispose();
        _owners.Dispose();
    }

    // True if both exist, so that they can be compared.
    private bool HasBoth(in StoredDrop stored, string column, long? id, string? found)
    {
        if (id is null != found is null)
        {
            differences.Add("drop_event", column, Text(stored.Id)!, Text(id), found);
        }

        return id is not null && found is not null;
    }

    private static string?[] Columns(PacketHeaders headers)
    {
        PacketFlow flow = headers.Flow;
        PacketFlow? inner = headers.Inner;
        return
        [
            Text(flow.EtherType), Text(flow.Vlan), Text(flow.IpProtocol), IpText.Of(flow.Source, flow.EtherType), IpText.Of(flow.Destination, flow.EtherType),
            Text(flow.SourcePort), Text(flow.DestinationPort), Text(flow.Type), Text(flow.Code), flow.IsLaterFragment ? "1" : "0",
            headers.Tunnel, Text(inner?.EtherType), Text(inner?.Vlan), Text(inner?.IpProtocol),
            inner is { } from ? IpText.Of(from.Source, from.EtherType) : null, inner is { } to ? IpText.Of(to.Destination, to.EtherType) : null,
            Text(inner?.SourcePort), Text(inner?.DestinationPort), Text(inner?.Type), Text(inner?.Code),
        ];
    }

    private static string? Text(long? number) => Differences.Text(number);

    private static string? Text(uint? number) => number?.ToString(CultureInfo.InvariantCulture);

    /// <summary>One table of parts.</summary>
    private sealed class Part<T>(SqliteConnection connection, Differences differences, string table, string[] columns) : IDisposable
    {
        private readonly IdLookup _row = new(connection, $"SELECT {string.Join(", ", columns)} FROM {table} WHERE id = ?1");
        private readonly Dictionary<long, T> _known = [];
        private readonly IdSet _seen = new();

        public void Compare(long drop, long id, T found, Func<T, string?[]> texts)
        {
            if (_known.TryGetValue(id, out T? known) && EqualityComparer<T>.Default.Equals(known, found))
            {
                return;
            }

            _seen.Add(id);
            if (!_row.Find(id))
            {
                differences.Add("drop_event", $"{table}_id", Text(drop)!, Text(id), $"no row of {table}");
                return;
            }

            bool isSame = true;
            string?[] expected = texts(found);
            for (int i = 0; i < columns.Length; i++)
            {
                string? stored = _row.Text(i);
                if (stored != expected[i])
                {
                    isSame = false;
                    differences.Add(table, columns[i], $"{id} (drop {drop})", stored, expected[i]);
                }
            }

            if (isSame)
            {
                if (_known.Count == MaxKnown)
                {
                    _known.Clear();
                }

                _known[id] = found;
            }
        }

        /// <param name="others">Selects ids that another row than a drop points to.</param>
        public void End(string others = "SELECT 0") => DirectRows.ReadNumbers(connection, $"SELECT id FROM {table} WHERE id NOT IN ({others})", row =>
        {
            if (!_seen.Contains(row[0]))
            {
                differences.Add(table, "*", Text(row[0])!, "a row", "nothing that points to it");
            }
        });

        public void Dispose() => _row.Dispose();
    }
}
