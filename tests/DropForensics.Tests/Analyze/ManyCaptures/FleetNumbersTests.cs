using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Fleet;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.ManyCaptures;

/// <summary>Numbers of a fleet that are not simply recorded drops: of samples, of forged files, of short windows and long ones.</summary>
public sealed class FleetNumbersTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_sample_counts_with_all_drops_that_its_kernel_counted_and_says_that_it_is_one()
    {
        string[] paths = [.. Enumerable.Range(0, 9).Select(i => Write($"host-{i}", i, 8))];
        MadeCapture.Change(paths[4], "INSERT INTO relief VALUES (2, 5000, 'sample')");
        MadeCapture.Change(paths[4], "UPDATE capture SET witness_drops = 5000");
        MadeCapture.Change(paths[4], "INSERT INTO kernel_count SELECT 'hist', NULL, value, NULL, 5000 FROM reason WHERE name = 'NO_SOCKET'");
        FleetModel model = Read(paths);
        FleetCapture sample = model.Captures[0];
        Assert.Equal(("host-4", true, 8L, 5000L), (sample.Name, sample.IsSample, sample.Drops, sample.AllDrops));
        Assert.Equal(["host-4"], model.Outliers.Select(each => each.Capture.Name));
        Assert.Equal(5000, model.Outliers[0].Drops);
        Assert.Contains(model.CompletenessWhy, sentence => sentence == "1 capture is a sample: the missing drops were counted there and not recorded.");
        Assert.Contains("sample: 8 of these drops recorded", await FleetWriters.RenderAsync(model));
    }

    [Fact]
    public async Task A_sample_whose_kernel_does_not_count_by_reason_comes_before_hosts_with_more_recorded_drops()
    {
        string[] paths = [Write("many", 0, 40), Write("sample", 1, 8)];
        MadeCapture.Change(paths[1], "INSERT INTO relief VALUES (2, 5000, 'sample')");
        MadeCapture.Change(paths[1], "UPDATE capture SET witness_drops = 5000");
        FleetModel model = Read(paths);
        Assert.Equal(["sample", "many"], model.Captures.Select(each => each.Name));
        Assert.Equal(8, model.Captures[0].CauseDrops);
        Assert.Contains("sample: 8 of these drops recorded", await FleetWriters.RenderAsync(model));
    }

    [Theory]
    [InlineData("UPDATE capture SET witness_drops = 9223372036854775807")]
    [InlineData("UPDATE capture SET witness_drops = 3; INSERT INTO kernel_count VALUES ('witness', 0, NULL, NULL, 9223372036854775807), ('witness', 1, NULL, NULL, 9223372036854775807)")]
    [InlineData("INSERT INTO loss (cpu, source, raw_line, t_ns, records) VALUES (0, 'line', 1, 0, 9223372036854775807), (1, 'line', 1, 0, 9223372036854775807)")]
    [InlineData("INSERT INTO relief VALUES (2, 9, 'sample'); UPDATE capture SET witness_drops = 9; INSERT INTO kernel_count VALUES ('hist', NULL, 3, 'a+0x1', 9223372036854775807), ('hist', NULL, 3, 'b+0x1', 9223372036854775807)")]
    public void Forged_numbers_leave_their_file_out_or_count_for_no_more_than_it_says(string forge)
    {
        string[] paths = [Write("a", 0, 3), Write("b", 1, 3), Write("forged", 2, 3), Write("forged too", 3, 3)];
        foreach (string path in paths[2..]) MadeCapture.Change(path, forge);
        FleetModel model = Read(paths);
        Assert.Equal(model.LeftOut.Count > 0, model.LacksData);
        Assert.Equal(4, model.Captures.Count + model.LeftOut.Count);
        Assert.All(model.LeftOut, left => Assert.True(left.IsFault && left.Why.Contains("forged", StringComparison.Ordinal)));
        Assert.Contains("a", model.Captures.Select(each => each.Name));
        Assert.NotEmpty(FleetWriters.Markdown(model, []));
    }

    [Fact]
    public void A_burst_in_a_short_window_does_not_head_a_fleet()
    {
        string[] paths = [.. Enumerable.Range(0, 12).Select(i => Write($"host-{i:d2}", i, i == 3 ? 2000 : i == 7 ? 300 : 1, i == 7 ? 900_000_000 : 9_900_000_000))];
        MadeCapture.Change(paths[7], "UPDATE capture SET closed_ns = opened_ns + 1000000000");
        Assert.Equal(["host-03", "host-07"], Read(paths).Outliers.Select(each => each.Capture.Name));
    }

    [Theory]
    [InlineData("web1", "web1")]
    [InlineData("vm (x.db)", "vm-x.db")]
    [InlineData("../../etc", "etc")]
    [InlineData("a\u001b[1mb", "a-1mb")]
    [InlineData("...", "host")]
    public void A_host_has_a_folder_of_a_harmless_name(string host, string folder) => Assert.Equal(folder, FleetJob.FolderFor(host));

    [Theory]
    [InlineData(1, "Drops per second")]
    [InlineData(10, "Drops per 10 s")]
    [InlineData(60, "Drops per minute")]
    [InlineData(600, "Drops per 10 minutes")]
    [InlineData(3600, "Drops per hour")]
    [InlineData(43_200, "Drops per 12 hours")]
    [InlineData(864_000, "Drops per 10 days")]
    public void A_timeline_names_its_columns_in_the_unit_that_people_use(long seconds, string title) =>
        Assert.Equal(title, TimelineWords.Title(new TimelineData(100 * seconds * 1_000_000_000, seconds * 1_000_000_000, [], [], null)));

    private string Write(string host, long at, int drops, long withinNs = 900_000_000) => Fleet.Write(_scratch.FullName, host, at, null,
        [.. Enumerable.Range(0, drops).Select(i => new MadePackets.Drop(MadePackets.Eth0, MadePackets.Udp(1, 2, 4000, 53), Reason: "NO_SOCKET") { AfterNs = i * (withinNs / drops) })]);

    private static FleetModel Read(IReadOnlyList<string> paths) => FleetJob.Read(paths, null, null, CancellationToken.None);
}
