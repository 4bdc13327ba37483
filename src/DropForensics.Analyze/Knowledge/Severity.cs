using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Knowledge;

/// <summary>What drops of a kind mean for whoever uses the host.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>Ordinary: nothing that anybody waits for was lost.</summary>
    [JsonStringEnumMemberName("harmless")]
    Harmless,

    /// <summary>A fault or not, depending on what the traffic is.</summary>
    [JsonStringEnumMemberName("depends")]
    Depends,

    /// <summary>Something that somebody waits for was lost.</summary>
    [JsonStringEnumMemberName("harmful")]
    Harmful,
}

/// <summary>How a severity is spelled, everywhere.</summary>
internal static class SeverityWord
{
    public static string Of(Severity severity) => severity switch
    {
        Severity.Harmless => "harmless",
        Severity.Depends => "check",
        _ => "harmful",
    };
}
