using System.Text.RegularExpressions;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>docs/probes.md says what each probe sees; the kernel matrix is held to the same table.</summary>
public sealed partial class ProbeTableTests
{
    [Fact]
    public void The_page_of_probes_says_what_the_kernel_matrix_asks_for()
    {
        var said = Row().Matches(File.ReadAllText(Repository.At("docs", "probes.md"))).Select(row => string.Join(
            " | ", new[] { "options", "amd64", "arm64", "reason", "function", "ethertype", "interface", "flow" }.Select(column => row.Groups[column].Value)));

        var asked = ProbeAbilities.All.Where(IsProbeAlone).Select(row => string.Join(
            " | ", Options(row), Names(row, "amd64"), Names(row, "arm64"),
            Word(row.Reason), Word(row.Function), Word(row.EtherType), Word(row.Interface), Word(row.Flow)));

        Assert.Equal(asked.Order(), said.Order());
    }

    private static bool IsProbeAlone(ProbeAbilities row) =>
        row.Option("--probe") is not (null or "auto") && !row.Run.StartsWith("beside-", StringComparison.Ordinal) && !row.RecordsCalls
        && row.Option("--packets") is null && row.Option("--transport") is null && row.Option("--interface") is null;

    private static string Options(ProbeAbilities row) => $"`{row.Option("--probe")}`{(row.Options.Contains("--no-stack") ? " with `--no-stack`" : "")}";

    private static string Names(ProbeAbilities row, string architecture) => string.Join(", ",
        row.Kernels.Select(MatrixKernel.Of).Where(kernel => kernel.Architecture == architecture && kernel.Traffic == "packets").Select(kernel => kernel.Name.Replace($"-{architecture}", "")));

    private static string Word(bool sees) => sees ? "yes" : "no";

    [GeneratedRegex(@"^\| (?<options>`\w+`( with `--no-stack`)?) \| (?<amd64>[0-9., rtk-]+) \| (?<arm64>[0-9., rtk-]+) \| (?<reason>\w+) \| (?<function>\w+) \| (?<ethertype>\w+) \| (?<interface>\w+) \| (?<flow>\w+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
