using System.Buffers;
using DropForensics.Core;

namespace DropForensics.Analyze.Lake;

/// <summary>
/// The statements by which DuckDB sees a lake: a view of each table under its name, and views with the columns of schema.sql's own, so that a question to
/// one capture is one to all of them.
/// </summary>
internal static class LakeViews
{
    /// <summary>As the view <c>drops</c> of schema.sql has times.</summary>
    private const string TimeText = "strftime(time, '%Y-%m-%dT%H:%M:%S.%fZ')";

    private static readonly SearchValues<char> Pattern = SearchValues.Create("*?[]{}");

    /// <summary>All statements, in their order.</summary>
    /// <exception cref="UserError">The lake's path has characters that DuckDB would read as a pattern.</exception>
    public static IEnumerable<string> Of(LakeFolder lake)
    {
        if (lake.FullName.AsSpan().ContainsAny(Pattern))
        {
            throw new UserError($"DuckDB takes {lake.FullName} for a pattern of names", "Move the lake to a folder without * ? [ ] { } in its name.");
        }

        return [.. LakeSchema.All.Select(table => View(lake, table)), .. OfSchema];
    }

    private static IEnumerable<string> OfSchema { get; } =
    [
        $"""
        CREATE VIEW all_events AS
        SELECT capture_uuid, host, kind, id AS drop_id, {TimeText} AS time_utc, time, t_ns, cpu, pid, comm,
               json_object('reason', reason, 'location', location, 'protocol', ethertype)::VARCHAR AS fields,
               interface, ifindex, netns, ip_protocol, src, dst, sport, dport, stack_id, raw_line, date FROM drops
         UNION ALL
        SELECT capture_uuid, host, kind, NULL, time_utc, time, t_ns, cpu, pid, comm, fields,
               interface, ifindex, netns, ip_protocol, src, dst, sport, dport, stack_id, raw_line, date FROM events
        """,
        """
        CREATE VIEW frames AS
        SELECT c.capture_uuid, c.host, c.stack_id, s.depth, s.symbol, s."offset", s.module
          FROM capture_stacks c JOIN stacks s ON s.stack_hash = c.stack_hash
        """,
    ];

    private static string View(LakeFolder lake, LakeTable table)
    {
        string columns = string.Join(", ", table.Columns.Select(column => $"\"{column.Name}\""));

        // Added twice at once, a stack may be in two files.
        string select = table == LakeSchema.Stacks ? "SELECT DISTINCT" : "SELECT";
        if (table.Columns.Any(column => column.Name == LakeSchema.Time)) columns += $", {TimeText} AS time_utc";
        if (table.IsByDate) columns += ", date";
        return $"CREATE VIEW {table.Name} AS {select} {columns} FROM {Source(lake, table)}";
    }

    // A table without files has its columns all the same.
    private static string Source(LakeFolder lake, LakeTable table)
    {
        if (lake.Files(table).Any())
        {
            string files = Path.Combine(lake.FullName, table.Name, table.IsByDate ? "*" : "", "*" + LakeFolder.Extension).Replace('\\', '/').Replace("'", "''", StringComparison.Ordinal);
            return $"read_parquet('{files}', hive_partitioning = {(table.IsByDate ? "true, hive_types = {'date': DATE}" : "false")}, union_by_name = true)";
        }

        IEnumerable<string> columns = table.Columns.Select(column => $"NULL::{TypeOf(column.Type)} AS \"{column.Name}\"");
        if (table.IsByDate) columns = columns.Append("NULL::DATE AS date");
        return $"(SELECT {string.Join(", ", columns)} WHERE false)";
    }

    private static string TypeOf(LakeType type) => type switch
    {
        LakeType.Text => "VARCHAR",
        LakeType.Bytes => "BLOB",
        LakeType.Time => "TIMESTAMPTZ",
        _ => "BIGINT",
    };
}
