using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>
/// Fills known values of the drops into the commands of the knowledge base, so that they can be pasted unchanged: interface, port, address,
/// network namespace, time of the capture. A capture may come from anywhere, so only values without special characters for a shell are used. Tokens of a
/// redacted one mean nothing on the host, so the variables stay and are explained.
/// </summary>
internal static partial class CheckFiller
{
    /// <summary>Stands for a process of the namespace; the first command sets it.</summary>
    private const string Process = "NSPID";

    private const string OfOnePort = " \"sport = :$PORT\"";

    private static readonly (string Name, string Meaning)[] Variables = [("IF", "the interface's name"), ("PORT", "the port"), ("ADDR", "the address")];

    // They show one network namespace: that of the shell they run in.
    private static readonly string[] OfOneNamespace =
        ["ss", "nstat", "ip", "sysctl", "timeout", "tcpdump", "tc", "ethtool", "bridge", "conntrack", "nft", "iptables-save", "ip6tables-save", "tracepath", "arping", "ipvsadm", "wg", "iw"];

    /// <param name="facts">Of the capture.</param>
    /// <param name="checks">With <c>"$IF"</c>, <c>"$ADDR"</c> and <c>$PORT</c>; unknown ones stay.</param>
    /// <param name="link">The interface of most of the drops; null: unknown.</param>
    /// <param name="port">Their destination port; null: unknown.</param>
    /// <param name="address">The address to look up; null: unknown.</param>
    /// <param name="netns">Inode of the network namespace to look into; null: that of the interface.</param>
    public static IReadOnlyList<KnownCheck> Fill(CaptureFacts facts, IReadOnlyList<KnownCheck> checks, string? link, int? port, string? address, long? netns = null)
    {
        CaptureInfo capture = facts.Capture;
        (string Variable, string? Value)[] known =
        [
            ("IF", capture.Redacted is null && link is not null && IsPlain(link) ? link : null),
            ("PORT", port?.ToString(CultureInfo.InvariantCulture)),
            ("ADDR", capture.Redacted is null && IPAddress.TryParse(address, out IPAddress? parsed) && parsed.ToString() == address ? address : null),
        ];
        netns = Foreign(facts, netns ?? NamespaceOf(facts, link));
        List<KnownCheck> filled = [];
        foreach (KnownCheck check in checks)
        {
            string command = known.Where(k => k.Value is not null).Aggregate(check.Command, (text, k) => Replace(text, k.Variable, k.Value!)); // not null by the filter
            command = command.Replace(OfOnePort, "", StringComparison.Ordinal); // of all ports, if it is not known
            command = Since().Replace(command, since => Span(facts, since.Groups["ago"].Value) ?? since.Value);
            if (netns is not null && IsOfOneNamespace(command))
            {
                command = InNamespace(command);
            }

            string open = string.Join("; ", Variables.Where(v => command.Contains($"${v.Name}", StringComparison.Ordinal)).Select(v => $"put {v.Meaning} for ${v.Name}"));
            filled.Add(new KnownCheck(command, open.Length == 0 ? check.Shows : $"{check.Shows} ({open})"));
        }

        return netns is { } inode && filled.Exists(check => check.Command.Contains($"${Process}", StringComparison.Ordinal))
            ? [Setting(inode), .. filled]
            : filled;
    }

    /// <summary>The checks with another before them; all look into the network namespace that it is of, unless they look into one already. Where that is another one, they stay alone.</summary>
    public static IReadOnlyList<KnownCheck> AddFirst(CaptureFacts facts, IReadOnlyList<KnownCheck> checks, long netns, KnownCheck first)
    {
        if (Foreign(facts, netns) is null) return [first, .. checks];
        first = first with { Command = InNamespace(first.Command) };
        return checks is [var setting, ..] && setting.Command.StartsWith(Process + "=", StringComparison.Ordinal)
            ? setting.Command == Setting(netns).Command ? [setting, first, .. checks.Skip(1)] : checks
            : [Setting(netns), first, .. checks.Select(check => IsOfOneNamespace(check.Command) ? check with { Command = InNamespace(check.Command) } : check)];
    }

    private static string InNamespace(string command) => $"nsenter -t \"${Process}\" -n {command}";

    private static KnownCheck Setting(long netns) => new(
        $"{Process}={ProcessOf(netns)}", $"a process of network namespace {netns}, where these packets were dropped; the commands below look there. If it prints none, the namespace has a name: ip netns exec NAME in place of nsenter");

