using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Import;

/// <summary>What came of a text, for programs.</summary>
/// <param name="File">The capture that was made.</param>
/// <param name="Drops">Drops in it.</param>
/// <param name="Lines">Lines of text.</param>
/// <param name="Unparsed">Of these, lines that could not be read, by kind.</param>
/// <param name="Cleaned">What was done to the text before it was stored; empty as a rule.</param>
internal sealed record ImportResult(string File, long Drops, long Lines, IReadOnlyDictionary<string, long> Unparsed, IReadOnlyList<string> Cleaned);

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(ImportResult))]
internal sealed partial class ImportJsonContext : JsonSerializerContext;
