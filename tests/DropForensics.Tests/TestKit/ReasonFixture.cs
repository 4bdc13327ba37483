namespace DropForensics.Tests.TestKit;

/// <summary>Drop-reason enums of real kernels, from fixtures/reasons.</summary>
internal static class ReasonFixture
{
    private static readonly string[][] Core = Read("skb_drop_reason.tsv");

    /// <summary>The kernels whose <c>skb_drop_reason</c> is had.</summary>
    public static IEnumerable<string> Kernels => Core[0].Skip(1);

    /// <summary>A kernel's <c>skb_drop_reason</c> with its marks, in order of value.</summary>
    public static (string Name, long Value)[] SkbDropReason(string kernel)
    {
        var column = Array.IndexOf(Core[0], kernel);
        var rows = Core.Skip(1).Where(row => row[column].Length > 0);
        return [.. rows.Select(row => (Name: row[0], Value: long.Parse(row[column]))).OrderBy(value => value.Value)];
    }

    /// <summary>An enum of a subsystem as 7.3 has it.</summary>
    public static (string Name, long Value)[] OfSubsystem(string name) =>
        [.. Read("subsystems-7.3.tsv").Where(row => row[0] == name).Select(row => (row[1], long.Parse(row[2])))];

    /// <summary>What the event's format says on a kernel with such an enum: core's names without prefix and, at the end, <c>MAX</c>.</summary>
    public static string Format(string kernel) =>
        "print fmt: \"skbaddr=%p reason: %s\", REC->skbaddr, __print_symbolic(REC->reason, " + string.Join(", ",
        SkbDropReason(kernel)
            .Where(value => value.Value > 0 && value.Name.StartsWith("SKB_DROP_REASON_", StringComparison.Ordinal))
            .Select(value => $"{{ {value.Value}, \"{value.Name["SKB_DROP_REASON_".Length..]}\" }}")) + ")\n";

    private static string[][] Read(string file) =>
        [.. File.ReadAllLines(Repository.At("fixtures", "reasons", file)).Select(line => line.Split('\t'))];
}
