using System.CommandLine;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary>Options of the commands that print tables.</summary>
internal static class TableOptions
{
    /// <summary>Rows by default.</summary>
    public const int DefaultTop = 10;

    /// <summary>The length of tables on a terminal.</summary>
    public static Option<int?> Top() => TypedOptions.Of<int>("--top", "N", $"Rows of each table of the summary. Default: {DefaultTop}.", WholeNumber(1));

    /// <summary>The drops that are read.</summary>
    public static Option<string?> Filter() => SharedOptions.Filter(
        "Only the drops that match, in the words of pcap-filter: 'tcp port 443 and host 10.0.0.7'.\n\nAlso: reason NO_SOCKET, interface eth0.");

    /// <summary>Reads a whole number with a lower limit.</summary>
    public static TypedOptions.Reader<int> WholeNumber(int least) => (text, out problem) => (int?)Quantities.Count(text, least, int.MaxValue, out problem);
}
