using System.Globalization;
using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Charts;

/// <summary>What a timeline has in words, in the page and in pictures.</summary>
internal static class TimelineWords
{
    public static TimeUnit UnitOf(TimelineData data) => TimeUnit.For(data.WindowNs);

    /// <summary><c>Drops per second</c></summary>
    public static string Title(TimelineData data) => UnitOf(data) switch
    {
        _ when data.Instant is not null => Capital(data.Subject),
        var unit when data.BinNs == unit.Ns => $"{Capital(data.Subject)} per {unit.Name}",
        var unit => $"{Capital(data.Subject)} per {unit.Of(data.BinNs)} {unit.Symbol}",
    };

    /// <summary><c>peak 120 at 4–5 s</c></summary>
    public static string Peak(TimelineStack stack, TimelineData data) => $"peak {Units.Count(stack.Peak)} at {Bin(data, stack.PeakBin)}";

    /// <summary>From when to when a bin goes: <c>4–5 s</c>.</summary>
    public static string Bin(TimelineData data, int bin)
    {
        var start = bin * data.BinNs;
        var unit = UnitOf(data);
        return $"{unit.Of(start, data.BinNs)}–{unit.Of(Math.Min(start + data.BinNs, data.WindowNs), data.BinNs)} {unit.Symbol}";
    }

    public static string Loss(LossSpan loss) => loss.Lost is { } lost ? $"lost {Units.Count(lost)}" : "lost, count unknown";

    public static Datum LossDatum(TimelineData data, LossSpan loss) =>
        new("lost", loss.Lost, $"{UnitOf(data).Of(loss.StartNs)}–{UnitOf(data).Of(loss.EndNs)} {UnitOf(data).Symbol}");

    private static string Capital(string word) => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..];
}

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
