using DropForensics.Core.Model;

namespace DropForensics.Core.Attribution;

/// <summary>
/// What each frame of a stack is for, by its name alone. Positions count outwards from 0, the innermost. Compiler
/// suffixes are gone (<c>do_softirq.part.0</c> is do_softirq): no C function has a dot in its name.
/// </summary>
internal sealed class StackPath(CallStack stack)
{
    private static readonly IReadOnlyDictionary<string, SymbolSet> FreePath = SymbolSet.ReadSections("free-path.txt");
    private static readonly IReadOnlyDictionary<string, SymbolSet> EntryPath = SymbolSet.ReadSections("entry-path.txt");

    private static readonly SymbolSet Tracing = FreePath["tracing"];
    private static readonly SymbolSet CalledByTrampoline = FreePath["called by a trampoline"];
    private static readonly SymbolSet Free = FreePath["free"];
    private static readonly SymbolSet Helper = FreePath["helper"];
    private static readonly SymbolSet Boundary = EntryPath["boundary"];
    private static readonly SymbolSet PollCaller = EntryPath["calls a poll"];
    private static readonly SymbolSet BacklogPoll = EntryPath["backlog poll"];
    private static readonly SymbolSet WorkCaller = EntryPath["calls work"];
    private static readonly SymbolSet StackEntry = EntryPath["stack entry"];
    private static readonly SymbolSet TransmitCaller = EntryPath["calls transmit"];

    public int Length => stack.Frames.Count;

    /// <summary>The function's name without compiler suffixes.</summary>
    public string Name(int position) => WithoutSuffixes(stack.Frames[position].Symbol);

    /// <summary>The module the kernel put in brackets; null for the kernel itself and for code that ftrace or BPF made at run time.</summary>
    public string? Module(int position) => RealModule(stack.Frames[position].Module);

    public bool IsTracing(int position) => Tracing.Contains(Name(position)) || IsMadeAtRunTime(stack.Frames[position]);

    public bool IsCalledByTrampoline(int position) => CalledByTrampoline.Contains(Name(position));

    /// <summary>It frees packets, on its own account or a caller's.</summary>
    public bool IsFreePath(int position) => IsFreeFunction(Name(position));

    /// <summary>An interrupt or softirq came in here; a probe's own breakpoint does not count.</summary>
    public bool IsBoundary(int position) => Boundary.Contains(Name(position)) && !IsTracing(position);

    public bool IsPollCaller(int position) => PollCaller.Contains(Name(position));

    public bool IsBacklogPoll(int position) => BacklogPoll.Contains(Name(position));

    public bool IsWorkCaller(int position) => WorkCaller.Contains(Name(position));

    public bool IsStackEntry(int position) => StackEntry.Contains(Name(position));

    public bool IsTransmitCaller(int position) => TransmitCaller.Contains(Name(position));

    public static bool IsFreeFunction(string name) => Free.Contains(name) || Helper.Contains(name);

    public static string WithoutSuffixes(string symbol) => symbol.IndexOf('.') is var dot and > 0 ? symbol[..dot] : symbol;

    public static string? RealModule(string? module) => module is null or "bpf" || module.StartsWith("__builtin__", StringComparison.Ordinal) ? null : module;

    // "0xffffffffc05610de", or "ftrace_trampoline [__builtin__ftrace]" where the kernel knows the trampolines it made.
    private static bool IsMadeAtRunTime(Frame frame) =>
        frame.Symbol.StartsWith("0x", StringComparison.Ordinal) || frame.Module?.StartsWith("__builtin__", StringComparison.Ordinal) == true;
}
