using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Perf;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Recording;

/// <summary>The decoder for each format of text, and how a capture says which one its raw text has (column <c>capture.transport</c>).</summary>
public static class TextDecoders
{
    private const string PerfScript = "perf script";
    private const string TraceCmd = "trace-cmd report";
    private const string Dropwatch = "dropwatch";

    /// <summary>What a capture's raw text is.</summary>
    /// <param name="transport">Its <c>capture.transport</c>.</param>
    public static TextFormat FormatOf(string? transport) => transport switch
    {
        PerfScript => TextFormat.PerfScript,
        TraceCmd => TextFormat.TraceCmd,
        Dropwatch => TextFormat.Dropwatch,
        _ => TextFormat.Trace,
    };

    /// <summary>What an imported capture says in <c>capture.transport</c>: the command that prints such text; null for the kernel's own.</summary>
    public static string? TransportOf(TextFormat format) => format switch
    {
        TextFormat.PerfScript => PerfScript,
        TextFormat.TraceCmd => TraceCmd,
        TextFormat.Dropwatch => Dropwatch,
        _ => null,
    };

    /// <summary>A decoder for one stream.</summary>
    /// <param name="format">Of the text.</param>
    /// <param name="reasons">Names the numbers of reasons.</param>
    /// <param name="hitsOf">A function whose calls were recorded instead of drops; null as a rule.</param>
    public static DropDecoder New(TextFormat format, ReasonTable reasons, string? hitsOf = null) => New(format, Pools(format, reasons), hitsOf);

    internal static DropDecoder New(TextFormat format, TracePools pools, string? hitsOf) => format switch
    {
        TextFormat.PerfScript => new PerfTextDecoder(pools) { IsForeign = line => TextRecognizer.OfLine(line) is not (null or TextFormat.PerfScript) },
        TextFormat.Dropwatch => new DropwatchDecoder(pools) { IsForeign = line => TextRecognizer.OfLine(line) is not (null or TextFormat.Dropwatch) },
        _ => new TraceTextDecoder(pools, hitsOf) { IsForeign = line => TextRecognizer.OfLine(line) is TextFormat.PerfScript or TextFormat.Dropwatch },
    };

    internal static TracePools Pools(TextFormat format, ReasonTable reasons) =>
        format == TextFormat.PerfScript ? PerfTextDecoder.PoolsFor(reasons) : new TracePools(reasons);
}
