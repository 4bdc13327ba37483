namespace DropForensics.Analyze.Facts;

/// <summary>How a sentence calls the function that dropped packets, also where only the place is known at which they were freed.</summary>
internal static class FunctionWords
{
    /// <summary><c>`tcp_v4_rcv`</c>; <c>a caller of `dev_kfree_skb_any_reason`, which only a stack shows</c>.</summary>
    public static string Of(SiteFacts site)
    {
        if (site.Function is { } function)
        {
            return $"`{function}`";
        }

        // The trace gives one at most where no stack names the function.
        if (site.Locations is not [{ Name: { } location }, ..])
        {
            return "an unknown function";
        }

        int end = location.AsSpan().IndexOfAny('+', ' ');
        return location.StartsWith("0x", StringComparison.Ordinal) ? $"an unknown function, at `{location}`"
            : $"a caller of `{(end < 0 ? location : location[..end])}`, which only a stack shows";
    }
}
