using System.Text.RegularExpressions;
using DropForensics.Core.Redaction;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Redact;

/// <summary>The capture's row of itself, without whose it was.</summary>
internal static partial class RowRedactor
{
    /// <param name="row">The row. What is not named below stays behind: a new column is given away on purpose only.</param>
    /// <param name="tokens">What stands for what.</param>
    /// <param name="redacted">What the file says of its redaction.</param>
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

    // The only thing that stands in quotes: an interface's name in a filter.
    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex InQuotes();

    [GeneratedRegex(@"(?<!\S)--?[a-z][a-z-]*")]
    private static partial Regex OptionName();
}
