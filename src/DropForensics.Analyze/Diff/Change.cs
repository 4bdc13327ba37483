using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Diff;

/// <summary>What became of one thing between two captures.</summary>
public enum Change
{
    /// <summary>None before, and more now than chance gives.</summary>
    [JsonStringEnumMemberName("new")]
    New,

    /// <summary>None now, and fewer than chance gives.</summary>
    [JsonStringEnumMemberName("gone")]
    Gone,

    /// <summary>A higher rate.</summary>
    [JsonStringEnumMemberName("more")]
    More,

    /// <summary>A lower rate.</summary>
    [JsonStringEnumMemberName("less")]
    Less,

    /// <summary>No more apart than chance alone may set two equal rates.</summary>
    [JsonStringEnumMemberName("same")]
    Same,

    /// <summary>What is missing decides: the ranges allow more than one answer.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>The two captures do not say the same thing of it.</summary>
    [JsonStringEnumMemberName("not_compared")]
    NotCompared,
}
