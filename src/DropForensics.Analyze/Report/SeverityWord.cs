using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Report;

/// <summary>How a severity is spelled, everywhere.</summary>
internal static class SeverityWord
{
    public static string Of(Severity severity) => severity switch
    {
        Severity.Harmless => "harmless",
        Severity.Depends => "depends",
        _ => "harmful",
    };
}
