using System.Text;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.State;

/// <summary>
/// Whether the kernel can tell of sockets, or of the rules of nftables, without loading a module: whoever asks sock_diag for a protocol whose module is missing makes the kernel load it
/// (sock_load_diag_module, net/core/sock_diag.c), and it then stays.
/// </summary>
internal static class DiagModules
{
    /// <summary>The module that asking would load; null where nothing would be loaded.</summary>
    /// <param name="host">Where procfs is.</param>
    /// <param name="module"><c>tcp_diag</c>; it needs <c>inet_diag</c>, which is loaded before it.</param>
    public static string? WouldLoad(HostRoot host, string module)
    {
        if (host.TryRead("/proc/modules") is not { } modules) return null;   // a kernel that has none
        if (Encoding.UTF8.GetString(modules) is var loaded && IsListed(loaded, module)) return null;
        if (SmallFile.Text(host.At("/proc/sys/kernel/modules_disabled")) == "1") return null;
        string? release = SmallFile.Text(host.At("/proc/sys/kernel/osrelease"));
        byte[]? builtIn = host.TryRead($"/lib/modules/{release}/modules.builtin");
        return builtIn is not null && Encoding.UTF8.GetString(builtIn).Contains($"/{module}.ko", StringComparison.Ordinal) ? null : module;
    }

    private static bool IsListed(string modules, string name) =>
        modules.StartsWith(name + " ", StringComparison.Ordinal) || modules.Contains($"\n{name} ", StringComparison.Ordinal);
}
