namespace DropForensics.Core.Model;

/// <summary>
/// One distinct kernel stack, innermost frame first, exactly the frames the trace printed (the tracing machinery's own
/// included). A decoder returns one instance for each distinct stack text, so within a run equal stacks are the same instance, up to the pool's limit
/// of 16,384 stacks. Beyond that a stack may get a new instance.
/// </summary>
/// <param name="Frames">The frames in printed order; may be empty if the kernel printed only the header.</param>
public sealed record CallStack(IReadOnlyList<Frame> Frames);

/// <summary>
/// One line of a kernel stack, <c> => e1000_clean+0x296/0x6b0 [e1000]</c>
/// (kernel/trace/trace_output.c, <c>trace_stack_print</c>).
/// </summary>
/// <param name="Symbol">The symbol as printed, compiler suffixes such as <c>.constprop.0</c> included;
/// an address without a symbol reads <c>0xffffffffc03220de</c>.</param>
/// <param name="Offset">Bytes from the symbol's start; null if the trace printed bare names.</param>
/// <param name="Module">The module in brackets, without them; null for the kernel image, or if the trace does not show it.</param>
public readonly record struct Frame(string Symbol, long? Offset, string? Module);
