using System.Text.RegularExpressions;

namespace DropForensics.Tests.CommandLine;

/// <summary>Texts of the help, for places with less room.</summary>
internal static partial class CommandText
{
    /// <summary>The first sentence, or what stands before its colon or semicolon, without its full stop.</summary>
    public static string FirstSentence(string text)
    {
        string line = WhiteSpace().Replace(text, " ").Trim();
        return End().Split(line, 2)[0].TrimEnd('.', ':', ';');
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"(?<=[.:;])\s")]
    private static partial Regex End();
}
