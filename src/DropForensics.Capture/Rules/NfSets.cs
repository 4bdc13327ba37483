using System.Text;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.Rules;

/// <summary>An element of a set of nftables: its key and, in a map of verdicts, the verdict.</summary>
/// <param name="Key">As a register holds it.</param>
/// <param name="Verdict"><c>drop</c>, <c>jump other</c>; null in a set.</param>
/// <param name="IsPart">It is an end of an interval, or stands for all other keys: the key alone says too little.</param>
internal sealed record NfElement(byte[] Key, string? Verdict, bool IsPart);

/// <summary>What is in the sets that nft makes for one rule, as in <c>tcp dport { 80, 443 }</c>. They are asked for when a rule needs them.</summary>
internal sealed class NfSets
{
    private const int MostSets = 100, MostElements = 1_000;
    private int _asked;

    /// <summary>The elements of a set; null if there are too many, too many sets were asked for, or the kernel would not answer.</summary>
    /// <param name="family">Of the set's table, by number.</param>
    /// <param name="table">The table.</param>
    /// <param name="set">The set's name.</param>
    public IReadOnlyList<NfElement>? Read(byte family, string table, string set)
    {
        const ushort tableName = 1, setName = 2;
        if (++_asked > MostSets) return null;
        byte[] request = [family, 0, 0, 0, .. Attribute(tableName, table), .. Attribute(setName, set)];
        try
        {
            var parts = NetlinkDump<List<NfElement>>.Read(RouteNetlink.Netfilter, NfTables.GetSetElements, request, MostElements, TryParse);
            var elements = parts.Rows.SelectMany(each => each).ToList();
            return parts.IsCut || elements.Count > MostElements ? null : elements;
        }
        catch (IOException)
        {
            return null;   // it went with its rule
        }
    }

    private static byte[] Attribute(ushort type, string text)
    {
        byte[] value = [.. Encoding.UTF8.GetBytes(text), 0];
        int length = 4 + value.Length;
        return [(byte)length, (byte)(length >> 8), (byte)type, 0, .. value, .. new byte[(4 - (length & 3)) & 3]];
    }

    // The body of an NFT_MSG_NEWSETELEM message.
    private static List<NfElement>? TryParse(ReadOnlySpan<byte> body)
    {
        const int elementsOfIt = 3, key = 1, data = 2, flags = 3, value = 1, verdict = 2;
        if (body.Length < NfTables.BodySize) return null;
        List<NfElement> elements = [];
        for (ReadOnlySpan<byte> rest = NfTables.Find(body[NfTables.BodySize..], elementsOfIt); RouteNetlink.NextAttribute(ref rest, out _, out ReadOnlySpan<byte> element);)
        {
            ReadOnlySpan<byte> decision = NfTables.Find(NfTables.Find(element, data), verdict);
            elements.Add(new NfElement(
                NfTables.Find(NfTables.Find(element, key), value).ToArray(), decision.IsEmpty ? null : NfTables.Verdict(decision), NfTables.Int32(NfTables.Find(element, flags)) is > 0));
        }

        return elements;
    }
}
