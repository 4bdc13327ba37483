using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Probes;

/// <summary>Takes the best probe this host can do, or the one the user insists on, and says why.</summary>
/// <param name="tracefs">Where it is mounted.</param>
/// <param name="btf">The kernel's types.</param>
/// <param name="options">What is asked for.</param>
/// <param name="parts">Says what the kernel was built with: a plan asks first, a capture tries, and asks why where it was refused.</param>
/// <param name="group">See <see cref="ProbePlanner"/>.</param>
internal sealed class ProbeSelector(string tracefs, HostBtf btf, CaptureOptions options, KernelParts parts, string? group = null)
{
    // The order of ProbeKind: what sees most first.
    private static readonly ProbeKind[] ForDrops = [ProbeKind.Eprobe, ProbeKind.Tracepoint, ProbeKind.Kprobe, ProbeKind.Function];
    private static readonly ProbeKind[] ForHits = [ProbeKind.Kprobe, ProbeKind.Function];

    /// <summary>What comes into question, the best first; one alone where the user insists on it.</summary>
    public static IReadOnlyList<ProbeKind> Candidates(CaptureOptions options) =>
        options.Probe is { } forced ? [forced] : options.Function is null ? ForDrops : ForHits;

    private readonly ProbePlanner _planner = new(tracefs, btf, options, group);

    /// <summary>Says whether any probe can be had, as far as that can be said without a change to the host.</summary>
    /// <exception cref="UserError">None can.</exception>
    public void Check() => Choose(_ => { });

    /// <summary>Takes the first whose events can be defined.</summary>
    /// <param name="define">Defines them, or finds out otherwise whether they could be; throws <see cref="UserError"/> where not.</param>
    /// <exception cref="UserError">This host can't, with the kernel's own reason where it gave one.</exception>
    public ProbePlan Select(Action<ProbePlan> define) => Choose(plan =>
    {
        try
        {
            define(plan);
        }
        catch (UserError)
        {
            parts.Require(plan);
            throw;
        }
    });

    private ProbePlan Choose(Action<ProbePlan> tryIt)
    {
        if (options.Probe is { } forced)
        {
            ProbePlan asked = _planner.Plan(forced);
            tryIt(asked);
            return asked with { Why = $"requested: {asked.Why}" };
        }

        var refused = new List<string>();
        UserError? first = null, last = null;
        foreach (ProbeKind kind in Candidates(options))
        {
            try
            {
                ProbePlan plan = _planner.Plan(kind);
                tryIt(plan);
                return plan with { NotShown = plan.NotShown is { What: ProbePlan.NothingOfThePacket } not ? (not.What, WhyNotShown(first, kind, not.Why)) : plan.NotShown };
            }
            catch (UserError error) when (error.ExitCode == ExitCode.Unable)
            {
                first ??= error;
                refused.Add($"no {kind.Name()}: {error.Message}");
                last = kind == ProbeKind.Tracepoint || last is null ? error : last;
            }
        }

        throw new UserError($"no probe works on this host: {string.Join("; ", refused)}", last?.Remedy ?? "Run as root (sudo capture …).");
    }

    /// <summary>By auto: what kept it from the best probe, and whether another one would show it after all.</summary>
    private string WhyNotShown(UserError? best, ProbeKind taken, string own)
    {
        if (best is null) return own;
        return taken == ProbeKind.Tracepoint && options.Function is null && CanShowPackets(ProbeKind.Kprobe) ? $"{best.Message}; --probe kprobe shows them here" : best.Message;
    }

    private bool CanShowPackets(ProbeKind kind)
    {
        try
        {
            ProbePlan plan = _planner.Plan(kind);
            parts.Require(plan);
            return plan.NotShown is null;
        }
        catch (UserError)
        {
            return false;
        }
    }
}
