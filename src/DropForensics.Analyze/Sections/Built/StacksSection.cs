using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>The ways to the functions that decided: as a flame graph, and spelled out.</summary>
internal static class StacksSection
{
    public static Section Of(ReportModel model)
    {
        CaptureFacts facts = model.Facts;
        if (facts.Stacks.Count == 0) return new Section("stacks", "Stacks") { WhyNot = "none was recorded" };
        List<StackFacts> listed = [.. facts.Stacks.Take(model.Limits.Stacks)]; // the flame graph has more of them, in less room
        string rest = facts.DistinctStacks > listed.Count ? $" The page lists the first {Count(listed.Count)}; the capture has all of them." : "";
        string decided = facts.Capture.HitsOf is null ? "deciding functions, each in the colour of its reason" : "functions, each in its colour";
        return new Section("stacks", "Stacks")
        {
            Parts =
            [
                new Note($"{Count(facts.DistinctStacks, "distinct stack")}, by {model.Subject.Many}. Innermost function first.{rest}"),
                new FlamePart(new(() => ReportCharts.FlameOf(model))),
                new Note($"Width is share: all {model.Subject.Many}, then the {decided}, then their callers down to the one that passed the packet to the network stack. "
                    + "The narrowest are left out.", IsSmall: true),
                new StackList([.. listed.Select(stack => new ShownStack(stack, [.. stack.Frames.Select(frame => Shown(frame, stack.EntryKind, facts.Capture.HitsOf))]))]),
            ],
        };
    }

    private static ShownFrame Shown(FrameFacts frame, EntryKind entry, string? hitsOf)
    {
        string text = SymbolText.Of(frame.Symbol, frame.Offset, frame.Module);
        return frame switch
        {
            { Depth: < 0 } => new(text, "above", frame.Depth < -1 ? null : hitsOf is null ? "above here: freeing and tracing" : "above here: tracing"),
            { IsDeciding: true } => new(text, "deciding", hitsOf is null ? "decided to drop" : null),
            { IsEntry: true } => new(text, "entry", entry switch
            {
                EntryKind.Timer => "a timer",
                EntryKind.SocketClose => "a socket being closed",
                EntryKind.SystemCall => "a system call",
                EntryKind.Other => hitsOf is null ? "the drop began here" : "it began here",
                _ => "passed the packet to the network stack",
            }),
            _ => new(text, "", null),
        };
    }
}
