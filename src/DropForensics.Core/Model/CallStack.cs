namespace DropForensics.Core.Model;

/// <summary>
/// One distinct kernel stack, innermost frame first, exactly the frames the trace printed (the tracing machinery's own
/// included). A decoder hands out one instance per distinct stack, so reference equality is equality within a run.
/// </summary>
/// <param name="Frames">The frames in printed order; may be empty where the kernel printed only the header.</param>
public sealed record CallStack(IReadOnlyList<Frame> Frames);
