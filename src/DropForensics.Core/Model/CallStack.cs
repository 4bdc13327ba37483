namespace DropForensics.Core.Model;

/// <summary>
/// One distinct kernel stack, innermost frame first, exactly the frames the trace printed (the tracing machinery's own
/// included). A decoder hands out one instance per distinct text of a stack, so reference equality is equality within a run, up
/// to its pool's cap (16,384 stacks), past which a stack may come as a new instance again.
/// </summary>
/// <param name="Frames">The frames in printed order; may be empty where the kernel printed only the header.</param>
public sealed record CallStack(IReadOnlyList<Frame> Frames);
