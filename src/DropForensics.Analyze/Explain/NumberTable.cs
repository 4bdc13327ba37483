using System.Globalization;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Explain;

/// <summary>
/// What numbers of reasons meant in the kernels whose BTF was read: a number is a build's own, and has changed within stable kernels. A
/// capture names its reasons by the table of its own host and has no need of this; it is for numbers out of a log.
/// </summary>
internal static class NumberTable
{
    private const string SubsystemKernel = "7.3.4+deb13";

    /// <summary>The meanings of a number, that of the latest kernels last; empty where no such kernel has it.</summary>
    /// <param name="number">196610 or, as the kernel prints it, 0x30002.</param>
    /// <param name="kernel">Only kernels of this version; null: all.</param>
    public static IReadOnlyList<NumberMeaning> Of(uint number, KernelVersion? kernel) =>
        (number <= 0xffff ? Core(number) : Subsystems(number))
            .Where(m => kernel is null || KernelVersion.Parse(m.Kernel) == kernel)
            .OrderBy(m => KernelVersion.Parse(m.Kernel) is { } version ? (version.Major, version.Minor) : default)
            .GroupBy(m => m.Name).Select(g => new NumberMeaning(g.Key, g.Select(m => m.Kernel).ToList()))
            .ToList();

    /// <summary>A decimal or (0x) hexadecimal number; anything else is null.</summary>
    public static uint? Parse(string text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint hex) ? hex : null
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;

    private static IEnumerable<(string Name, string Kernel)> Core(uint number)
    {
        string value = number.ToString(CultureInfo.InvariantCulture);
        string[][] rows = Rows("skb_drop_reason.tsv").ToArray();
        return rows.Skip(1).SelectMany(row => row.Skip(1).Zip(rows[0].Skip(1)).Where(cell => cell.First == value)
            .Select(cell => (row[0].Replace("SKB_DROP_REASON_", "", StringComparison.Ordinal), cell.Second)));
    }

    private static IEnumerable<(string Name, string Kernel)> Subsystems(uint number) => Rows("subsystems-7.3.tsv")
        .Where(row => row[2] == number.ToString(CultureInfo.InvariantCulture)).Select(row => (row[1].TrimStart('_'), SubsystemKernel));

    private static IEnumerable<string[]> Rows(string name)
    {
        using Stream resource = typeof(NumberTable).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded");
        using var text = new StreamReader(resource);
        while (text.ReadLine() is { } line) yield return line.Split('\t');
    }
}

/// <summary>What a reason's number means.</summary>
/// <param name="Name">The reason, without <c>SKB_DROP_REASON_</c>.</param>
/// <param name="Kernels">The kernels it was looked up in, as their packages name them: <c>6.12.107+deb13</c>.</param>
public sealed record NumberMeaning(string Name, IReadOnlyList<string> Kernels);
