using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>What the names and words of the report mean.</summary>
internal static class GlossarySection
{
    public static Section Of(ReportModel model)
    {
        if (model.Facts.Drops == 0) return new Section("glossary", "Glossary") { WhyNot = model.Subject.WhyNone };
        Glossary known = model.Glossary;
        return new Section("glossary", "Glossary")
        {
            Parts =
            [
                .. Terms("Reasons in this capture", known.Reasons),
                .. Terms("Functions in this capture", known.Functions),
                .. known.Reasons.Count + known.Functions.Count == 0
                    ? Array.Empty<Part>() : [new Note("What to check next, and more: `analyze explain NAME`.", IsSmall: true)],
                Words(model),
            ],
        };
    }

    private static IEnumerable<Part> Terms(string title, IReadOnlyCollection<GlossaryTerm> terms) => terms.Count == 0 ? [] : [new TermList($"{title} ({Count(terms.Count)})", terms)];

    private static KnownLines Words(ReportModel model)
    {
        KnownLine[] counted = model.Facts.Capture.HitsOf is { } function
            ?
            [
                new KnownLine("Hit", $"One call of {function}, the requested function. It does not show what happened to the packet."),
                new KnownLine("Site", "The first function of the stack that does not belong to tracing."),
            ]
            :
            [
                new KnownLine("Drop", "A packet that the kernel freed and counts as not delivered."),
                new KnownLine("Reason", "The kernel's own name for the cause, from include/net/dropreason-core.h of that kernel."),
                new KnownLine("Site", "The function that decided to drop, together with the reason."),
            ];
        return new KnownLines(
        [
            .. counted,
            new KnownLine("Entry", $"The function that passed the packet to the network stack, or in which its {model.Subject.One} began: a driver's poll, the per-CPU backlog, a system call, a timer."),
            new KnownLine("Interface", "The network device that the packet pointed to (skb->dev): the one it arrived on or was about to leave through. An interface on top of others (VLAN, bond, bridge, tunnel) gets its driver from them."),
            new KnownLine("Namespace", "A network namespace, for example a container's, by its inode. Interface names and indexes are unique only within one namespace."),
            new KnownLine("Flow", "Source and destination addresses and ports, from the packet's headers."),
            new KnownLine("Softirq", "The context in which the kernel receives packets. It interrupts the task on the CPU; the trace shows that task, which rarely owns the packet."),
            new KnownLine("Ring record", "An entry in the kernel's trace buffer: an event is one, its stack another."),
            new KnownLine("LOST", "The kernel's line for records that were overwritten before they were read."),
        ])
        { Fold = "Words of this report" };
    }
}
