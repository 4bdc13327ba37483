using DropForensics.Core.Btf;

namespace DropForensics.Capture.Host;

/// <summary>
/// The drop-reason enums of this kernel and its modules, from their BTF: numbers that no event names (those of mac80211,
/// openvswitch, qdiscs, and which subsystem a number belongs to) get their names, and keep them years later.
/// </summary>
internal static class DropReasonEnums
{
    private const string Directory = "/sys/kernel/btf";

    // Modules with a subsystem of reasons; built in, their enums are vmlinux's.
    private static readonly string[] Modules = ["mac80211", "openvswitch"];

    /// <summary>Reads vmlinux's BTF once, 5 to 10 MB, and the modules' that have reasons of their own.</summary>
    public static HostBtf Load(HostRoot host)
    {
        if (Read(host, "vmlinux", kernel: null) is not { } kernel)
            return new HostBtf(null, ReasonEnums.Empty, null, $"this kernel carries no BTF that can be read ({Directory}/vmlinux)");

        List<(string File, BtfFile Btf)> files = [("vmlinux", kernel)];
        foreach (var module in Modules)
        {
            if (Read(host, module, kernel) is { } btf) files.Add((module, btf));
        }

        var layout = SkbLayout.From(kernel, out var lacking);
        return new HostBtf(kernel, ReasonEnums.From(files), layout, lacking is null ? null : $"BTF lacks {lacking}");
    }

    private static BtfFile? Read(HostRoot host, string file, BtfFile? kernel) =>
        host.TryRead($"{Directory}/{file}") is { } content ? BtfFile.TryRead(content, kernel) : null;
}
