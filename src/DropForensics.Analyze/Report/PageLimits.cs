using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Report;

/// <summary>
/// How much of what there is a page lists. A page may weigh 1.5 MB, however much was captured: one that comes out heavier is made again with
/// less, until it is light enough. Only forged names, longer than any kernel's, can make the last one heavier.
/// </summary>
/// <param name="Rows">Of a table, of whatever there is.</param>
/// <param name="Stacks">That are spelled out; the flame graph has more.</param>
/// <param name="Examples">Raw lines of so many sites.</param>
/// <param name="Frames">Of the flame graph as it is drawn for those without script.</param>
/// <param name="Parts">Parts of all drops that are told over time with their stack; as many again without it, and twice as many by driver and reason.</param>
/// <param name="Titles">Whether each column of the timeline says its number without script.</param>
public sealed record PageLimits(int Rows, int Stacks, int Examples, int Frames, int Parts, bool Titles)
{
    /// <summary>The most a page may weigh.</summary>
    public const int MostBytes = 1_500_000;

    /// <summary>Characters of a line that could not be read: its beginning says why.</summary>
    public const int LineLength = 500;

    /// <summary>Characters of a drop as the kernel printed it: one with its packet and a stack of 60 frames has some 6,000.</summary>
    public const int ExampleLength = 8_000;

    /// <summary>Room for all that people look at; over 240 bins of a steady flood a part takes some 250 bytes.</summary>
    public static PageLimits Ample { get; } = new(FactLimits.TableRows, 100, FactLimits.Examples, 800, 400, true);

    /// <summary>From the most to the least.</summary>
    public static IReadOnlyList<PageLimits> All { get; } = [Ample, Ample.Less(2), Ample.Less(4), Ample.Less(8)];

    private PageLimits Less(int times) => new(Rows / times, Stacks / times, Examples / times, Frames / times, Parts / times, Titles: false);
}
