using System.Globalization;

namespace DropForensics.Analyze.Knowledge;

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
