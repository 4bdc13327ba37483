using DropForensics.Core;

namespace DropForensics.Capture.Kernel;

/// <summary>The tracepoint skb:kfree_skb, which every dropped packet passes.</summary>
internal static class DropTracepoint
{
    /// <summary>Below an instance or below tracefs itself.</summary>
    public const string Directory = "events/skb/kfree_skb";

    /// <summary>Its description of itself, below tracefs.</summary>
    public const string FormatPath = $"{Directory}/format";

    /// <param name="tracefs">Where it is mounted.</param>
    /// <param name="format">The content of <see cref="FormatPath"/>.</param>
    /// <exception cref="UserError">The event does not exist, or we may not read it.</exception>
    public static void Require(string tracefs, ReadOnlySpan<byte> format)
    {
        if (!format.IsEmpty) return;
        throw System.IO.Directory.Exists(Path.Combine(tracefs, Directory))
            ? new UserError($"cannot read {tracefs}/{FormatPath}: permission denied", "Run as root (sudo capture …).")
            : new UserError(
                $"this kernel has no skb:kfree_skb tracepoint ({tracefs}/{Directory} is missing)",
                "It needs a kernel built with CONFIG_NET and CONFIG_EVENT_TRACING; every distribution's kernel since 2.6 has it.");
    }
}
