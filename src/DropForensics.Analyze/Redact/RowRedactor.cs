using System.Text.RegularExpressions;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Redaction;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Redact;

/// <summary>The capture's row of itself, without whose it was.</summary>
internal static partial class RowRedactor
{
    /// <summary>Its columns, in the order of <see cref="Redact"/>.</summary>
    public const string Sql = """
        SELECT tool, tool_version, command_line, host_name, kernel_release, kernel_version, machine, boot_id, time_zone, cpus_online, probe, probe_why,
               event, probe_definition, hits_of, packets, filter, probe_condition, "trigger", trace_options, trace_clock, ended, disturbance, transport,
               buffer_kib_per_cpu, window_ns, opened_ns, closed_ns, witness_drops, witness_slack, max_rate
          FROM capture WHERE id = ?1
        """;

    /// <param name="row">At the row.</param>
    /// <param name="tokens">What stands for what.</param>
    /// <param name="redacted">What the file says of its redaction.</param>
    public static CaptureRow Redact(IdLookup row, Tokens tokens, string redacted)
    {
        string? Quoted(int column) => row.Text(column) is { } text ? InQuotes().Replace(text, m => $"\"{Interface(tokens, m.Groups[1].Value)}\"") : null;
        return new CaptureRow
        {
            Uuid = Guid.NewGuid().ToString(),
            Tool = row.Text(0) ?? "",
            ToolVersion = row.Text(1) ?? "",
            CommandLine = string.Join(' ', OptionName().Matches(row.Text(2) ?? "").Select(option => option.Value)),
            HostName = row.Text(3) is { } host ? tokens.Host(host) : null,
            KernelRelease = row.Text(4),
            KernelVersion = row.Text(5),
            Machine = row.Text(6),
            BootId = row.Text(7) is { } boot ? tokens.BootId(boot) : null,
            TimeZone = row.Text(8)?.Split(' ')[0],
            CpusOnline = row.Text(9),
            Probe = row.Text(10) ?? "",
            ProbeWhy = Quoted(11),
            Event = row.Text(12),
            ProbeDefinition = Quoted(13),
            HitsOf = row.Text(14),
            Packets = row.Text(15) is null or "none" ? row.Text(15) : "headers",
            Filter = Quoted(16),
            ProbeCondition = Quoted(17),
            Trigger = Quoted(18),
            TraceOptions = row.Text(19),
            TraceClock = row.Text(20),
            Ended = row.Text(21),
            Disturbance = Quoted(22),
            Transport = row.Text(23),
            BufferKibPerCpu = row.Number(24),
            WindowNs = row.Number(25),
            OpenedNs = row.Number(26),
            ClosedNs = row.Number(27),
            WitnessDrops = row.Number(28),
            WitnessSlack = row.Number(29),
            MaxRate = row.Number(30),
            Redacted = redacted,
        };
    }

    private static string Interface(Tokens tokens, string name) => tokens.Interface(System.Text.Encoding.UTF8.GetBytes(name));

    // The only thing that stands in quotes: an interface's name in a filter.
    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex InQuotes();

    [GeneratedRegex(@"(?<!\S)--?[a-z][a-z-]*")]
    private static partial Regex OptionName();
}
