using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Tracefs;
using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>The promise that nothing is lost silently: each raw line counts for one kind, whatever is in it.</summary>
internal static class LineLedger
{
    /// <summary>Newlines, and one more where the last line has none.</summary>
    public static long LinesIn(ReadOnlySpan<byte> bytes) =>
        bytes.Count((byte)'\n') + (bytes.IsEmpty || bytes[^1] == '\n' ? 0 : 1);

    /// <summary>Decodes the bytes and holds the decoder to the promise.</summary>
    public static void Check(ReadOnlySpan<byte> bytes, ReasonTable reasons, Func<string> where, TextFormat format = TextFormat.Trace)
    {
        DropDecoder decoder = TextDecoders.New(format, reasons);
        decoder.Feed(bytes);
        decoder.Complete();
        LineCounts lines = decoder.Lines;
        long known = Enum.GetValues<LineKind>().Sum(kind => lines[kind]);
        if (known != LinesIn(bytes) || lines.Total != known || Enum.GetValues<LineKind>().Any(kind => lines[kind] < 0))
            Assert.Fail($"{where()}: {LinesIn(bytes)} lines, counted {known}");
        if (decoder.Batch.Drops.Any(drop => drop.RawLine < 1 || drop.RawLine > known))
            Assert.Fail($"{where()}: a drop's line is none of the stream's");
        if (lines.Unparsed > 0 != decoder.Batch.Unparsed.Count > 0)
            Assert.Fail($"{where()}: {lines.Unparsed} lines unparsed, {decoder.Batch.Unparsed.Count} kept");
    }
}
