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
                ? new Note($"Calls of `{function}` that the compiler inlined are not seen; a hit shows that it ran, not what happened to the packet.")
                : new Bullets(
                [
                    "Packets the hardware dropped before they reached the kernel: a full receive ring, a bad checksum on the wire. Check `ethtool -S`.",
                    "Packets an XDP program dropped: they are gone before the stack sees them. Check the program's own counters; `xdp:xdp_exception` shows only failures.",
                    "Networking outside the kernel, such as DPDK or AF_XDP.",
                    "Loss on the path: a packet that never reached this host was not dropped by it.",
                    "Frees that the kernel does not count as drops (`consume_skb`), even if a person would.",
                ]),
        ],
    };
}
