using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Verify;

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
        output.WriteLine(JsonSerializer.Serialize(shown, VerifyJsonContext.Default.VerifyResult));
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
