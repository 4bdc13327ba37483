using System.Globalization;
using System.Text;

namespace DropForensics.Core.Ledger;

/// <summary>
/// What a capture with <c>--freeze</c> says of its ring, which nobody read before it stood still. Kept as an artifact: a table of text as those of the host's
/// state, a line of column names, then a row with tabs between the cells.
/// </summary>
/// <param name="ByKernel">The kernel itself shut the gate, at the first drop that was waited for; else the agent did.</param>
/// <param name="EarlierDrops">Drops that were counted before those kept: newer ones overwrote them.</param>
public sealed record FrozenRing(bool ByKernel, long EarlierDrops)
{
    /// <summary>Path of the artifact.</summary>
    public const string Path = "frozen-ring.tsv";

    /// <summary>Its columns; <c>by_kernel</c> is 0 or 1.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["by_kernel", "earlier_drops"];

    /// <summary>The artifact's content.</summary>
    public byte[] Text() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{string.Join('\t', Columns)}\n{(ByKernel ? 1 : 0)}\t{EarlierDrops}\n"));

    /// <summary>The same read back; null where there is none, or it is something else.</summary>
    public static FrozenRing? Read(byte[]? content)
    {
        string[] lines = Encoding.UTF8.GetString(content ?? []).Split('\n');
        return lines is [var head, var row, ..] && head == string.Join('\t', Columns) && row.Split('\t') is [("0" or "1") and var byKernel, var earlier]
            && long.TryParse(earlier, NumberStyles.None, CultureInfo.InvariantCulture, out long drops) ? new FrozenRing(byKernel == "1", drops) : null;
    }
}
