using DropForensics.Core.Model;

namespace DropForensics.Core.Tracefs;

/// <summary>An event that may still get its stack.</summary>
/// <param name="Pid">Of its line.</param>
/// <param name="Flags">Of its line, see <see cref="TraceHeader.Flags"/>.</param>
/// <param name="Drop">Null for an event that is no drop, or did not parse: it takes its stack all the same, so that no drop gets it.</param>
internal readonly record struct PendingDrop(int Pid, ulong Flags, DropEvent? Drop)
{
    /// <summary>Third flag: <c>h s .</c> and so on; which nests in which is what pairs a stack with its event.</summary>
    public static byte Context(ulong flags) => (byte)(flags >> 16);

    /// <summary>Fourth flag: preempt depth. An event and its stack may differ in it.</summary>
    public static byte Depth(ulong flags) => (byte)(flags >> 24);
}
