using System.Diagnostics;

namespace DropForensics.Tests.TestKit;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Await
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static void Until(Func<bool> condition) => Until(condition, Deadline, () => "the condition did not come true");

    /// <param name="condition">What is waited for.</param>
    /// <param name="deadline">How long; looked at once where that is over already.</param>
    /// <param name="instead">What is so where it does not come true.</param>
    public static void Until(Func<bool> condition, TimeSpan deadline, Func<string> instead)
    {
        TimeSpan left = deadline > TimeSpan.Zero ? deadline : TimeSpan.Zero;
        for (var waited = Stopwatch.StartNew(); !condition(); Thread.Sleep(1))
        {
            // The processor is left to what is waited for: most conditions read a file or ask a database.
            if (waited.Elapsed >= left) throw new TimeoutException($"within {left}: {instead()}");
        }
    }
}
