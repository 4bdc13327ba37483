using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Redact;

/// <summary>What was done, for programs.</summary>
/// <param name="File">The capture that was made.</param>
/// <param name="Drops">Drops in it.</param>
/// <param name="Replaced">What tokens stand for, in words.</param>
/// <param name="Kept">What is as it was, in words.</param>
internal sealed record RedactResult(string File, long Drops, string Replaced, string Kept);

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(RedactResult))]
internal sealed partial class RedactJsonContext : JsonSerializerContext;
