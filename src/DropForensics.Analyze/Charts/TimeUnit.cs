using System.Globalization;

namespace DropForensics.Analyze.Charts;

/// <summary>The unit of a time axis: the largest that leaves its numbers above 1.</summary>
/// <param name="Symbol"><c>s</c>, <c>ms</c>, <c>µs</c>.</param>
/// <param name="Name">In words, one of it.</param>
/// <param name="Ns">Its length.</param>
internal sealed record TimeUnit(string Symbol, string Name, long Ns)
{
    private static readonly TimeUnit Second = new("s", "second", 1_000_000_000);
    private static readonly TimeUnit Millisecond = new("ms", "millisecond", 1_000_000);
    private static readonly TimeUnit Microsecond = new("µs", "microsecond", 1_000);

    /// <summary>The unit for a span of time.</summary>
    public static TimeUnit For(long ns) => ns >= Second.Ns ? Second : ns >= Millisecond.Ns ? Millisecond : Microsecond;

    /// <summary>A time with as many decimals as it has: <c>12.5</c>.</summary>
    public string Of(long ns) => (ns / (decimal)Ns).ToString("#,0.#########", CultureInfo.InvariantCulture);

    /// <summary>A time with as many decimals as another one has, so that ranges read evenly: <c>13.0</c>.</summary>
    public string Of(long ns, long like)
    {
        var decimals = Of(like).Split('.') is [_, var fraction] ? fraction.Length : 0;
        return (ns / (decimal)Ns).ToString("N" + decimals, CultureInfo.InvariantCulture);
    }
}
