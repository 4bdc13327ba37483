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

        return Location(site) switch
        {
            null => "an unknown function",
            { IsAddress: true, Name: var address } => $"an unknown function, at `{address}`",
            { Name: var name } => $"a caller of `{name}`, which only a stack shows",
        };
    }

    /// <summary>For a table: <c>tcp_v4_rcv</c>, <c>caller of dev_kfree_skb_any_reason</c>, <c>unknown, at 0xffffffff865ad8f3</c>, <c>unknown</c>.</summary>
    public static string Short(SiteFacts site) => site.Function ?? Location(site) switch
    {
        null => "unknown",
        { IsAddress: true, Name: var address } => $"unknown, at {address}",
        { Name: var name } => $"caller of {name}",
    };

    // The trace gives one at most where no stack names the function.
    private static (string Name, bool IsAddress)? Location(SiteFacts site)
    {
        if (site.Locations is not [{ Name: { } location }, ..]) return null;
        int end = location.AsSpan().IndexOfAny('+', ' ');
        return location.StartsWith("0x", StringComparison.Ordinal) ? (location, true) : (end < 0 ? location : location[..end], false);
    }
}
