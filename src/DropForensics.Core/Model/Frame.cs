namespace DropForensics.Core.Model;

/// <summary>
/// One line of a kernel stack, <c> => e1000_clean+0x296/0x6b0 [e1000]</c>
/// (kernel/trace/trace_output.c, <c>trace_stack_print</c>).
/// </summary>
/// <param name="Symbol">The symbol as printed, compiler suffixes such as <c>.constprop.0</c> included;
/// an address nobody could name reads <c>0xffffffffc03220de</c>.</param>
/// <param name="Offset">Bytes from the symbol's start; null where the trace printed bare names.</param>
/// <param name="Module">The module in brackets, without them; null for the kernel image, or where the trace does not say.</param>
public readonly record struct Frame(string Symbol, long? Offset, string? Module);
