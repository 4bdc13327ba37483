using System.Text.RegularExpressions;

namespace DropForensics.Analyze.Import.Cleaning;

/// <summary>Prefixes that mail programs, shells, loggers and tools for many hosts put before each line.</summary>
internal static partial class KnownPrefixes
{
    /// <summary>The known ones; the best one is found by trying.</summary>
    public static IReadOnlyList<LinePrefix> All { get; } =
    [
        new("the marks of a quoted mail (`> `)", Quote(), IsCertain: true),
        new("the marks of a quoted mail (`>`)", TightQuote(), IsCertain: true),
        new("the marks of a patch (`+`)", Plus()),
        new("the numbers of grep -n", GrepNumber()),
        new("the numbers of the lines", TabNumber()),
        new("the numbers of the lines", BlankNumber()),
        new("the numbers of the lines", BarNumber()),
        new("the names and numbers of grep -n", GrepName(), IsCertain: true),
        new("the file names of grep", GrepFile()),
        new("what a logger put before each line", Syslog(), IsCertain: true),
        new("what a logger put before each line", IsoLog(), IsCertain: true),
        new("the times before the lines", ContainerStamp(), IsCertain: true),
        new("the times before the lines", IsoStamp(), IsCertain: true),
        new("the times before the lines", ClockStamp(), IsCertain: true),
        new("the times before the lines", MonthStamp(), IsCertain: true),
        new("the names in brackets before the lines", Bracket(), IsCertain: true),
        new("the names before the lines", Bar(), IsCertain: true),
        new("the names before the lines", Colon()),
        new("the marks of a list", ListMark()),
    ];

    [GeneratedRegex(@"^ {0,3}(?:> ?)+")]
    private static partial Regex Quote();

    [GeneratedRegex(@"^>+")]
    private static partial Regex TightQuote();

    [GeneratedRegex(@"^\+")]
    private static partial Regex Plus();

    // "12:", and "13-" for the lines around a match
    [GeneratedRegex(@"^[0-9]{1,9}[:-]")]
    private static partial Regex GrepNumber();

    [GeneratedRegex(@"^ *[0-9]{1,9}\t")]
    private static partial Regex TabNumber();

    [GeneratedRegex(@"^ *[0-9]{1,9}[:.)]? {1,2}")]
    private static partial Regex BlankNumber();

    [GeneratedRegex(@"^ *[0-9]{1,9} ?(?:\||\u00e2\u0094\u0082) ?")]
    private static partial Regex BarNumber();

    // "trace.txt:12:", "trace.txt-13-"
    [GeneratedRegex(@"^[^\s:]{1,120}(?::[0-9]{1,9}:|-[0-9]{1,9}-)")]
    private static partial Regex GrepName();

    [GeneratedRegex(@"^[^\s:]{1,120}[:-](?=[ \t])")]
    private static partial Regex GrepFile();

    // "<6>Nov 28 10:16:02 web1 cat[1234]: "
    [GeneratedRegex(@"^(?:<[0-9]{1,3}>)?[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}(?:\.[0-9]{1,9})? [^\s]{1,80} [^\s:]{1,60}: ")]
    private static partial Regex Syslog();

    // "2026-11-28T10:16:02+0000 web1 cat[1234]: "
    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.,]{8,20}(?:Z|[+-][0-9:]{4,5})? [^\s:]{1,80} [^\s:]{1,60}: ")]
    private static partial Regex IsoLog();

    // "2026-11-28T10:16:02.123456789Z stdout F "
    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,20}(?:Z|[+-][0-9:]{4,5}) std(?:out|err) [FP] ")]
    private static partial Regex ContainerStamp();

    [GeneratedRegex(@"^\[?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?(?:Z| ?[+-][0-9:]{4,6})?\]? ")]
    private static partial Regex IsoStamp();

    [GeneratedRegex(@"^\[?[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?\]? ")]
    private static partial Regex ClockStamp();

    // of ts
    [GeneratedRegex(@"^[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})? ")]
    private static partial Regex MonthStamp();

    // "[web1] ", "[pod/agent-x7k2p/agent] "
    [GeneratedRegex(@"^\[[^\]\s]*[A-Za-z][^\]]{0,80}\] ?")]
    private static partial Regex Bracket();

    // "web-1  | "
    [GeneratedRegex(@"^(?:[A-Za-z0-9][\w.@/-]{0,80} *| {0,4})(?:\||\u00e2\u0094\u0082) ?")]
    private static partial Regex Bar();

    // "web1: ", and "drops: " of trace-cmd report where a record is of another instance or file
    [GeneratedRegex(@"^ *[A-Za-z0-9][\w.@/-]{0,80}: ")]
    private static partial Regex Colon();

    [GeneratedRegex(@"^ {0,4}(?:[-*]|\u00e2\u0080\u00a2) ")]
    private static partial Regex ListMark();
}

/// <summary>One kind of prefix before each line of a text.</summary>
/// <param name="What">Its description. The capture keeps it, so it quotes nothing of the text, which may have a host's name.</param>
/// <param name="Start">Matches it at the start of a line.</param>
/// <param name="IsCertain">No task's name looks like this: it may be removed if every line has it, even if the lines are readable with it.</param>
/// <param name="Columns">Its width if it is the same on all lines, so that lines with blanks instead lose as many; 0 for any.</param>
/// <param name="Quote">The text itself, for messages.</param>
internal sealed record LinePrefix(string What, Regex Start, bool IsCertain = false, int Columns = 0, string? Quote = null)
{
    // No prefix is longer; this also bounds the search in a line.
    private const int Longest = 200;

    /// <summary>The line without it; null if the line has none.</summary>
    public string? Cut(string line)
    {
        Match match = Start.Match(line.Length <= Longest ? line : line[..Longest]);
        if (match is { Success: true, Length: > 0 })
        {
            return line[match.Length..];
        }

        return Columns > 0 && line.Length > Columns && line.AsSpan(0, Columns).Trim(' ').IsEmpty ? line[Columns..] : null;
    }
}

/// <summary>Columns of a record that were shifted.</summary>
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
