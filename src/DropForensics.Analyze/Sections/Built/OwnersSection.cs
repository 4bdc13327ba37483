using System.Globalization;
using DropForensics.Analyze.Dimensions;
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
        _ => None("this probe does not fetch them; an eprobe does (Linux 5.15 or later, with control groups of version 2)"),
    };

    private static Section None(string why) => new("owners", "Owners") { WhyNot = why };

    private static ReportTable Owners(ReportModel model) => DropTable.Of(
        model, Dimension.Owners,
        $"{model.Subject.Title} by the unit, container or control group that opened the packet's socket: the receiver's socket where the kernel names it (Linux 6.11 or later), "
            + "else the packet's own, which is the sender's on its way out.",
        [
            new("Owner", ColumnKind.Name, o => new NameCell(o.Name) { Unknown = "no socket", Notes = [.. o.Paths.Where(path => path != o.Name)] }),
            .. DropTable.Drops(model, Dimension.Owners),
            new("User", ColumnKind.Text, o => new TextCell(string.Join(", ", o.Users.Select(user => user.ToString(CultureInfo.InvariantCulture))))) { Use = ColumnUse.Page, IsOfWhole = true },
            new("Container", ColumnKind.Text, o => new TextCell(o.Container ?? "")) { Use = ColumnUse.Page, IsOfWhole = true, IsKnown = model.Facts.Owners.Any(o => o.Container is not null) },
            new("Pod", ColumnKind.Text, o => new TextCell(o.Pod ?? "")) { Use = ColumnUse.Page, IsOfWhole = true, IsKnown = model.Facts.Owners.Any(o => o.Pod is not null) },
        ]);
}
