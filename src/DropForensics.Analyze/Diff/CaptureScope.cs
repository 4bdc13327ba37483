using System.Text.RegularExpressions;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Diff;

/// <summary>Which drops a capture was to record.</summary>
/// <param name="Only">Reasons by name; empty: all.</param>
/// <param name="Except">Reasons left out.</param>
/// <param name="Interface">The only interface; null: all.</param>
/// <param name="Unread">The filter itself where its reasons' names are not in the capture (a redacted one); else null.</param>
internal sealed partial record CaptureScope(IReadOnlySet<string> Only, IReadOnlySet<string> Except, string? Interface, string? Unread)
{
    /// <summary>The filter has the reasons as numbers, which mean something else on another kernel; the options have their names.</summary>
    public static CaptureScope Of(CaptureInfo capture)
    {
        string filter = capture.Filter ?? "";
        HashSet<string> only = Names(OnlyOption(), capture.CommandLine), except = Names(ExceptOption(), capture.CommandLine);
        bool isRead = ReasonTerm().Count(filter) == only.Count + except.Count;
        Match device = DeviceTerm().Match(filter);
        return new CaptureScope(
            isRead ? only : [], isRead ? except : [], device.Success ? device.Groups[1].Value : null,
            isRead ? null : $"{filter} on {capture.KernelRelease}");
    }

    /// <summary>Whether drops of this reason are recorded; null: not known.</summary>
    public bool? Has(string? reason) => Unread is not null ? null
        : (Only.Count == 0 || (reason is not null && Only.Contains(reason))) && (reason is null || !Except.Contains(reason));

    /// <summary>Whether the same reasons are recorded.</summary>
    public bool HasReasonsOf(CaptureScope other) => Unread == other.Unread && Only.SetEquals(other.Only) && Except.SetEquals(other.Except);

    private static HashSet<string> Names(Regex option, string commandLine) => [.. option.Matches(commandLine).Select(m => m.Groups[1].Value)];

    [GeneratedRegex(@"(?<!\S)--reason (\S+)")]
    private static partial Regex OnlyOption();

    [GeneratedRegex(@"(?<!\S)--exclude-reason (\S+)")]
    private static partial Regex ExceptOption();

    [GeneratedRegex(@"\breason [!=]= \d+")]
    private static partial Regex ReasonTerm();

    [GeneratedRegex("\\bdev == \"([^\"]*)\"")]
    private static partial Regex DeviceTerm();
}
