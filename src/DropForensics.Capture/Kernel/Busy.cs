using System.Diagnostics;

namespace DropForensics.Capture.Kernel;

/// <summary>The kernel says EBUSY while another tool has something of ours open, and for a moment after it was closed.</summary>
internal static class Busy
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    /// <summary>Removes something, and tries again for two seconds while it is there and the kernel refuses.</summary>
    /// <param name="remove">Throws where the kernel refuses.</param>
    /// <param name="isThere">Gone is as good as removed.</param>
    /// <exception cref="IOException">It is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of permission.</exception>
    public static void Remove(Action remove, Func<bool> isThere)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                remove();
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!isThere()) return;
                if (waited.Elapsed >= Patience) throw;
                Thread.Sleep(Retry);
            }
        }
    }
}
