using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Facts;

/// <summary>Which way a packet went when it was dropped.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Direction>))]
public enum Direction
{
    /// <summary>Neither its interfaces nor its stack say.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>It had come in through the interface it pointed to.</summary>
    [JsonStringEnumMemberName("in")]
    In,

    /// <summary>It had come in through one interface and was to leave through another, or the same: it was forwarded.</summary>
    [JsonStringEnumMemberName("through")]
    Through,

    /// <summary>It began on this host and was on its way out.</summary>
    [JsonStringEnumMemberName("out")]
    Out,
}
