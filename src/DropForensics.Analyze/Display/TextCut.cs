namespace DropForensics.Analyze.Display;

/// <summary>Makes text fit a number of characters.</summary>
internal static class TextCut
{
    /// <summary>Its beginning.</summary>
    public static string End(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int kept = Math.Max(0, most - 1);
        kept -= kept > 0 && char.IsHighSurrogate(text[kept - 1]) ? 1 : 0; // no half of a pair is left standing
        return $"{text[..kept]}…";
    }

    /// <summary>Cut in the middle, for the ends of names of one kind tell them apart: <c>__netif_rec…skb_core</c>.</summary>
    public static string Middle(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int kept = Math.Max(0, most - 1);
        int first = (kept + 1) / 2, last = text.Length - (kept / 2);

        // No half of a surrogate pair is left standing.
        first -= first > 0 && char.IsHighSurrogate(text[first - 1]) ? 1 : 0;
        last += last < text.Length && char.IsLowSurrogate(text[last]) ? 1 : 0;
        return $"{text[..first]}…{text[last..]}";
    }
}
