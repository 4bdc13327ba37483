using DropForensics.Analyze.Display;
using DropForensics.Core.Store;
using DropForensics.Core.Upgrade;

namespace DropForensics.Analyze.Queries;

/// <summary>How every command opens a capture whose rows it reads.</summary>
internal static class AnyCapture
{
    /// <summary>Opens a capture of any version.</summary>
    /// <param name="path">The capture.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="progress">Told how far an earlier one is; null for nobody.</param>
    /// <exception cref="Core.UserError">It cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static CaptureReader Open(string path, CancellationToken stop, ProgressLine? progress = null)
    {
        progress?.Begin("opening the file");
        return CaptureUpgrade.Open(path, stop, () => progress?.Begin("reading the text of an earlier version's file"));
    }
}
