using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>The CPUs that dropped packets, and the tasks that were on them.</summary>
internal static class CpusSection
{
    public static Section Of(ReportModel model) => model.Facts.Cpus.Count == 0
        ? new Section("cpus", "CPUs and processes")
        {
            Short = "CPUs, processes",
            WhyNot = model.Facts.Capture.IsDropwatch ? "dropwatch names neither the CPU nor the task of a drop" : model.Subject.WhyNone,
        }
        : new Section("cpus", "CPUs and processes") { Short = "CPUs, processes", Parts = [Cpus(model) with { Width = Width.Half }, Tasks(model) with { Width = Width.Half, IsOnTerminal = true }] };

    private static ReportTable Cpus(ReportModel model) => DropTable.Of(
        model, Dimension.Cpus, $"{model.Subject.Title} by CPU, and ring records that its buffer lost.",
        [
            new("CPU", ColumnKind.Text, c => new TextCell($"CPU {c.Cpu}") { SortBy = c.Cpu }),
            .. DropTable.Drops(model, Dimension.Cpus),
            new("Lost", ColumnKind.Count, c => new CountCell(c.LostRecords) { IsOpen = c.UncountedHoles > 0 }) { IsOfWholeWindow = true },
        ],
        [.. model.Exploration.Cpus.Select(cpu => model.Facts.Cpus[cpu])]);

    private static ReportTable Tasks(ReportModel model) => DropTable.Of(
        model, Dimension.Processes, $"{model.Subject.Title} by the task on the CPU. In softirq the task was only interrupted; it rarely owns the packet.",
        [
            new("Task on the CPU", ColumnKind.Text, p => new NameCell(p.Comm) { Notes = p.Comm == "<...>" ? ["name forgotten by the kernel"] : [] }),
            .. DropTable.Drops(model, Dimension.Processes),
            new("PID", ColumnKind.Number, p => new NumberCell(p.Pid)),
        ]);
}
