using System.Buffers.Text;
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
