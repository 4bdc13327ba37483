using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Redact;

/// <summary>Redacts the capture's own row: removes what identifies the host.</summary>
internal static partial class RowRedactor
{
    /// <param name="row">The row. A column that is not named below is left out, so that a new one is never disclosed by accident.</param>
    /// <param name="tokens">The replacements.</param>
    /// <param name="redacted">The file's note on its redaction.</param>
    public static CaptureRow Redact(CaptureRow row, Tokens tokens, string redacted)
    {
        string? Quoted(string? text) => text is not null ? InQuotes().Replace(text, m => $"\"{Interface(tokens, m.Groups[1].Value)}\"") : null;
        return new CaptureRow
        {
            Uuid = Guid.NewGuid().ToString(),
            Tool = row.Tool,
            ToolVersion = row.ToolVersion,
            CommandLine = string.Join(' ', OptionName().Matches(row.CommandLine).Select(option => option.Value)),
            HostName = row.HostName is { } host ? tokens.Host(host) : null,
            KernelRelease = row.KernelRelease,
            KernelVersion = row.KernelVersion,
            Machine = row.Machine,
            BootId = row.BootId is { } boot ? tokens.BootId(boot) : null,
            TimeZone = row.TimeZone?.Split(' ')[0],
            CpusOnline = row.CpusOnline,
            Probe = row.Probe,
            ProbeWhy = Quoted(row.ProbeWhy),
            Event = row.Event,
            ProbeDefinition = Quoted(row.ProbeDefinition),
            HitsOf = row.HitsOf,
            Packets = row.Packets is null or "none" ? row.Packets : "headers",
            Filter = Quoted(row.Filter),
            ProbeCondition = Quoted(row.ProbeCondition),
            Trigger = Quoted(row.Trigger),
            TraceOptions = row.TraceOptions,
            TraceClock = row.TraceClock,
            Ended = row.Ended,
            Disturbance = Quoted(row.Disturbance),
            Transport = row.Transport,
            BufferKibPerCpu = row.BufferKibPerCpu,
            WindowNs = row.WindowNs,
            OpenedNs = row.OpenedNs,
            ClosedNs = row.ClosedNs,
            WitnessDrops = row.WitnessDrops,
            WitnessSlack = row.WitnessSlack,
            MaxRate = row.MaxRate,
            Redacted = redacted,
        };
    }

    private static string Interface(Tokens tokens, string name) => tokens.Interface(System.Text.Encoding.UTF8.GetBytes(name));

    // The only quoted text is an interface's name in a filter.
    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex InQuotes();

    [GeneratedRegex(@"(?<!\S)--?[a-z][a-z-]*")]
    private static partial Regex OptionName();
}

/// <summary>Host files that may stay, by path: an unknown file is left out, because it may contain names.</summary>
/// <param name="tokens">The replacements.</param>
internal sealed partial class ArtifactRedactor(Tokens tokens)
{
    private readonly TableRedactor _tables = new(tokens);

    /// <summary>The redacted file; null if it may not stay.</summary>
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

    // "network namespace 4026532178", tab, why: the system's message may contain a path.
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
