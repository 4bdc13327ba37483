using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Kernel.Probes;

/// <summary>
/// Takes the best probe this host can do, or the one the user insists on, and says why. Disposing it takes a probe of our own out again, which
/// the kernel refuses while an instance has it enabled.
/// </summary>
/// <param name="tracefs">Where it is mounted.</param>
/// <param name="btf">The kernel's types.</param>
/// <param name="options">What is asked for.</param>
/// <param name="hand">What defines events; null defines them.</param>
/// <param name="parts">Who is asked what the kernel was built with, where no event is defined to find out.</param>
/// <param name="group">See <see cref="ProbePlanner"/>.</param>
internal sealed class ProbeSelector(
    string tracefs, HostBtf btf, CaptureOptions options, TracefsHand? hand = null, string? group = null, KernelParts? parts = null) : IDisposable
{
    // The order of ProbeKind: what sees most first.
    private static readonly ProbeKind[] ForDrops = [ProbeKind.Eprobe, ProbeKind.Tracepoint, ProbeKind.Kprobe, ProbeKind.Function];
    private static readonly ProbeKind[] ForHits = [ProbeKind.Kprobe, ProbeKind.Function];

    /// <summary>What comes into question, the best first; one alone where the user insists on it.</summary>
    public static IReadOnlyList<ProbeKind> Candidates(CaptureOptions options) =>
        options.Probe is { } forced ? [forced] : options.Function is null ? ForDrops : ForHits;

    private readonly ProbePlanner _planner = new(tracefs, btf, options, group);
    private ArrangedProbe? _arranged;

    /// <summary>Defines what there is to define; nothing is armed yet.</summary>
    /// <exception cref="UserError">This host can't, with the kernel's own reason where it gave one.</exception>
    public ArrangedProbe Select()
    {
        if (options.Probe is { } forced)
        {
            var asked = _planner.Plan(forced);
            return Arrange(asked, $"asked for; {asked.Why}");
        }

        var refused = new List<string>();
        UserError? last = null;
        foreach (var kind in Candidates(options))
        {
            try
            {
                var plan = _planner.Plan(kind);
                return Arrange(plan, string.Join("; ", refused.Prepend(plan.Why)));
            }
            catch (UserError error) when (error.ExitCode == ExitCode.Unable)
            {
                refused.Add($"no {ProbePlan.NameOf(kind)}: {error.Message}");
                last = kind == ProbeKind.Tracepoint || last is null ? error : last;
            }
        }

        throw new UserError($"no probe works on this host: {string.Join("; ", refused)}", last?.Remedy ?? "Run as root (sudo capture …).");
    }

    public void Dispose() => _arranged?.Dispose();

    private ArrangedProbe Arrange(ProbePlan plan, string why)
    {
        parts?.Require(plan);
        return _arranged = new ArrangedProbe(plan with { Why = why }, DynamicProbe.Define(tracefs, plan, hand ?? TracefsHand.Real));
    }
}
