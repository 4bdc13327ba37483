using System.Text.RegularExpressions;

namespace DropForensics.Analyze.Import.Cleaning;

/// <summary>Columns of a record that something moved.</summary>
internal static partial class Columns
{
    private const int Longest = 400;

    /// <summary>Whether a line of perf has its task's number padded: <c>bash  1702 [003]</c>.</summary>
    public static bool IsPadded(string line) => line.Length < Longest && Padded().IsMatch(line);

    /// <summary><c>bash 1702 [003] 12814.338318: skb:kfree_skb: …</c> with the blanks that perf prints before a short number.</summary>
    public static string Unfold(string line)
    {
        if (line.Length > Longest || Folded().Match(line) is not { Success: true } match)
        {
            return line;
        }

        return $"{match.Groups["comm"].Value} {match.Groups["pid"].Value,5}{line[match.Groups["rest"].Index..]}";
    }

    /// <summary><c>101.250004: (+4) kfree_skb: …</c> without the difference.</summary>
    public static string WithoutDifference(string line) => line.Length > 4 * Longest ? line : Difference().Replace(line, "${time}: ", 1);

    [GeneratedRegex(@"^ *\S.{0,14}? {2,}[0-9]{1,4} +\[[0-9]{3,4}\] +[0-9]+\.[0-9]{6,9}: ")]
    private static partial Regex Padded();

    [GeneratedRegex(@"^ *(?<comm>\S.{0,14}?) (?<pid>[0-9]{1,4})(?<rest> +\[[0-9]{3,4}\] +[0-9]+\.[0-9]{6,9}: +(?:[0-9]+ +)?(?:skb:)?kfree_skb:)")]
    private static partial Regex Folded();

    [GeneratedRegex(@"(?<=\] .{0,12} *)(?<time>[0-9]+\.[0-9]{6,9}):? +(?:\(\+[0-9.]+\) *:? +)?(?=[a-z_]+:)")]
    private static partial Regex Difference();
}
