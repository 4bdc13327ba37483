using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>The ledger of a capture: every raw line has exactly one kind.</summary>
internal static class CaptureLedger
{
    public static void AssertEveryLineIsAccountedFor(string file)
    {
        var streams = Db.Rows<long>(file, "select distinct ifnull(cpu, -1) from raw_chunk");
        Assert.NotEmpty(streams);
        foreach (var stream in streams)
        {
            var raw = Db.Scalar<long>(file, $"select sum(lines) from raw_chunk where ifnull(cpu, -1) = {stream}");
            var counted = Db.Scalar<long>(file, $"select sum(lines) from line_count where ifnull(cpu, -1) = {stream}");
            Assert.Equal(raw, counted);
        }

        // Every drop is an event line of its own, and every event line a drop.
        Assert.Equal(
            Db.Scalar<long>(file, "select ifnull(sum(lines), 0) from line_count where kind = 'event'"),
            Db.Scalar<long>(file, "select count(*) from drop_event"));
    }
}
