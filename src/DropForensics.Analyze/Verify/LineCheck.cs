using System.Globalization;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Verify;

/// <summary>Compares the lines of each stream by kind, and the samples of those that did not parse.</summary>
internal sealed class LineCheck(SqliteConnection connection, Differences differences)
{
    private const string DecoderFault = "decoder_fault";

    private readonly Dictionary<(long Cpu, string Kind), long> _stored = ReadCounts(connection);

    /// <summary>Whether the stored counts of a stream equal these.</summary>
    public bool Matches(int? cpu, LineCounts found) => Kinds.All(kind => Stored(cpu, kind) == found[kind]);

    /// <summary>Compares a stream's lines by kind.</summary>
    public void Compare(int? cpu, LineCounts found)
    {
        foreach (LineKind kind in Kinds)
        {
            differences.Compare("line_count", "lines", $"{CpuName(cpu)}, {LineKindNames.Of(kind)}", Stored(cpu, kind), found[kind]);
        }

        foreach (string other in _stored.Keys.Where(key => key.Cpu == (cpu ?? -1)).Select(key => key.Kind).Except(Kinds.Select(LineKindNames.Of)))
        {
            differences.Add("line_count", "kind", CpuName(cpu), other, null);
        }
    }

    /// <summary>Compares the samples of unparsed lines of all streams that could be read completely.</summary>
    public void CompareSamples(IReadOnlyList<Reread> streams)
    {
        Dictionary<(long, long, string, string), int> found = [];
        foreach (Reread stream in streams.Where(stream => !stream.IsBroken))
        {
            foreach (UnparsedLine line in stream.Unparsed)
            {
                (long, long, string, string) key = (stream.Cpu ?? -1, line.RawLine, LineKindNames.Of(line.Kind), line.Text);
                found[key] = found.GetValueOrDefault(key) + 1;
            }
        }

        var broken = streams.Where(stream => stream.IsBroken).Select(stream => (long?)stream.Cpu ?? -1).ToHashSet();
        SqlRows.Read(connection, "SELECT ifnull(cpu, -1), raw_line, kind, text FROM unparsed ORDER BY id", row =>
        {
            (long, long, string, string) key = (SqlRows.Number(row, 0) ?? -1, SqlRows.Number(row, 1) ?? 0, SqlRows.Text(row, 2) ?? "", SqlRows.Text(row, 3) ?? "");
            if (key.Item3 == DecoderFault)
            {
                differences.Add("unparsed", "kind", Place(key.Item1, key.Item2), "the decoder failed here", "today's does not");
            }
            else if (!broken.Contains(key.Item1) && !Take(found, key))
            {
                differences.Add("unparsed", "*", Place(key.Item1, key.Item2), $"{key.Item3}: {key.Item4}", null);
            }
        });
        foreach ((long cpu, long line, string kind, string text) in found.Keys)
        {
            differences.Add("unparsed", "*", Place(cpu, line), null, $"{kind}: {text}");
        }
    }

    private static bool Take<T>(Dictionary<T, int> found, T key) where T : notnull
    {
        if (!found.TryGetValue(key, out int count))
        {
            return false;
        }

        if (count == 1)
        {
            found.Remove(key);
        }
        else
        {
            found[key] = count - 1;
        }

        return true;
    }

    private static IEnumerable<LineKind> Kinds => Enum.GetValues<LineKind>();

    private long Stored(int? cpu, LineKind kind) => _stored.GetValueOrDefault((cpu ?? -1, LineKindNames.Of(kind)));

    private static Dictionary<(long, string), long> ReadCounts(SqliteConnection connection)
    {
        Dictionary<(long, string), long> counts = [];
        SqlRows.Read(connection, "SELECT ifnull(cpu, -1), kind, lines FROM line_count LIMIT 1000000", row =>
            counts[(SqlRows.Number(row, 0) ?? -1, SqlRows.Text(row, 1) ?? "")] = SqlRows.Number(row, 2) ?? 0);
        return counts;
    }

    private static string Place(long cpu, long line) => $"{CpuName(cpu < 0 ? null : cpu)}, line {line.ToString(CultureInfo.InvariantCulture)}";

    private static string CpuName(long? cpu) => cpu is null ? "merged stream" : $"CPU {cpu}";
}
