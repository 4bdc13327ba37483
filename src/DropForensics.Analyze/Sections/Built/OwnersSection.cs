using System.Globalization;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>The units, containers and other control groups that own the sockets of dropped packets.</summary>
internal static class OwnersSection
{
    public static Section Of(ReportModel model) => model.Facts switch
    {
        { Drops: 0 } => None(model.Subject.WhyNone),
        { Owners.Count: > 0 } => new Section("owners", "Owners") { Parts = [Owners(model) with { IsOnTerminal = true }] },
        { Capture.TellsOwners: true } => None("no packet had a socket: nothing on this host sent it or was to receive it"),
        { Capture.IsImport: true } => None("no line of the text has a packet's socket"),
        { Capture.Probe: "eprobe" or "kprobe" } => None("this capture did not fetch who opened sockets"),
        _ => None("this probe does not show who opened sockets; an eprobe does"),
    };

    private static Section None(string why) => new("owners", "Owners") { WhyNot = why };

    private static ReportTable Owners(ReportModel model) => DropTable.Of(
        model, Dimension.Owners,
        $"{model.Subject.Title} by the unit, container or control group that opened the packet's socket: the receiver's socket where the kernel names it, "
            + "else the packet's own, which is the sender's on its way out.",
        [
            new("Owner", ColumnKind.Name, o => new NameCell(o.Name) { Unknown = "no socket", Notes = Details(o) }) { IsHiddenWhenNarrow = true },
            .. DropTable.Drops(model, Dimension.Owners),
            new("User", ColumnKind.Text, o => new TextCell(string.Join(", ", o.Users.Select(user => user.ToString(CultureInfo.InvariantCulture))))) { Use = ColumnUse.Page, IsOfWholeWindow = true },
        ]);

    // What a command takes: whole ids; of others the control group.
    private static IReadOnlyList<string> Details(OwnerFacts owner) => owner.Container is null && owner.Pod is null
        ? [.. owner.Paths.Where(path => path != owner.Name)]
        : [.. new[] { owner.Container, owner.Pod is { } pod ? $"pod {pod}" : null }.OfType<string>()];
}
