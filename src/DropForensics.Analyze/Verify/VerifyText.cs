using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Core.Commands;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Verify;

/// <summary>The result for a terminal.</summary>
internal static class VerifyText
{
    private const int LongestValue = 160;

    public static void Write(VerifyResult result, TextWriter output)
    {
        long count = result.Differences.Sum(kind => kind.Count);
        string name = Visible.Text(Path.GetFileName(result.File));
        output.WriteLine(result.Agrees ? $"{name}: everything agrees" : $"{name}: {Count(count, "difference")}");
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
