using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Perf;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Recording;

/// <summary>The decoder for each text format, and the value of column <c>capture.transport</c> that stands for it.</summary>
public static class TextDecoders
{
    private const string PerfScript = "perf script";
    private const string TraceCmd = "trace-cmd report";
    private const string Dropwatch = "dropwatch";

    /// <summary>The format of a capture's raw text.</summary>
    /// <param name="transport">Its <c>capture.transport</c>.</param>
    public static TextFormat FormatOf(string? transport) => transport switch
    {
        PerfScript => TextFormat.PerfScript,
        TraceCmd => TextFormat.TraceCmd,
        Dropwatch => TextFormat.Dropwatch,
        _ => TextFormat.Trace,
    };

    /// <summary>The value of <c>capture.transport</c> for imported text: the command that prints such text; null for the kernel's own.</summary>
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
    /// <param name="hitsOf">A function whose calls were recorded instead of drops; usually null.</param>
    public static DropDecoder New(TextFormat format, ReasonTable reasons, string? hitsOf = null) => New(format, Pools(format, reasons), hitsOf);

    internal static DropDecoder New(TextFormat format, TracePools pools, string? hitsOf) => format switch
    {
        TextFormat.PerfScript => new PerfTextDecoder(pools) { IsForeign = line => TextRecognizer.OfLine(line) is not (null or TextFormat.PerfScript) },
        TextFormat.Dropwatch => new DropwatchDecoder(pools) { IsForeign = line => TextRecognizer.OfLine(line) is not (null or TextFormat.Dropwatch) },
        _ => new TraceTextDecoder(pools, hitsOf) { IsForeign = line => TextRecognizer.OfLine(line) == TextFormat.PerfScript },
    };

    internal static TracePools Pools(TextFormat format, ReasonTable reasons) =>
        format == TextFormat.PerfScript ? PerfTextDecoder.PoolsFor(reasons) : new TracePools(reasons);
}
