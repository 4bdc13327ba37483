using System.Globalization;
using System.Text;

namespace DropForensics.Core.Btf;

/// <summary>One enum of drop reasons in a kernel's type information.</summary>
/// <param name="File">Whose: <c>vmlinux</c>, or a module.</param>
/// <param name="Name"><c>skb_drop_reason</c>.</param>
/// <param name="Values">In the enum's order, names as spelled there.</param>
public sealed record ReasonEnum(string File, string Name, IReadOnlyList<(string Name, long Value)> Values)
{
    private const string Room = "btf";

    /// <summary>Where it is kept in a capture: <c>btf/vmlinux/skb_drop_reason</c>.</summary>
    public string Path => $"{Room}/{File}/{Name}";

    /// <summary>Its content there: <c>VALUE NAME</c> on each line, decimal.</summary>
    public byte[] Content
    {
        get
        {
            var text = new StringBuilder();
            foreach ((string? name, long value) in Values) text.Append(CultureInfo.InvariantCulture, $"{value} {name}\n");
            return Encoding.ASCII.GetBytes(text.ToString());
        }
    }

    /// <summary>Reads what <see cref="Content"/> wrote; other lines are skipped.</summary>
    /// <returns>Null if the path is not an enum's.</returns>
    public static ReasonEnum? Parse(string path, ReadOnlySpan<byte> content)
    {
        if (path.Split('/') is not [Room, var file, var name]) return null;
        var values = new List<(string, long)>();
        foreach (Range range in content.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = content[range];
            int blank = line.IndexOf((byte)' ');
            if (blank < 0 || !IsIdentifier(line[(blank + 1)..])) continue;
            if (!long.TryParse(line[..blank], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)) continue;
            values.Add((Encoding.ASCII.GetString(line[(blank + 1)..]), value));
        }

        return new ReasonEnum(file, name, values);
    }

    /// <summary>Leaves out values whose names are not valid in C: a damaged file can have them.</summary>
    internal static ReasonEnum? From(string file, string name, IEnumerable<(string Name, long Value)> values)
    {
        if (!IsIdentifier(Encoding.ASCII.GetBytes(name))) return null;
        var named = new List<(string, long)>();
        foreach ((string Name, long Value) value in values)
        {
            if (IsIdentifier(Encoding.ASCII.GetBytes(value.Name))) named.Add(value);
        }

        return new ReasonEnum(file, name, named);
    }

    private static bool IsIdentifier(ReadOnlySpan<byte> text)
    {
        foreach (byte letter in text)
        {
            if (letter != '_' && !char.IsAsciiLetterOrDigit((char)letter)) return false;
        }

        return !text.IsEmpty && !char.IsAsciiDigit((char)text[0]);
    }
}
