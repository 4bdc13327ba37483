using System.Text;
using DropForensics.Analyze.Lake;

namespace DropForensics.Tests.Docs;

/// <summary>Statements by which engines know the tables of a lake, made of the definition that the writer uses.</summary>
internal static class LakeStatements
{
    private const string Place = "s3://BUCKET/fleet";

    /// <summary>All tables for an engine: clickhouse, trino, athena, spark.</summary>
    public static string Of(string engine)
    {
        var text = new StringBuilder($"-- The tables of a lake, version {LakeSchema.Version}, for {Name(engine)}. docs/lake.md says more. Recorded by a test: change LakeSchema, not this file.\n");
        text.Append(engine switch
        {
            "trino" => $"\nCREATE SCHEMA IF NOT EXISTS hive.fleet WITH (location = '{Place}/');\n",
            "athena" => "\nCREATE DATABASE IF NOT EXISTS fleet;\n",
            "spark" => "\n-- Its reader has no times in ns: `time` is a number here. In µs: timestamp_micros(time div 1000).\nSET spark.sql.legacy.parquet.nanosAsLong = true;\nCREATE DATABASE IF NOT EXISTS fleet;\n",
            _ => "\n-- For 18.16 and later. Times are ns since 1970, and addresses of bytes are hexadecimal digits: as `analyze lake` prints them.\n",
        });
        foreach (LakeTable table in LakeSchema.All) text.Append('\n').Append(Table(engine, table));
        return text.ToString();
    }

    private static string Name(string engine) => engine switch { "clickhouse" => "ClickHouse", "trino" => "Trino's Hive connector", "athena" => "Athena", _ => "Spark" };

    private static string Table(string engine, LakeTable table)
    {
        char quote = engine == "trino" ? '"' : '`';
        IEnumerable<string> columns = table.Columns.Select(column => $"  {quote}{column.Name}{quote} {Type(engine, column.Type)}");
        string Columns(params string[] more) => string.Join(",\n", columns.Concat(more));
        string lines = table.IsByDate ? Columns($"  {quote}date{quote} {(engine == "clickhouse" ? "Nullable(Date)" : "date")}") : Columns();
        return engine switch
        {
            "clickhouse" when HasText(table) => $"CREATE TABLE IF NOT EXISTS {table.Name} (\n{WithText(lines)}\n) ENGINE = MergeTree PARTITION BY tuple() ORDER BY tuple();\n",
            "clickhouse" => $"CREATE TABLE IF NOT EXISTS {table.Name} (\n{lines}\n) ENGINE = MergeTree PARTITION BY tuple() ORDER BY tuple();\n",
            "trino" => $"CREATE TABLE hive.fleet.{table.Name} (\n{lines}\n) WITH (external_location = '{Place}/{table.Name}/', format = 'PARQUET'"
                + (table.IsByDate ? ", partitioned_by = ARRAY['date']);\n" + $"CALL hive.system.sync_partition_metadata('fleet', '{table.Name}', 'FULL');\n" : ");\n"),
            "athena" => $"CREATE EXTERNAL TABLE fleet.{table.Name} (\n{Columns()}\n)"
                + (table.IsByDate ? " PARTITIONED BY (`date` string)" : "") + $" STORED AS PARQUET LOCATION '{Place}/{table.Name}/'"
                + (table.IsByDate ? "\nTBLPROPERTIES ('projection.enabled' = 'true', 'projection.date.type' = 'date', 'projection.date.format' = 'yyyy-MM-dd', 'projection.date.range' = '2026-01-01,NOW');\n" : ";\n"),
            _ => $"CREATE TABLE fleet.{table.Name} (\n{lines}\n) USING PARQUET" + (table.IsByDate ? " PARTITIONED BY (`date`)" : "") + $" LOCATION '{Place}/{table.Name}/';\n"
                + (table.IsByDate ? $"MSCK REPAIR TABLE fleet.{table.Name};\n" : ""),
        };
    }

    private static bool HasText(LakeTable table) => table.Columns.Any(column => column.Name == LakeSchema.Time);

    // As the view has it that rows are taken from.
    private static string WithText(string lines) => lines.Insert(lines.LastIndexOf("  `date`", StringComparison.Ordinal), "  `time_utc` Nullable(String),\n");

    private static string Type(string engine, LakeType type) => (engine, type) switch
    {
        ("clickhouse", LakeType.Number or LakeType.Time) => "Nullable(Int64)",
        ("clickhouse", _) => "Nullable(String)",
        ("trino", LakeType.Time) => "timestamp(9)",
        ("trino", LakeType.Bytes) => "varbinary",
        ("trino", LakeType.Text) => "varchar",
        ("athena", LakeType.Time) => "timestamp",
        ("athena" or "spark", LakeType.Bytes) => "binary",
        ("athena" or "spark", LakeType.Text) => "string",
        _ => "bigint",
    };
}
