using System.Globalization;

namespace DropForensics.Analyze.Knowledge;

/// <summary>The kernels something is true of.</summary>
/// <param name="From">The first; null: from the beginning.</param>
/// <param name="To">The last; null: to this day.</param>
/// <param name="IsLatest">Whether <paramref name="From"/> is the first kernel that was looked at and not the first that has it.</param>
public sealed record KernelRange(KernelVersion? From, KernelVersion? To, bool IsLatest)
{
    /// <summary>Every kernel.</summary>
    public static KernelRange All { get; } = new(null, null, false);

    /// <summary>In words: <c>since Linux 6.12 at the latest, up to 7.0</c>.</summary>
    public string Words => (From, To) switch
    {
        (null, null) => "all kernels",
        (null, { } to) => $"up to Linux {to}",
        ({ } from, null) => $"since Linux {from}{(IsLatest ? " at the latest" : "")}",
        ({ } from, { } to) => $"since Linux {from}{(IsLatest ? " at the latest" : "")}, up to {to}",
    };

    /// <summary><c>all</c>, <c>5.17-</c>, <c>~6.14-7.0</c>, <c>-5.16</c>; anything else is null.</summary>
    public static KernelRange? Parse(string text)
    {
        if (text == "all") return All;
        string[] ends = text.TrimStart('~').Split('-');
        if (ends.Length != 2) return null;
        (KernelVersion? from, KernelVersion? to) = (KernelVersion.Parse(ends[0]), KernelVersion.Parse(ends[1]));
        bool isWhole = (from is null) == (ends[0].Length == 0) && (to is null) == (ends[1].Length == 0) && (from ?? to) is not null;
        return isWhole ? new KernelRange(from, to, text.StartsWith('~')) : null;
    }

    /// <summary>Whether a kernel may be among them; one that is not known may.</summary>
    public bool Contains(KernelVersion? kernel) =>
        kernel is not { } version || !((From is { } from && version < from) || (To is { } to && version > to));
}

/// <summary>A kernel as far as its sources' history goes: <c>6.12</c>.</summary>
public readonly record struct KernelVersion(int Major, int Minor)
{
    /// <summary>From a release as the host prints it: <c>6.12.107+deb13-amd64</c>, or <c>6.12</c>.</summary>
    /// <returns>Null where it does not begin with two numbers.</returns>
    public static KernelVersion? Parse(string? release)
    {
        string[] parts = (release ?? "").Split('.', 3);
        string minor = parts.Length < 2 ? "" : new string([.. parts[1].TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? new KernelVersion(major, number) : null;
    }

    public static bool operator <(KernelVersion one, KernelVersion other) => (one.Major, one.Minor).CompareTo((other.Major, other.Minor)) < 0;

    public static bool operator >(KernelVersion one, KernelVersion other) => other < one;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
