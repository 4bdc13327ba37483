namespace DropForensics.Capture.Kernel.Probes;

/// <summary>The function through which this kernel frees a dropped packet (net/core/skbuff.c).</summary>
/// <param name="Name">As available_filter_functions lists it.</param>
/// <param name="SkbPosition">Which argument is the packet, from 1.</param>
/// <param name="ReasonPosition">Which is the reason; null up to 5.16.</param>
internal sealed record FreeFunction(string Name, int SkbPosition, int? ReasonPosition)
{
    /// <summary>What it is called in the newest kernels.</summary>
    public const string Newest = "sk_skb_reason_drop";

    // Those that an older name became an inline call of come first: kfree_skb_reason since 5.17, sk_skb_reason_drop since 6.11.
    private static readonly FreeFunction[] All = [new(Newest, 2, 3), new("kfree_skb_reason", 1, 2), new("kfree_skb", 1, null)];

    /// <summary>The one this kernel has; null where none can be traced.</summary>
    public static FreeFunction? Of(FilterFunctions functions) => Array.Find(All, function => functions.Contains(function.Name));
}
