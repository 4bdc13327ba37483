using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;
using DropForensics.Analyze.Facts;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Analyze.Pass;

/// <summary>
/// What the pass must know of a flow by its id: the service it asked for, and the first id of the same flow, because the writer forgets
/// flows after some 65,000 and gives one met again a second row. Two integers a flow; its addresses stay in the file.
/// </summary>
internal sealed class FlowIndex
{
    private const string SameSql = """
        SELECT id, first FROM (
          SELECT id, min(id) OVER (PARTITION BY ethertype, vlan, ip_protocol, src, dst, sport, dport, type, code, later_fragment, tunnel,
                   inner_ethertype, inner_vlan, inner_ip_protocol, inner_src, inner_dst, inner_sport, inner_dport, inner_type, inner_code) AS first
            FROM flow)
         WHERE first <> id
        """;

    private const string ServiceSql = """
        SELECT id, ethertype, ip_protocol, dport, type, later_fragment, tunnel, inner_ethertype, inner_ip_protocol, inner_dport, inner_type, dst FROM flow
        """;

    private readonly Dictionary<long, int> _same = [];
    private readonly Dictionary<FlowService, int> _byService = [];
    private readonly Dictionary<int, string> _names = [];
    private readonly int[] _services;

    private FlowIndex(int flows)
    {
        _services = new int[flows + 1];
        Array.Fill(_services, -1);
    }

    /// <summary>The distinct services; one of each number that <see cref="ServiceOf"/> gives.</summary>
    public List<FlowService> Services { get; } = [];

    /// <summary>Reads the table of flows, row by row.</summary>
    public static FlowIndex Read(SqliteConnection connection)
    {
        // The writer counts ids from 1. An id far beyond the number of rows is forged; its drops have no flow.
        long rows = 0;
        SqlRows.Read(connection, "SELECT count(*) FROM flow", row => rows = raw.sqlite3_column_int64(row, 0));
        var index = new FlowIndex((int)Math.Min(rows, int.MaxValue / 2));
        if (rows > 0)
        {
            SqlRows.Read(connection, ServiceSql, index.AddService);
            SqlRows.Read(connection, SameSql, row => index._same[raw.sqlite3_column_int64(row, 0)] = raw.sqlite3_column_int(row, 1));
        }

        return index;
    }

    /// <summary>The id a flow is counted under; -1 where there is no such flow.</summary>
    public int FirstOf(long flow) => flow < 1 || flow >= _services.Length || _services[flow] < 0 ? -1
        : _same.Count > 0 && _same.TryGetValue(flow, out int first) ? first : (int)flow;

    /// <summary>The number of a flow's service, from an id that <see cref="FirstOf"/> gave.</summary>
    public int ServiceOf(int flow) => _services[flow];

    /// <summary>A service as people call it: <c>UDP to port 9</c>.</summary>
    public string NameOf(int service)
    {
        if (!_names.TryGetValue(service, out string? name))
        {
            _names.Add(service, name = Facts.Protocols.Service(Services[service]));
        }

        return name;
    }

    private void AddService(sqlite3_stmt row)
    {
        long id = raw.sqlite3_column_int64(row, 0);
        if (id < 1 || id >= _services.Length)
        {
            return;
        }

        var service = new FlowService(
            raw.sqlite3_column_int(row, 1), Number(row, 2), Number(row, 3), Number(row, 4), raw.sqlite3_column_int(row, 5) != 0,
            raw.sqlite3_column_type(row, 6) == raw.SQLITE_NULL ? null : Display.Visible.Text(raw.sqlite3_column_text(row, 6).utf8_to_string()),
            Number(row, 7), Number(row, 8), Number(row, 9), Number(row, 10), AudienceOf(raw.sqlite3_column_blob(row, 11)));
        if (!_byService.TryGetValue(service, out int number))
        {
            number = Services.Count;
            _byService.Add(service, number);
            Services.Add(service);
        }

        _services[id] = number;
    }

    // Addresses as the schema has them: '224.0.0.251', 'ff02::fb', '255.255.255.255'. ARP's addresses do not show whom it went to.
    private static Audience AudienceOf(ReadOnlySpan<byte> address) =>
        address.SequenceEqual("255.255.255.255"u8) ? Audience.Everybody
        : address.IndexOf((byte)'.') is > 0 and var dot && Utf8Parser.TryParse(address[..dot], out byte first, out int read) && read == dot ? first is >= 224 and < 240 ? Audience.Group : Audience.One
        : address.Length > 4 && address[..2].SequenceEqual("ff"u8) && address[4] == ':' ? Audience.Group
        : Audience.One;

    private static int? Number(sqlite3_stmt row, int column) => (int?)SqlRows.Number(row, column);
}

