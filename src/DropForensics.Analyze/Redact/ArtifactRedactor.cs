using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;
using DropForensics.Core.Redaction;

namespace DropForensics.Analyze.Redact;

/// <summary>Host files that may stay, by path: what is not known here is left out, for it may name anything.</summary>
/// <param name="tokens">What stands for what.</param>
internal sealed partial class ArtifactRedactor(Tokens tokens)
{
    private readonly TableRedactor _tables = new(tokens);

    /// <summary>The file as it may stay; null where it may not.</summary>
    public byte[]? Redact(string path, byte[] content) => path switch
    {
        "/proc/net/dev" => NamesFirst(content),
        InterfaceStatistics.Path => Statistics(content),
        UnreadEvidence.Path => Unread(content),
        "/proc/modules" => Encoding.UTF8.GetBytes(Address().Replace(Encoding.UTF8.GetString(content), "0x0000000000000000")),
        _ => CountersAndFormats().IsMatch(path) ? content : _tables.Redact(path, content),
    };

    // "  eth0: 104 2 0 …" below two lines of head
    private byte[] NamesFirst(byte[] content)
    {
        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        return Encoding.UTF8.GetBytes(string.Join('\n', lines.Select((line, i) => i < 2 ? Head(line) : Line(line))));
    }

    // "eth0: rx_packets 104 rx_missed_errors 7"
    private byte[] Statistics(byte[] content)
    {
        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        return Encoding.UTF8.GetBytes(string.Join('\n', lines.Select(line =>
        {
            int colon = line.IndexOf(':');
            return colon > 0 && NamedCounters().IsMatch(line.AsSpan(colon + 1)) ? $"{Token(line[..colon])}{line[colon..]}" : "";
        })));
    }

    // "network namespace 4026532178", tab, why: the system's own words may hold a path.
    private static byte[] Unread(byte[] content) => UnreadEvidence.Format(
        [.. UnreadEvidence.Parse(content).Where(each => UnreadThing().IsMatch(each.What)).Select(each => each with { Why = "the reason is redacted" })]);

    private string Token(string name) => tokens.Interface(Encoding.UTF8.GetBytes(name));

    private static string Head(string line) => line.Contains('|', StringComparison.Ordinal) ? line : "";

    private string Line(string line)
    {
        int colon = line.LastIndexOf(':');
        if (colon < 0 || !Counters().IsMatch(line.AsSpan(colon + 1)))
        {
            return "";
        }

        return $"{Token(line[..colon].TrimStart(' ')),6}{line[colon..]}";
    }

    // Of the event: its fields and reason names. Of the ring and the network: numbers behind names that the kernel gives. Of BTF: enums.
    [GeneratedRegex(@"^(events/[\w.-]+/[\w.-]+/format|btf/[\w.-]+/\w+|per_cpu/cpu\d+/stats|/proc/net/(snmp|snmp6|netstat|softnet_stat))$")]
    private static partial Regex CountersAndFormats();

    [GeneratedRegex("^( [a-z_]+ [0-9]+)*$")]
    private static partial Regex NamedCounters();

    [GeneratedRegex("^(((some )?interfaces of |drivers of interfaces in |lower links out of |/proc/net/[a-z0-9_/]+ of )?network namespace [0-9]+"
        + "|network namespaces (of processes|kept by a file)|/proc/(modules|net/softnet_stat)|[0-9]+ more)$")]
    private static partial Regex UnreadThing();

    [GeneratedRegex("^[0-9 ]*$")]
    private static partial Regex Counters();

    [GeneratedRegex("0x[0-9a-f]{8,16}")]
    private static partial Regex Address();
}
