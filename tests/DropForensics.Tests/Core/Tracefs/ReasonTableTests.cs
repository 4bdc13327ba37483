using DropForensics.Core.Model;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Tracefs;

public sealed class ReasonTableTests
{
    [Theory]
    [InlineData("6.1", 65, 1u, 2u)]
    [InlineData("6.12", 98, 2u, 3u)]
    public void A_format_names_every_reason_but_MAX(string kernel, int count, uint notSpecified, uint noSocket)
    {
        ReasonTable table = ReasonTable.FromFormat(TraceFixture.Format(kernel));
        Assert.Equal(count, table.Names.Count);
        Assert.Equal("NOT_SPECIFIED", table.Names[notSpecified]);
        Assert.Equal(noSocket, table.ValueOf("NO_SOCKET"));
        Assert.DoesNotContain("MAX", table.Names.Values);
        Assert.Null(table.ValueOf("MAX"));
    }

    [Theory]
    [InlineData("6.18", 111u, "MAC_INVALID_SOURCE")]
    [InlineData("7.3", 110u, "MAC_INVALID_SOURCE")]
    public void A_format_that_was_cut_off_gives_the_names_before_the_cut(string kernel, uint last, string name)
    {
        ReasonTable table = ReasonTable.FromFormat(TraceFixture.Format(kernel));
        Assert.Equal(last, table.Names.Keys.Max());
        Assert.Equal(name, table.Names[last]);
        Assert.Equal(3u, table.ValueOf("NO_SOCKET"));
    }

    [Fact]
    public void A_format_without_reasons_gives_the_empty_table()
    {
        Assert.Same(ReasonTable.Empty, ReasonTable.FromFormat(TraceFixture.Format("5.10")));
        Assert.Same(ReasonTable.Empty, ReasonTable.FromFormat([]));
    }

    [Fact]
    public void Every_truncation_of_a_format_is_read_to_its_end()
    {
        byte[] format = TraceFixture.Format("6.12");
        ReasonTable whole = ReasonTable.FromFormat(format);
        for (int end = 0; end <= format.Length; end++)
        {
            foreach ((uint value, string name) in ReasonTable.FromFormat(format.AsSpan(0, end)).Names)
                Assert.Equal(name, whole.Names[value]);
        }
    }

    [Fact]
    public void What_the_trace_printed_is_kept_where_nobody_can_name_it()
    {
        ReasonTable table = ReasonTable.FromFormat(TraceFixture.Format("6.12"));
        Assert.Equal(new DropReason("NO_SOCKET", 3, "core"), table.FromText("NO_SOCKET"));
        Assert.Equal(new DropReason("NO_SOCKET", 3, "core"), table.FromText("3"));
        Assert.Equal(new DropReason("NO_SOCKET", 3, "core"), table.FromText("0x3"));
        Assert.Equal(new DropReason("NEW_ONE", null, "core"), table.FromText("NEW_ONE"));
        Assert.Equal(new DropReason("4000", 4000, "core"), table.FromText("4000"));
        Assert.Equal(new DropReason("0x10002", 0x10002, "mac80211"), table.FromText("0x10002"));
        Assert.Equal(new DropReason("0x20001", 0x20001, null), table.FromText("0x20001"));
        Assert.Equal(new DropReason("0x30002", 0x30002, null), table.FromText("0x30002"));
        Assert.Equal(new DropReason("-1", null, null), table.FromText("-1"));
        Assert.Equal(new DropReason("99999999999", null, null), table.FromText("99999999999"));
        Assert.Equal(new DropReason("NO_SOCKET", null, "core"), ReasonTable.Empty.FromText("NO_SOCKET"));
    }
}
