using System.Text;
using DropForensics.Core.RingPages;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.RingPages;

/// <summary>Damaged pages: no exception, an end, and nothing of what lies behind the page. Seeded, so a failure comes again.
/// DROPFORENSICS_MUTATIONS=1000000 for the long run.</summary>
public sealed class RingPageMutationTests
{
    private const int DefaultMutations = 50_000;

    // A record has four bytes at least, and no line of one has more than this.
    private const int LargestText = 1024 * 512;

    [Fact]
    public void Mutated_pages_come_to_an_end_and_show_nothing_from_outside()
    {
        int mutations = int.TryParse(Environment.GetEnvironmentVariable("DROPFORENSICS_MUTATIONS"), out int asked) ? asked : DefaultMutations;
        byte[][] pages = Pages();
        Parallel.For(0, 100, part =>
        {
            var random = new Random(part);
            var renderer = RingPageWriter.Renderer();
            var lines = new LineBuffer();
            for (int i = 0; i < mutations / 100; i++)
            {
                byte[] page = Mutate(pages, random);
                int length = random.Next(4) == 0 ? random.Next(page.Length + 1) : page.Length;
                string first = Render(renderer, lines, page, length, behind: 0x41);
                string second = Render(renderer, lines, page, length, behind: 0x7e);
                Assert.True(first == second, $"part {part}, mutation {i}: {Convert.ToBase64String(page)} cut to {length}");
                Assert.True(first.Length < LargestText && (first.Length == 0 || first.EndsWith('\n')), $"part {part}, mutation {i}");
            }
        });
    }

    [Fact]
    public void Mutated_formats_are_taken_or_refused()
    {
        var random = new Random(20261124);
        var page = Pages()[0];
        int taken = 0;
        for (int i = 0; i < 5_000; i++)
        {
            char[] format = RingPageWriter.Event.ToCharArray();
            for (int changes = random.Next(1, 4); changes > 0; changes--) format[random.Next(format.Length)] = (char)random.Next(256);
            if (RingPageWriter.Try(out _, new string(format)) is not { } renderer) continue;
            taken++;
            RingPageWriter.Render(renderer, page);
        }

        Assert.InRange(taken, 500, 5_000);
    }

    // The page lies in the middle of a larger buffer, and what follows it must not matter.
    private static string Render(PageRenderer renderer, LineBuffer lines, byte[] page, int length, byte behind)
    {
        var buffer = new byte[length + 64];
        buffer.AsSpan(length).Fill(behind);
        page.AsSpan(0, length).CopyTo(buffer);
        lines.Clear();
        renderer.Render(lines, 0, buffer.AsSpan(0, length));
        return Encoding.Latin1.GetString(lines.Written);
    }

    private static byte[][] Pages() =>
    [
        new RingPageWriter(1_000_000, 512).Drop(5).StackOf(7, 0xffffffff81001004, 0xffffffffc0001004).Drop(9).ToPage(lost: 3),
        new RingPageWriter(ulong.MaxValue - 5, 512).Extend(1UL << 40).Drop(5, pid: -1).Discarded(24).Stamp(1UL << 58).Drop(1).EndOfPage().ToPage(),
        new RingPageWriter(0, 512).StackOf(7, Enumerable.Repeat(0xffffffff81001004, 30).ToArray()).Drop(3, reason: 99).ToPage(lostUncounted: true),
        new RingPageWriter(0, 512).Record(3, new byte[12]).ToPage(),
    ];

    private static byte[] Mutate(byte[][] pages, Random random)
    {
        byte[] page = [.. pages[random.Next(pages.Length)]];
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            // Lengths and times stand at the front of the words of four.
            int at = random.Next(3) == 0 ? random.Next(24) : random.Next(page.Length / 4) * 4;
            page[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)(page[at] ^ 1 << random.Next(8)), _ => (byte)(29 + random.Next(3)) };
        }

        return page;
    }
}
