using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Probes;
using DropForensics.Capture.Recording;
using DropForensics.Core;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Doctor;

/// <summary>The event, its reasons by its format and the kernel's BTF, and each kind of probe, with the planner of a capture.</summary>
internal sealed class ProbeChecks(HostRoot host, string tracefs, CaptureOptions options)
{
    private readonly HostBtf _btf = HostBtf.Load(host);
    private readonly KernelParts _parts = new(host);
    private readonly byte[] _format = HostRoot.TryReadFile(Path.Combine(tracefs, DropTracepoint.FormatPath)) ?? [];

    public IEnumerable<Check> Run()
    {
        yield return Event();
        yield return Reasons();
        yield return _btf.Layout is not null
            ? new Check("BTF", CheckState.Ok, "a probe can find a packet's interface, namespace and headers")
            : new Check("BTF", CheckState.Limited, $"{_btf.NoLayoutWhy}, so a probe cannot find a packet's fields", "Use a kernel built with CONFIG_DEBUG_INFO_BTF, as most distributions do.");
        foreach (Check probe in Probes()) yield return probe;
        yield return Chosen();
        yield return RingPages.ShowsAddresses(host)
            ? new Check("kallsyms", CheckState.Ok, "shows addresses: the ring can be read as pages, 0.1 µs per drop")
            : new Check(
                "kallsyms", CheckState.Limited, "hides addresses: the ring is read as text, about 20 µs of CPU per drop", "Run as root, with kernel.kptr_restrict set to 0 or 1.");
    }

    private Check Event()
    {
        const string Name = "event format";
        try
        {
            DropTracepoint.Require(tracefs, _format);
        }
        catch (UserError error)
        {
            return new Check(Name, CheckState.No, error.Message, error.Remedy);
        }

        return RingPages.PrintsLocationAsPointer(_format)
            ? new Check(Name, CheckState.Limited, "skb:kfree_skb prints the location as an address: with the tracepoint, only the stack shows the function")
            : new Check(Name, CheckState.Ok, "skb:kfree_skb prints the location as function and offset");
    }

    private Check Reasons()
    {
        var reasons = ReasonTable.FromHost(_format, _btf.Reasons);
        return reasons.HasReasons
            ? new Check("reasons", CheckState.Ok, $"{reasons.Names.Count} drop reason names are known")
            : new Check("reasons", CheckState.Limited, "drops have no reason here, only their function", "Reasons came with Linux 5.17.");
    }

    /// <summary>Makes the same choice as a capture, so that both give the same reason.</summary>
    private Check Chosen()
    {
        const string Name = "probe chosen";
        try
        {
            ProbePlan plan = new ProbeSelector(tracefs, _btf, options, _parts).Select(_parts.Require);
            return new Check(
                Name, plan.NotShown is null ? CheckState.Ok : CheckState.Limited, $"{(options.Probe is null ? "auto selects the" : "requested: the")} {plan.Name}. {plan.Sight}")
            { IsNeeded = true };
        }
        catch (UserError error)
        {
            return new Check(Name, CheckState.No, error.Message, error.Remedy) { IsNeeded = true };
        }
    }

    private IEnumerable<Check> Probes()
    {
        var planner = new ProbePlanner(tracefs, _btf, options);
        foreach (ProbeKind kind in ProbeSelector.Candidates(options))
        {
            string name = kind.Name();
            Check check;
            try
            {
                ProbePlan plan = planner.Plan(kind);
                _parts.Require(plan);
                check = new Check(name, CheckState.Ok, plan.Why);
            }
            catch (UserError error)
            {
                check = new Check(name, CheckState.No, error.Message, error.Remedy);
            }

            yield return check;
        }
    }
}
