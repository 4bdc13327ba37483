using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>What tests/kernels/guest/churn recorded while control groups, sockets, interfaces and namespaces came and went; the source port tells whose a drop is.</summary>
public sealed class ChurnMatrixTests
{
    private const int OfUnit = 451, OfContainer = 452, OfNobody = 453;

    /// <summary>As in the script: a guest without hardware support takes seconds for each.</summary>
    private const int FewestCaptures = 5;

    public static TheoryData<string> Kernels => [.. MatrixKernel.With("churn")];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_capture_ends_well_and_is_complete(string kernel)
    {
        List<(MatrixRun Ran, string Probe, string ExitCode)> runs = Runs(kernel);

        Assert.InRange(runs.Count, FewestCaptures, int.MaxValue);
        Assert.All(runs, run =>
        {
            Assert.True(run.ExitCode == "0", run.Ran.Log);
            Assert.Equal((run.Probe, "duration"), (run.Ran.Result.GetProperty("probe").GetString(), run.Ran.Result.GetProperty("ended").GetString()));
            Assert.StartsWith("complete", run.Ran.Result.GetProperty("verdict").GetString());
            if (run.Ran.Result.GetProperty("drops").GetInt64() > 0) CaptureLedger.AssertEveryLineIsAccountedFor(run.Ran.Database); // a short window may have none
        });
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void No_drop_has_another_ones_owner(string kernel)
    {
        List<(int Port, string? Owner, string? Group)> drops = [.. Runs(kernel).SelectMany(run => Db.Texts(run.Ran.Database, $"""
            select f.sport, o.name, o.cgroup from drop_event d join flow f on f.id = d.flow_id left join owner o on o.id = d.owner_id
             where f.sport between {OfUnit}00 and {OfNobody}99 group by 1, 2, 3
            """)).Select(row => (int.Parse(row[0]!), row[1], row[2]))]; // a port by the condition

        Assert.All(drops, drop => Assert.True(drop.Owner == OwnerOf(drop.Port) || (drop.Port / 100 != OfNobody && drop.Owner == $"cgroup {drop.Group}"), $"port {drop.Port} is said to be of {drop.Owner ?? "nobody"}"));

        // Each time a name comes back its group has another id. One that was gone before it was looked up has its number alone: that is of one name, too.
        Assert.All(drops.Where(drop => drop.Group is not null).GroupBy(drop => drop.Group), group => Assert.Single(group.Select(drop => drop.Port).Distinct()));
        Assert.Contains(drops, drop => drop.Port / 100 != OfNobody && drop.Owner == OwnerOf(drop.Port)); // a slow guest may name no unit in time, or no container
        Assert.InRange(drops.Where(drop => drop.Group is not null).Select(drop => drop.Group).Distinct().Count(), 4, int.MaxValue);
    }

    private static List<(MatrixRun Ran, string Probe, string ExitCode)> Runs(string kernel)
    {
        string directory = Requires.KernelResults(kernel);
        return [.. TsvFile.Rows(Path.Combine(directory, "churn.tsv")).Select(row => (new MatrixRun(directory, kernel, row[0]), row[1], row[2]))];
    }

    private static string? OwnerOf(int port) => (port / 100) switch
    {
        OfUnit => $"churn{port % 100:d2}.service",
        OfContainer => $"containerd://{port % 100:d2}0000000000, pod 4b1d8a52",
        _ => null,
    };
}
