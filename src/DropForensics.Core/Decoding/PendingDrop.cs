using DropForensics.Core.Lines;
using DropForensics.Core.Model;

namespace DropForensics.Core.Decoding;

/// <summary>An event that may still get its stack. It is used again for another: a drop is too large to be handed on by value.</summary>
internal sealed class PendingDrop
{
    private DropEvent _drop;

    /// <summary>Of its line.</summary>
    public int Pid { get; set; }

    /// <summary>Of its line, as <see cref="FlagLegend.Order"/> has them.</summary>
    public ulong Flags { get; set; }

    /// <summary>False for an event that is no drop, or did not parse: it takes its stack all the same, so that no drop gets it.</summary>
    public bool IsDrop { get; set; }

    /// <summary>With <see cref="IsDrop"/> only.</summary>
    public ref DropEvent Drop => ref _drop;

    /// <summary>Third flag: <c>h s .</c> and so on; which nests in which is what pairs a stack with its event.</summary>
    public static byte Context(ulong flags) => (byte)(flags >> 16);

    /// <summary>Fourth flag: preempt depth. An event and its stack may differ in it.</summary>
    public static byte Depth(ulong flags) => (byte)(flags >> 24);
}
