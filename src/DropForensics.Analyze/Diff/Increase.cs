using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Diff;

/// <summary>What <c>--fail-on-increase</c> found.</summary>
/// <param name="AbovePercent">Increases of no more than this do not count.</param>
/// <param name="Found"><c>yes</c>, <c>no</c>, or <c>possible</c>: what is missing, or cannot be compared, may hide one.</param>
/// <param name="Sentence">Why.</param>
/// <param name="Of">What rose, or may have: <c>all drops</c>, reasons.</param>
public sealed record Increase(double AbovePercent, string Found, string Sentence, IReadOnlyList<string> Of)
{
    public const string Yes = "yes", No = "no", Possible = "possible";

    /// <summary>Exit code 4: one was found, or none can be ruled out.</summary>
    [JsonIgnore]
    public bool Fails => Found != No;
}
