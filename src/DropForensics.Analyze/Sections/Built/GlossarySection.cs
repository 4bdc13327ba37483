using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>What the names and words of the report mean.</summary>
internal static class GlossarySection
{
    public static Section Of(ReportModel model)
    {
        Glossary known = model.Glossary;
        return new Section("glossary", "Glossary")
        {
            Parts =
            [
                .. Terms("Reasons in this capture", known.Reasons),
                .. Terms("Functions in this capture", known.Functions),
                .. known.Reasons.Count + known.Functions.Count == 0
                    ? Array.Empty<Part>() : [new Note("What to check next, and more: `analyze explain NAME`.", IsSmall: true), new Heading("Words")],
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
                new KnownLine("Hit", $"One call of {function}, the function that was asked for. It does not show what became of the packet."),
                new KnownLine("Site", "The first function of the stack that is not the tracing's own."),
            ]
            :
            [
                new KnownLine("Drop", "A packet that the kernel freed and counts as not delivered."),
                new KnownLine("Reason", "The kernel's own word for why, from include/net/dropreason-core.h of that kernel."),
                new KnownLine("Site", "The function that decided to drop, together with the reason."),
            ];
        return new KnownLines(
        [
            .. counted,
            new KnownLine("Entry", $"The function by which the packet came into the network stack, or in which its {model.Subject.One} began: a driver's poll, the per-CPU backlog, a system call, a timer."),
            new KnownLine("Interface", "The network device that the packet pointed to (skb->dev): the one it came in through, or was to leave through. One that runs on others (VLAN, bond, bridge, tunnel) has its driver from them."),
            new KnownLine("Namespace", "A network namespace, for example a container's, by its inode. Names and indexes of interfaces are unique within one namespace only."),
            new KnownLine("Flow", "Source and destination, addresses and ports, as the packet's headers said."),
            new KnownLine("Softirq", "Where the kernel receives packets. It runs in place of whichever task was on the CPU; the trace names that task, which rarely owns the packet."),
            new KnownLine("Ring record", "What the kernel's trace buffer holds: an event is one, its stack another."),
            new KnownLine("LOST", "The kernel's line for records that were overwritten before anyone had read them."),
        ]);
    }
}
