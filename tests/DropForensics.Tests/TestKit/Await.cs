using System.Diagnostics;

namespace DropForensics.Tests.TestKit;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Await
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static void Until(Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            if (waited.Elapsed > Deadline) throw new TimeoutException($"the condition did not come true within {Deadline}");
            Thread.Sleep(1);   // who looks all the time takes a CPU from what is waited for
        }
    }
}
