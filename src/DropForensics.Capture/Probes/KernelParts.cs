using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Probes;

/// <summary>
/// Whether the kernel was built with event and kprobe events, by a function of each in /proc/kallsyms: for those who must not find out
/// by trying. Names are listed for everybody, even where addresses are hidden. It takes some 100 ms to read, so a capture tries instead.
/// </summary>
internal sealed class KernelParts(HostRoot host)
{
    // kernel/trace/trace_eprobe.c (5.15 on) and kernel/trace/trace_kprobe.c.
    private const string OfEventProbes = "eprobe_dyn_event_create", OfKernelProbes = "kprobe_dispatcher";

    private readonly Lazy<HashSet<string>?> _found = new(() => Find(host));

    /// <exception cref="UserError">The kernel would refuse this probe's definition.</exception>
    public void Require(ProbePlan plan)
    {
        (string? part, string? what) = plan.Drops.Kind switch
        {
            ProbeKind.Eprobe => (OfEventProbes, "event probes (CONFIG_EPROBE_EVENTS)"),
            ProbeKind.Kprobe => (OfKernelProbes, "kprobe events (CONFIG_KPROBE_EVENTS)"),
            _ => (null, ""),
        };
        if (part is null || _found.Value?.Contains(part) != false) return;
        throw new UserError($"this kernel was built without {what}", "--probe auto selects the best probe for this host; --probe tracepoint works without.");
    }

    /// <summary>Those of the two that are listed; null where the list cannot be read.</summary>
    private static HashSet<string>? Find(HostRoot host)
    {
        if (host.TryRead("/proc/kallsyms") is not { Length: > 0 } list) return null;

        // ffffffff814d52e0 t eprobe_dyn_event_create; a compiler may have cloned it: eprobe_dyn_event_create.cold
        return [.. new[] { OfEventProbes, OfKernelProbes }.Where(name => list.AsSpan().IndexOf(Encoding.ASCII.GetBytes($" {name}")) >= 0)];
    }
}
