using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>What no capture of this kind can show.</summary>
internal static class LimitsSection
{
    public static Section Of(ReportModel model) => new("limits", "What this method cannot see")
    {
        Short = "Blind spots",
        Parts =
        [
            model.Facts.Capture.HitsOf is { } function
                ? new Note($"Calls of `{function}` that the compiler put into its callers (inlined) were not seen; a hit says that it ran, and not what became of the packet.")
                : new Bullets(
                [
                    "Packets the hardware dropped before the kernel had them: a full receive ring, a bad checksum on the wire. Check `ethtool -S`.",
                    "Packets an XDP program dropped: they are gone before the stack sees them. Check the program's own counters; `xdp:xdp_exception` tells only where it failed.",
                    "Networking outside the kernel, such as DPDK or AF_XDP.",
                    "Loss on the way: a packet that never came to this host was not dropped by it.",
                    "Frees that the kernel does not count for drops (`consume_skb`), even where a person would.",
                ]),
        ],
    };
}
