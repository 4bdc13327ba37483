using System.Globalization;

namespace DropForensics.Analyze.Findings;

/// <summary>Reads the kernel's way to list CPUs: <c>0-3,8</c>.</summary>
internal static class CpuList
{
    /// <summary>How many CPUs it lists; null where it is none.</summary>
    public static int? Count(string? list)
    {
        int count = 0;
        foreach (string part in (list ?? "").Trim().Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int from)) return null;
            int to = from;
            if (ends.Length == 2 && !int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out to)) return null;
            count += Math.Max(0, to - from + 1);
        }

        return count;
    }
}
