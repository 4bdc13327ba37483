using System.Text;

namespace DropForensics.Core.Events;

/// <summary>A function through which a kernel frees a dropped packet (net/core/skbuff.c).</summary>
/// <param name="Name">As available_filter_functions lists it.</param>
/// <param name="SkbPosition">Which argument is the packet, from 1.</param>
/// <param name="ReasonPosition">Which is the reason; null up to 5.16.</param>
/// <param name="ReceiverPosition">Which is the socket that was to receive the packet; null up to 6.10.</param>
/// <remarks><c>__kfree_skb</c> is not one of them: it also frees consumed packets (tcp_ack frees acknowledged ones).</remarks>
public sealed record FreeFunction(string Name, int SkbPosition, int? ReasonPosition, int? ReceiverPosition = null)
{
    /// <summary>Its name in the newest kernels.</summary>
    public const string Newest = "sk_skb_reason_drop";

    private static readonly byte[][] Names;

    static FreeFunction() => Names = [.. All.Select(function => Encoding.ASCII.GetBytes(function.Name))];

    /// <summary>Newest first; in newer kernels the older names are inline calls of them: kfree_skb_reason since 5.17, sk_skb_reason_drop since 6.11.</summary>
    public static IReadOnlyList<FreeFunction> All { get; } = [new(Newest, 2, 3, 1), new("kfree_skb_reason", 1, 2), new("kfree_skb", 1, null)];

    /// <summary>Whether a call of the function drops a packet.</summary>
    /// <param name="function">As a trace prints it.</param>
    internal static bool IsCalled(ReadOnlySpan<byte> function)
    {
        foreach (byte[] name in Names)
        {
            if (function.SequenceEqual(name)) return true;
        }

        return false;
    }
}