    /// <summary>The checks with one <c>nstat</c> instead of several: it takes any number of counters.</summary>
    public static IReadOnlyList<KnownCheck> Merged(IEnumerable<KnownCheck> checks)
    {
        List<KnownCheck> merged = [];
        foreach (KnownCheck check in checks)
        {
            int at = IsCounters(check) ? merged.FindIndex(IsCounters) : -1;
            if (at < 0)
            {
                merged.Add(check);
                continue;
            }

            IEnumerable<string> names = merged[at].Command.Split(' ').Union(check.Command.Split(' '));
            string shows = merged[at].Shows.Contains(check.Shows, StringComparison.Ordinal) ? merged[at].Shows
                : check.Shows.Contains(merged[at].Shows, StringComparison.Ordinal) ? check.Shows : $"{merged[at].Shows}; {check.Shows}";
            merged[at] = new KnownCheck(string.Join(' ', names), shows);
        }

        return merged;
    }

    /// <summary>The findings in their order. Only the first that looks into a network namespace explains which it is; each has the command.</summary>
    public static IReadOnlyList<Finding> ExplainedOnce(IEnumerable<Finding> findings)
    {
        HashSet<string> explained = [];
        return [.. findings.Select(finding => finding with
        {
            Checks = [.. finding.Checks.Select(check => !SetsProcess(check) || explained.Add(check.Command) ? check : check with { Shows = "the same network namespace as above" })],
        })];
    }

    private static bool SetsProcess(KnownCheck check) => check.Command.StartsWith(Process + "=", StringComparison.Ordinal);

    private static bool IsCounters(KnownCheck check) => check.Command.StartsWith("nstat -az ", StringComparison.Ordinal) && check.Command.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-');

    /// <summary>Whether a variable is left that only the reader can fill in.</summary>
    private static bool HasOpenVariable(string command) => Variables.Any(v => command.Contains($"${v.Name}", StringComparison.Ordinal));

    /// <summary>The most useful of some commands; null if there are none.</summary>
    public static KnownCheck? First(IReadOnlyList<KnownCheck> checks)
    {
        List<KnownCheck> commands = [.. checks.Where(c => !SetsProcess(c))];
        string? process = checks.FirstOrDefault(SetsProcess)?.Command[(Process.Length + 1)..];
        KnownCheck? first = commands.FirstOrDefault(c => !HasOpenVariable(c.Command)) ?? commands.FirstOrDefault();
        return first is null || process is null ? first : first with { Command = first.Command.Replace($"\"${Process}\"", process, StringComparison.Ordinal) };
    }

    private static string ProcessOf(long netns) => $"\"$(lsns -nt net -o NS,PID | awk '$1 == {netns.ToString(CultureInfo.InvariantCulture)} {{print $2; exit}}')\"";

    // Where an interface of this name dropped packets in one namespace alone.
    private static long? NamespaceOf(CaptureFacts facts, string? link)
    {
        List<long?> namespaces = [.. facts.Interfaces.Where(i => link is not null && i.Name == link).Select(i => i.Netns).Distinct()];
        return namespaces is [{ } only] ? only : null;
    }

    private static long? Foreign(CaptureFacts facts, long? netns) => facts.Capture.OwnNetns is { } own && netns != own ? netns : null;

    private static bool IsOfOneNamespace(string command) =>
        (OfOneNamespace.Contains(command.Split(' ')[0], StringComparer.Ordinal) || command.StartsWith("cat /proc/net/", StringComparison.Ordinal) || command.StartsWith("bpftool net", StringComparison.Ordinal))
        && !command.Contains(';', StringComparison.Ordinal) && !command.Contains("&&", StringComparison.Ordinal);

    // From some time before the window to its end: what made it happen may have been logged before.
    private static string? Span(CaptureFacts facts, string ago)
    {
        if (facts.Window is not { StartUtc: { } start, EndUtc: { } end })
        {
            return null;
        }

        TimeSpan before = ago == "1h" ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(10);
        string zone = facts.Capture.IsDropwatch ? "" : " UTC"; // of the host's own zone, as the journal takes it
        return string.Create(CultureInfo.InvariantCulture, $"--since '{start - before:yyyy-MM-dd HH:mm:ss}{zone}' --until '{end.AddSeconds(1):yyyy-MM-dd HH:mm:ss}{zone}'");
    }

    private static bool IsPlain(string name) => name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static string Replace(string command, string variable, string value) =>
        command.Replace($"\"${variable}\"", value, StringComparison.Ordinal).Replace($"${variable}", value, StringComparison.Ordinal);

    [GeneratedRegex("--since -(?<ago>1h|10min)")]
    private static partial Regex Since();
}
