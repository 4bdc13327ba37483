using DropForensics.Core.Store;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.TestKit;

/// <summary>Captures of so many drops of each reason, each of them evenly over the window.</summary>
internal static class MadeCounts
{
    /// <summary>Of a whole window.</summary>
    public static void Make(string path, params (string Reason, int Drops)[] drops) => Make(path, Whole, "", drops);

    /// <summary>Of a capture that says this of itself.</summary>
    public static void Make(string path, CaptureRow row, params (string Reason, int Drops)[] drops) => Make(path, row, "", drops);

    /// <summary>With something more at the end of the text.</summary>
    public static void Make(string path, CaptureRow row, string more, params (string Reason, int Drops)[] drops) => Write(
        path, row with { Trigger = null, Uuid = Guid.NewGuid().ToString() },
        [(0, string.Concat(drops.SelectMany(d => Times(d.Reason, d.Drops, Seconds(row))).OrderBy(d => d.Time).Select(d => Event(d.Time, reason: d.Reason))) + more)],
        (writer, _) =>
        {
            AddCounters(writer);
            if (row.WitnessDrops is { } counted) writer.AddWitnessCount(0, counted);
        });

    private static double Seconds(CaptureRow row) => row is { OpenedNs: { } opened, ClosedNs: { } closed } ? (closed - opened) / 1e9 : 10;

    private static IEnumerable<(string Reason, double Time)> Times(string reason, int drops, double seconds) =>
        Enumerable.Range(0, drops).Select(i => (reason, 100.001 + ((seconds - 0.01) * i / drops)));
}
