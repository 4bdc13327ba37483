using System.Text.RegularExpressions;

namespace DropForensics.Analyze.Import;

/// <summary>The fields of <c>perf script</c> that make a drop, and which of them a line of it that could not be read lacks.</summary>
internal static partial class PerfFields
{
    /// <summary>For a command to copy.</summary>
    public const string Needed = "comm,tid,cpu,time,event,trace,ip,sym,symoff,dso";

    /// <summary>Names what is missing before the event's arguments; empty where all is there, or the line is no drop at all.</summary>
    /// <param name="line">A line that did not parse.</param>
    public static IReadOnlyList<string> Missing(string line)
    {
        int name = line.IndexOf("skb:kfree_skb:", StringComparison.Ordinal), fields = line.IndexOf("skbaddr=", StringComparison.Ordinal);
        if (name < 0 && fields < 0)
            return [];
        string head = line[..(name >= 0 ? name : fields)];
        // Without its name an event is perf's only below a head that is perf's.
        if (name < 0 && !(Task().IsMatch(head) && Cpu().IsMatch(head) && Time().IsMatch(head)))
            return [];
        List<string> missing = [];
        if (!Task().IsMatch(head))
            missing.Add("comm or tid");
        if (!Cpu().IsMatch(head))
            missing.Add("cpu");
        if (!Time().IsMatch(head))
            missing.Add("time");
        if (name < 0)
            missing.Add("event");
        if (fields < 0)
            missing.Add("trace");
        return missing;
    }

    [GeneratedRegex(@"^\s*\S.*\s-?[0-9]+(/-?[0-9]+)?\s")]
    private static partial Regex Task();

    [GeneratedRegex(@"\s\[[0-9]{3,}\]\s")]
    private static partial Regex Cpu();

    [GeneratedRegex(@"\s[0-9]+\.[0-9]+:\s")]
    private static partial Regex Time();
}
