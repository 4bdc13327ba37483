using System.Globalization;
using System.Text;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Host;

/// <summary>
/// The drop-reason enums of this kernel and its modules, from their BTF: numbers that no event names (those of mac80211,
/// openvswitch, qdiscs, and which subsystem a number belongs to) can be named years later.
/// </summary>
internal static class DropReasonEnums
{
    private const string Directory = "/sys/kernel/btf";
    private const string Word = "drop_reason";

    private static readonly string[] Modules = ["mac80211", "openvswitch"];

    /// <summary>Each enum as text, <c>VALUE NAME</c> a line, by a path such as <c>btf/vmlinux/skb_drop_reason</c>; none without BTF.</summary>
    public static IEnumerable<(string Path, byte[] Content)> Read(HostRoot host)
    {
        if (Btf(host, "vmlinux", kernel: null) is not { } kernel) return [];
        return Enums("vmlinux", kernel)
            .Concat(Modules.SelectMany(module => Btf(host, module, kernel) is { } btf ? Enums(module, btf) : []));
    }

    private static BtfFile? Btf(HostRoot host, string file, BtfFile? kernel) =>
        host.TryRead($"{Directory}/{file}") is { } content ? BtfFile.TryRead(content, kernel) : null;

    private static IEnumerable<(string Path, byte[] Content)> Enums(string file, BtfFile btf) =>
        btf.Enums(Word).Select(found => ($"btf/{file}/{found.Name}", Encoding.ASCII.GetBytes(string.Concat(
            found.Values.Select(value => $"{value.Value.ToString(CultureInfo.InvariantCulture)} {value.Name}\n")))));
}
