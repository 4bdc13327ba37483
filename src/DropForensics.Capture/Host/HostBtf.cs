using DropForensics.Core.Btf;

namespace DropForensics.Capture.Host;

/// <summary>The running kernel's types, from one reading of its BTF.</summary>
/// <param name="Kernel">vmlinux's BTF, for looking up functions; null without BTF. It keeps 5 to 10 MB in memory.</param>
/// <param name="Reasons">Its drop-reason enums and those of its loaded modules: numbers that no event names get their names; empty without BTF.</param>
/// <param name="Layout">Where a probe finds a packet's fields; null where it cannot.</param>
/// <param name="NoLayoutWhy">Why there is no layout, as a message; null if there is one.</param>
/// <param name="Socket">Where a probe finds the owner of a packet's socket; null where it cannot, and where no control groups (version 2) are mounted: all
/// sockets are in the root then, which names nobody.</param>
internal sealed record HostBtf(BtfFile? Kernel, ReasonEnums Reasons, SkbLayout? Layout, string? NoLayoutWhy, SocketLayout? Socket = null)
{
    private const string Directory = "/sys/kernel/btf";

    // Modules with a subsystem of reasons; built in, their enums are vmlinux's.
    private static readonly string[] Modules = ["mac80211", "openvswitch"];

    /// <summary>Reads vmlinux's BTF once, 5 to 10 MB, and that of modules with reasons of their own.</summary>
    public static HostBtf Load(HostRoot host)
    {
        if (Read(host, "vmlinux", kernel: null) is not { } kernel)
            return new HostBtf(null, ReasonEnums.Empty, null, $"this kernel has no readable BTF ({Directory}/vmlinux)");

        List<(string File, BtfFile Btf)> files = [("vmlinux", kernel)];
        foreach (string module in Modules)
        {
            if (Read(host, module, kernel) is { } btf) files.Add((module, btf));
        }

        var layout = SkbLayout.From(kernel, out string? lacking);
        return new HostBtf(kernel, ReasonEnums.From(files), layout, lacking is null ? null : $"BTF lacks {lacking}", ControlGroups.AreMounted(host) ? SocketLayout.From(kernel) : null);
    }

    private static BtfFile? Read(HostRoot host, string file, BtfFile? kernel) =>
        host.TryRead($"{Directory}/{file}") is { } content ? BtfFile.TryRead(content, kernel) : null;
}
