using DropForensics.Core.Model;

namespace DropForensics.Core.Decoding;

/// <summary>What the stored text has in place of a drop that the agent's filter left out: a line for each of its lines.</summary>
internal static class FilterMarks
{
    private static ReadOnlySpan<byte> Drop => "#filtered drop"u8;

    private static ReadOnlySpan<byte> DropUnseen => "#filtered drop without packet"u8;

    private static ReadOnlySpan<byte> Stack => "#filtered stack"u8;

    /// <summary>The mark of a kind; empty for a frame, and for a record's further lines.</summary>
    public static ReadOnlySpan<byte> Of(LineKind kind) => kind switch
    {
        LineKind.Filtered => Drop,
        LineKind.FilteredUnseen => DropUnseen,
        LineKind.FilteredStack => Stack,
        _ => [],
    };

    /// <summary>What a line marks; null for another line.</summary>
    public static LineKind? Find(ReadOnlySpan<byte> line) =>
        line.SequenceEqual(Drop) ? LineKind.Filtered : line.SequenceEqual(DropUnseen) ? LineKind.FilteredUnseen : line.SequenceEqual(Stack) ? LineKind.FilteredStack : null;
}
