using System.Globalization;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Diff;

/// <summary>How two captures are compared, in sentences.</summary>
internal static class DiffMethod
{
    public const string Test = "exact conditional test of two Poisson rates (Przyborowski and Wilenski 1940), two-sided";

    public static IEnumerable<string> Sentences(DiffModel model)
    {
        string many = model.A.Capture.Subject.Many, one = model.A.Capture.Subject.One;
        yield return $"Rates are captured {many} by the length of their window.";
        yield return $"Where {many} are missing a rate is a range: from what was captured to what the kernel counted itself, or else as if every lost record had been a {one}. "
            + "Of one kind all of them may be missing, or none; a change is called one only where it is one at every point of both ranges, and open where it is at some.";
        yield return $"Two rates are called different where chance alone sets two equal ones so far apart less than once in a thousand times (p < {PoissonTest.Threshold.ToString(CultureInfo.InvariantCulture)}): {Test}. "
            + "Anything else is within noise: 5 against 3 in equal times have p = 0.73.";
        if (model.A.Seconds is { } a && model.B.Seconds is { } b)
            yield return $"In these windows {Count(PoissonTest.FewestAgainstNone(b, a), one)} of B against none of A {(PoissonTest.FewestAgainstNone(b, a) == 1 ? "is" : "are")} the fewest that count as new, and {Count(PoissonTest.FewestAgainstNone(a, b))} of A against none of B as gone.";
        yield return $"The test takes {many} for independent. Where they came in bursts (their numbers in equal times vary more than chance makes them), a burst counts as one event: "
            + $"the numbers of both sides are divided by the index of dispersion, the larger one of the two. A row says \"in bursts\" where only that puts it within noise.";
        yield return $"A driver or a function that one capture knows and the other does not is no change: as many {many} as one has more of an unknown kind may be of any.";
        yield return "Flows are conversations: both hosts and what the packet was for, whichever port it came from.";
    }
}
