using DropForensics.Core.Store;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.TestKit;

/// <summary>Captures of so many drops of each reason, a millisecond apart.</summary>
internal static class MadeCounts
{
    /// <summary>Of a whole window.</summary>
    public static void Make(string path, params (string Reason, int Drops)[] drops) => Make(path, Whole, "", drops);

    /// <summary>Of a capture that says this of itself.</summary>
    public static void Make(string path, CaptureRow row, params (string Reason, int Drops)[] drops) => Make(path, row, "", drops);

    /// <summary>With something more at the end of the text.</summary>
    public static void Make(string path, CaptureRow row, string more, params (string Reason, int Drops)[] drops) => Write(
        path, row with { Trigger = null, Uuid = Guid.NewGuid().ToString() },
        [(0, string.Concat(drops.SelectMany(d => Enumerable.Repeat(d.Reason, d.Drops)).Select((reason, i) => Event(100.001 + (i / 1000.0), reason: reason))) + more)],
        (writer, _) =>
        {
            AddCounters(writer);
            if (row.WitnessDrops is { } counted) writer.AddWitnessCount(0, counted);
        });
}
