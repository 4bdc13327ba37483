using DropForensics.Capture.Kernel;
using DropForensics.Capture.Probes;

namespace DropForensics.Capture.Scripts;

/// <summary>What a capture would change on this host, in order.</summary>
/// <param name="Options">What is asked for.</param>
/// <param name="Host">Host and kernel it was made for: <c>web1, Linux 6.12.107</c>.</param>
/// <param name="Probe">What would be armed, and why that.</param>
/// <param name="Instance">The trace instance whose ring would be read.</param>
/// <param name="Arming">Until the gates are open.</param>
/// <param name="Disarming">From the shutting of the gates until a drop costs the host nothing any more.</param>
/// <param name="Removing">The rest, after the rings were read to their end.</param>
/// <param name="Leftovers">What captures that were killed left, which a capture removes first: <c>instance dropforensics_…</c>.</param>
/// <param name="GlobalBuffer">The top instance's buffer_size_kb as it stands: <c>7 (expanded: 1408)</c>.</param>
internal sealed record CapturePlan(
    CaptureOptions Options, string Host, ProbePlan Probe, string Instance, IReadOnlyList<TracefsChange> Arming, IReadOnlyList<TracefsChange> Disarming,
    IReadOnlyList<TracefsChange> Removing, IReadOnlyList<string> Leftovers, string? GlobalBuffer);