/// <summary>
/// Finds pairs of hosts of which one sent to many ports of the other, among very many flows: 64 bits a pair, one for each port by its hash, so
/// that the number of set bits estimates the number of ports. No address becomes text.
/// </summary>
internal static class PortFans
{
    // Twenty ports set 17 of 64 bits on the average; fewer than this few times in a thousand.
    private const int LeastBits = 13;

    /// <summary>Past this many pairs those with one port so far are forgotten: a pair with many has more by then.</summary>
    private const int MostPairs = 1 << 18;

    private const string Sql = "SELECT id, ip_protocol, src, dst, dport FROM flow WHERE dport IS NOT NULL AND ip_protocol IN (6, 17)";

    /// <summary>The first flow of each such pair, those with the most ports first.</summary>
    public static IReadOnlyList<long> FirstFlows(SqliteConnection connection, int most)
    {
        Dictionary<(int Hosts, long Protocol), (long First, ulong Ports)> pairs = [];
        SqlRows.Read(connection, Sql, row =>
        {
            var hosts = new HashCode();
            hosts.AddBytes(raw.sqlite3_column_blob(row, 2));
            hosts.Add(0); // between the two
            hosts.AddBytes(raw.sqlite3_column_blob(row, 3));
            ref (long First, ulong Ports) pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, (hosts.ToHashCode(), raw.sqlite3_column_int64(row, 1)), out bool seen);
            if (!seen) pair.First = raw.sqlite3_column_int64(row, 0);
            pair.Ports |= 1UL << (int)((uint)(raw.sqlite3_column_int(row, 4) * 0x9E3779B1) >> 26);
            if (!seen && pairs.Count > MostPairs)
            {
                foreach ((var key, (_, ulong ports)) in pairs)
                {
                    if (BitOperations.PopCount(ports) == 1) pairs.Remove(key); // removing while enumerating is allowed
                }
            }
        });
        return pairs.Values.Where(p => BitOperations.PopCount(p.Ports) >= LeastBits)
            .OrderByDescending(p => BitOperations.PopCount(p.Ports)).ThenBy(p => p.First).Take(most).Select(p => p.First).ToList();
    }
}

/// <summary>
/// Counts drops by flow. A port scan has as many flows as drops, so past a number of distinct ones the rarest are forgotten and only
/// their sum is kept: what is listed is then a lower bound, off by that sum at most (after Misra and Gries, 1982).
/// </summary>
/// <param name="rows">Drops of each over time.</param>
/// <param name="most">Distinct ones kept.</param>
internal sealed class FlowTallies(BinRows rows, int most = 1 << 20)
{
    private readonly Dictionary<FlowKey, FlowTally> _tallies = [];

    /// <summary>Drops by flow, reason and interface.</summary>
    public IReadOnlyDictionary<FlowKey, FlowTally> All => _tallies;

    /// <summary>Drops of flows that were too rare to keep; 0: all is exact.</summary>
    public long Forgotten { get; private set; }

    /// <summary>A drop.</summary>
    public void Add(FlowKey key, long t, int bin)
    {
        ref FlowTally tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_tallies, key, out bool seen);
        tally = seen ? tally.With(t) : new FlowTally(rows.NewKey(), 1, t, t);
        rows.Count(tally.Row, bin);
        if (!seen && _tallies.Count > most)
        {
            ForgetRarest();
        }
    }

    /// <summary>The drops of some of these together in each bin; null if one is unknown.</summary>
    public int[]? Over(IEnumerable<FlowTally> tallies, Bins bins) => Series.Sum(tallies.Select(t => rows.Of(t.Row) ?? InOneBin(t, bins)));

    // Rare flows give their rows up first, and these are mostly over within one bin.
    private static int[]? InOneBin(FlowTally tally, Bins bins)
    {
        int bin = bins.IndexOf(tally.FirstNs);
        if (bin != bins.IndexOf(tally.LastNs))
        {
            return null;
        }

        int[] series = new int[bins.Count];
        series[bin] = (int)tally.Drops;
        return series;
    }

    private void ForgetRarest()
    {
        for (long rare = 1; _tallies.Count > most / 2; rare *= 2)
        {
            foreach ((FlowKey key, FlowTally tally) in _tallies)
            {
                if (tally.Drops <= rare)
                {
                    Forgotten += tally.Drops;
                    rows.Forget(tally.Row);
                    _tallies.Remove(key); // removing while enumerating is allowed
                }
            }
        }
    }
}

/// <summary>Drops of one flow, reason and interface: their row over time, how many, and when.</summary>
internal readonly record struct FlowTally(int Row, long Drops, long FirstNs, long LastNs)
{
    /// <summary>One drop more.</summary>
    public FlowTally With(long t) => new(Row, Drops + 1, Math.Min(FirstNs, t), Math.Max(LastNs, t));

    /// <summary>Both together.</summary>
    public FlowTally With(FlowTally other) => new(Row, Drops + other.Drops, Math.Min(FirstNs, other.FirstNs), Math.Max(LastNs, other.LastNs));
}
