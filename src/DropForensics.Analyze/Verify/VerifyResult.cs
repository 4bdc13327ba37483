using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Core.Commands;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Verify;

/// <summary>The result of a check.</summary>
internal sealed record VerifyResult
{
    /// <summary>The capture's path.</summary>
    public required string File { get; init; }

    /// <summary>Streams of raw text.</summary>
    public required int Streams { get; init; }

    /// <summary>Chunks whose hash was computed.</summary>
    public required long Chunks { get; init; }

    /// <summary>Bytes of text decoded again.</summary>
    public required long TextBytes { get; init; }

    /// <summary>Lines of it.</summary>
    public required long Lines { get; init; }

    /// <summary>Rows of <c>drop_event</c>.</summary>
    public required long DropsStored { get; init; }

    /// <summary>Drops that the text gives.</summary>
    public required long DropsFound { get; init; }

    /// <summary>Rows that were not compared, because the text after a damaged chunk is unknown.</summary>
    public required long DropsNotCompared { get; init; }

    /// <summary>LOST lines.</summary>
    public required long LostLines { get; init; }

    /// <summary>What differs.</summary>
    public required IReadOnlyList<DifferenceKind> Differences { get; init; }

    /// <summary>Notes that are not differences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What could not be checked, and why.</summary>
    public required IReadOnlyList<string> NotChecked { get; init; }

    /// <summary>Whether no difference was found in what was checked: see <see cref="NotChecked"/>.</summary>
    public bool Agrees => Differences.Count == 0;
}

/// <summary>Differences by table and column: all are counted, the first few of each kept.</summary>
internal sealed class Differences
{
    private const int Kept = 5;

    private readonly Dictionary<(string Table, string Column), (long Count, List<Difference> First)> _all = [];

    /// <summary>How many there are.</summary>
    public long Count => _all.Values.Sum(kind => kind.Count);

    /// <summary>Each kind with its number and its first few, in the order of their first one.</summary>
    public IEnumerable<DifferenceKind> Kinds => _all.Select(kind => new DifferenceKind(kind.Key.Table, kind.Key.Column, kind.Value.Count, kind.Value.First));

    /// <summary>Notes a difference.</summary>
    public void Add(string table, string column, string row, string? stored, string? found)
    {
        (long count, List<Difference> first) = _all.GetValueOrDefault((table, column), (0, []));
        if (first.Count < Kept)
        {
            first.Add(new Difference(table, column, row, stored, found));
        }

        _all[(table, column)] = (count + 1, first);
    }

    /// <summary>Notes one unless the two are equal.</summary>
    public void Compare(string table, string column, string row, string? stored, string? found)
    {
        if (!string.Equals(stored, found, StringComparison.Ordinal))
        {
            Add(table, column, row, stored, found);
        }
    }

    /// <inheritdoc cref="Compare(string, string, string, string?, string?)"/>
    public void Compare(string table, string column, string row, long? stored, long? found)
    {
        if (stored != found)
        {
            Add(table, column, row, Text(stored), Text(found));
        }
    }

    /// <summary>A number in digits; null for null.</summary>
    public static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The differences of one column.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Column">The column; <c>*</c> for whole rows.</param>
/// <param name="Count">How many.</param>
/// <param name="First">The first few.</param>
internal sealed record DifferenceKind(string Table, string Column, long Count, IReadOnlyList<Difference> First);

/// <summary>What the file has in one place, and what it should have.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">Its column; <c>*</c> for the whole row.</param>
/// <param name="Row">The row: its id, or its position.</param>
/// <param name="Stored">The file's value; null for NULL, or for no row.</param>
/// <param name="Found">What the text, or another table, gives; null for NULL, or for nothing.</param>
internal sealed record Difference(string Table, string Column, string Row, string? Stored, string? Found);

/// <summary>The result for a terminal.</summary>
internal static class VerifyText
{
    private const int LongestValue = 160;

    public static void Write(VerifyResult result, TextWriter output)
    {
        long count = result.Differences.Sum(kind => kind.Count);
        string name = Visible.Text(Path.GetFileName(result.File));
        output.WriteLine(result.Agrees ? $"{name}: no differences found" : $"{name}: {Count(count, "difference")}");
        output.WriteLine(
            $"  {Count(result.Chunks, "chunk")} of {Count(result.Streams, "stream")} hashed, {Bytes(result.TextBytes)} of text in {Count(result.Lines, "line")} read again");
        output.WriteLine($"  {Count(result.DropsStored, "drop")} stored, {Count(result.DropsFound)} in the text; {Count(result.LostLines, "LOST line")}");
        if (result.DropsNotCompared > 0)
        {
            output.WriteLine($"  {Count(result.DropsNotCompared, "stored drop")} not compared: the text after a damaged chunk is unknown");
        }

        foreach (DifferenceKind kind in result.Differences)
        {
            output.WriteLine();
            output.WriteLine($"{kind.Table}.{kind.Column}: {Count(kind.Count, "difference")}");
            foreach (Difference each in kind.First)
            {
                output.WriteLine($"  {Shown(each.Row)}: stored {Value(each.Stored)}, found {Value(each.Found)}");
            }

            if (kind.Count > kind.First.Count)
            {
                output.WriteLine($"  and {Count(kind.Count - kind.First.Count)} more");
            }
        }

        if (result.Notes.Count + result.NotChecked.Count > 0)
        {
            output.WriteLine();
        }

        foreach (string note in result.Notes)
        {
            output.WriteLine($"Note: {note}.");
        }

        foreach (string reason in result.NotChecked)
        {
            output.WriteLine($"Not checked: {reason}.");
        }
    }

    private static string Value(string? value) => value is null ? "nothing" : $"'{Shown(value)}'";

    private static string Shown(string value) => Visible.Text(TextCut.Middle(value, LongestValue));
}

/// <summary>The result as one JSON document.</summary>
internal static class VerifyJson
{
    public static void Write(VerifyResult result, TextWriter output)
    {
        VerifyResult shown = result with
        {
            File = Visible.Text(result.File),
            Differences = [.. result.Differences.Select(kind => kind with { First = [.. kind.First.Select(Shown)] })],
        };
        output.WriteLine(JsonText.Readable(JsonSerializer.Serialize(shown, VerifyJsonContext.Default.VerifyResult)));
    }

    private static Difference Shown(Difference each) => each with
    {
        Row = Visible.Text(each.Row),
        Stored = each.Stored is null ? null : Visible.Text(each.Stored),
        Found = each.Found is null ? null : Visible.Text(each.Found),
    };
}

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(VerifyResult))]
internal sealed partial class VerifyJsonContext : JsonSerializerContext;
