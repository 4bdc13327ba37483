using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Decoding;

/// <summary>Damaged text: no exception, each line counted once, and the same however it is cut. Seeded, so a failure comes again.
/// DROPFORENSICS_MUTATIONS=1000000 for the long run.</summary>
public sealed class TraceMutationTests
{
    private const int DefaultMutations = 50_000;

    // Bytes on which a parser turns.
    private static ReadOnlySpan<byte> Salt => "\n\r\t -:[]()<>=>+/.\"{}#0x9C\0\xff"u8;

    [Fact]
    public void Mutated_traces_keep_the_ledger_and_do_not_depend_on_cuts()
    {
        int mutations = int.TryParse(Environment.GetEnvironmentVariable("DROPFORENSICS_MUTATIONS"), out int asked) ? asked : DefaultMutations;
        byte[][] texts = TraceFixture.Names.Select(name => TraceFixture.Load(name).Bytes).ToArray();
        ReasonTable reasons = ReasonTable.FromFormat(TraceFixture.FormatFile("6.12"));
        Parallel.For(0, 100, part =>
        {
            var random = new Random(part);
            for (int i = 0; i < mutations / 100; i++)
            {
                byte[] text = Mutate(texts, random);
                Func<string> where = () => $"part {part}, mutation {i}: {Convert.ToBase64String(text)}";
                // Any tool's text may be given for any other's.
                TextFormat format = (i % 5) switch { 0 => TextFormat.Dropwatch, 1 or 2 => TextFormat.PerfScript, _ => TextFormat.Trace };
                LineLedger.Check(text, reasons, where, format);
                AssertCutsDoNotMatter(text, reasons, format, random, where);
            }
        });
    }

    private static byte[] Mutate(byte[][] texts, Random random)
    {
        var window = new List<byte>(Window(texts, random).ToArray());
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int at = random.Next(window.Count + 1);
            int length = Math.Min(random.Next(1, 1 << random.Next(8)), window.Count - at);
            switch (random.Next(6))
            {
                case 0 when at < window.Count:
                    window[at] = (byte)random.Next(256);
                    break;
                case 1:
                    window.Insert(at, Salt[random.Next(Salt.Length)]);
                    break;
                case 2:
                    window.RemoveRange(at, length);
                    break;
                case 3:
                    window.InsertRange(at, window.GetRange(at, length));
                    break;
                case 4:
                    window.InsertRange(at, Window(texts, random).ToArray());
                    break;
                case 5 when window.IndexOf((byte)'\n', at) is >= 0 and int newline:
                    window.RemoveAt(newline);
                    break;
            }
        }
        return [.. window];
    }

    // One to nine lines of some fixture.
    private static ReadOnlySpan<byte> Window(byte[][] texts, Random random)
    {
        ReadOnlySpan<byte> text = texts[random.Next(texts.Length)];
        text = text[random.Next(text.Length)..];
        text = text[(text.IndexOf((byte)'\n') + 1)..];
        int end = 0;
        for (int lines = random.Next(1, 10); lines > 0 && end < text.Length; lines--)
        {
            int newline = text[end..].IndexOf((byte)'\n');
            end = newline < 0 ? text.Length : end + newline + 1;
        }
        return text[..end];
    }

    private static void AssertCutsDoNotMatter(byte[] text, ReasonTable reasons, TextFormat format, Random random, Func<string> where)
    {
        int cut = random.Next(text.Length + 1), second = random.Next(cut, text.Length + 1);
        DropDecoder whole = Decode(reasons, format, text), pieces = Decode(reasons, format, text[..cut], text[cut..second], text[second..]);
        bool same = whole.OrphanStacks == pieces.OrphanStacks
            && Enum.GetValues<LineKind>().All(kind => whole.Lines[kind] == pieces.Lines[kind])
            && whole.Batch.Unparsed.SequenceEqual(pieces.Batch.Unparsed)
            && whole.Batch.Losses.SequenceEqual(pieces.Batch.Losses)
            && whole.Batch.Drops.Count == pieces.Batch.Drops.Count
            && whole.Batch.Drops.Zip(pieces.Batch.Drops).All(pair => IsSame(pair.First, pair.Second));
        if (!same)
            Assert.Fail($"{where()}, cut at {cut} and {second}");
    }

    private static bool IsSame(DropEvent a, DropEvent b) =>
        a with { Stack = null } == b with { Stack = null }
        && (a.Stack?.Frames ?? []).SequenceEqual(b.Stack?.Frames ?? []) && a.Stack is null == b.Stack is null;

    private static DropDecoder Decode(ReasonTable reasons, TextFormat format, params byte[][] pieces)
    {
        DropDecoder decoder = TextDecoders.New(format, reasons);
        foreach (byte[] piece in pieces)
            decoder.Feed(piece);
        decoder.Complete();
        return decoder;
    }
}
