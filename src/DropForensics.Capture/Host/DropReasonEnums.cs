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

    /// <summary>Reads vmlinux's BTF once, 5 to 10 MB, which is let go of again.</summary>
    public static HostBtf Load(HostRoot host)
    {
        if (Read(host, "vmlinux", kernel: null) is not { } kernel)
            return new HostBtf(ReasonEnums.Empty, null, $"this kernel carries no BTF ({Directory}/vmlinux)");

        var modules = Modules.Select(module => (File: module, Btf: Read(host, module, kernel)));
        var reasons = ReasonEnums.From(modules.Prepend((File: "vmlinux", Btf: kernel)).Where(file => file.Btf is not null).Select(file => (file.File, file.Btf!)));
        var layout = SkbLayout.From(kernel, out var lacking);
        return new HostBtf(reasons, layout, lacking is null ? null : $"BTF lacks {lacking}");
    }

    private static BtfFile? Read(HostRoot host, string file, BtfFile? kernel) =>
        host.TryRead($"{Directory}/{file}") is { } content ? BtfFile.TryRead(content, kernel) : null;
}
