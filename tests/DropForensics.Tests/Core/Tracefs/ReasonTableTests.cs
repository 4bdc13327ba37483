using System.Text;
using DropForensics.Core;
using DropForensics.Core.Btf;
using DropForensics.Core.Model;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.Core.Btf;
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
        ReasonTable table = ReasonTable.FromFormat(TraceFixture.FormatFile(kernel));
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
        ReasonTable table = ReasonTable.FromFormat(TraceFixture.FormatFile(kernel));
        Assert.Equal(last, table.Names.Keys.Max());
        Assert.Equal(name, table.Names[last]);
        Assert.Equal(3u, table.ValueOf("NO_SOCKET"));
    }

    [Fact]
    public void A_format_without_reasons_gives_the_empty_table()
    {
        Assert.Same(ReasonTable.Empty, ReasonTable.FromFormat(TraceFixture.FormatFile("5.10")));
        Assert.Same(ReasonTable.Empty, ReasonTable.FromFormat([]));
    }

    [Fact]
    public void Every_truncation_of_a_format_is_read_to_its_end()
    {
        byte[] format = TraceFixture.FormatFile("6.12");
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
        ReasonTable table = ReasonTable.FromFormat(TraceFixture.FormatFile("6.12"));
        Assert.Equal(new DropReason("NO_SOCKET", 3, "core"), table.FromText("NO_SOCKET"));
        Assert.Equal(new DropReason("NO_SOCKET", 3, "core"), table.FromText("3"));
        Assert.Equal(new DropReason("NO_SOCKET", 3, "core"), table.FromText("0x3"));
        Assert.Equal(new DropReason("NEW_ONE", null, "core"), table.FromText("NEW_ONE"));
        Assert.Equal(new DropReason("4000", 4000, "core"), table.FromText("4000"));
        Assert.Equal(new DropReason("0x10002", 0x10002, "mac80211"), table.FromText("0x10002"));
        Assert.Equal(new DropReason("0x30002", 0x30002, null), table.FromText("196610"));
        Assert.Equal(new DropReason("0x20001", 0x20001, null), table.FromText("0x20001"));
        Assert.Equal(new DropReason("0x30002", 0x30002, null), table.FromText("0x30002"));
        Assert.Equal(new DropReason("-1", null, null), table.FromText("-1"));
        Assert.Equal(new DropReason("99999999999", null, null), table.FromText("99999999999"));
        Assert.Equal(new DropReason("NO_SOCKET", null, "core"), ReasonTable.Empty.FromText("NO_SOCKET"));
    }

    public static TheoryData<string> Kernels => [.. ReasonFixture.Kernels];

    /// <summary>94 numbers changed within stable 6.12.y alone.</summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_kernels_format_and_its_BTF_say_the_same(string kernel)
    {
        byte[] format = Encoding.ASCII.GetBytes(ReasonFixture.Format(kernel));
        var made = new BtfWriter();
        made.Enum("skb_drop_reason", ReasonFixture.SkbDropReason(kernel));
        ReasonEnums enums = ReasonEnums.From([("vmlinux", BtfFile.TryRead(made.ToArray())!)]);   // made well-formed

        ReasonTable printed = ReasonTable.FromFormat(format);
        ReasonTable both = ReasonTable.FromHost(format, enums);
        ReasonTable btf = ReasonTable.FromHost([], enums);

        (string Name, long Value)[] reasons = [.. ReasonFixture.SkbDropReason(kernel)
            .Where(value => value.Value > 0 && value.Name.StartsWith("SKB_DROP_REASON_", StringComparison.Ordinal))
            .Where(value => value.Name != "SKB_DROP_REASON_MAX")];
        Assert.InRange(reasons.Length, 60, 200);
        Assert.Equal(reasons.Length, printed.Names.Count);
        foreach ((string name, long value) in reasons)
        {
            var reason = new DropReason(name["SKB_DROP_REASON_".Length..], (uint)value, "core");
            foreach (ReasonTable table in new[] { printed, both, btf })
            {
                Assert.Equal(reason, table.FromText(reason.Name));
                Assert.Equal(reason, table.FromText($"{value}"));
                Assert.Equal((uint)value, table.ValueOf(reason.Name));
            }
        }
        bool hasConsumed = ReasonFixture.SkbDropReason(kernel).Any(value => value.Name == "SKB_CONSUMED");
        Assert.Equal(hasConsumed ? 1u : null, printed.Consumed);
        Assert.Equal(printed.Consumed, both.Consumed);
        Assert.Equal(printed.Consumed, btf.Consumed);
        Assert.True(both.HasReasons);
        Assert.False(btf.HasReasons);
    }

    [Fact]
    public void A_reason_of_a_subsystem_has_its_name_where_BTF_tells_it()
    {
        ReasonTable table = ReasonTable.FromHost(TraceFixture.FormatFile("7.3"), ReasonEnumsTests.Read(ReasonEnumsTests.Newest()));

        var overlimit = new DropReason("QDISC_DROP_OVERLIMIT", 0x30002, "qdisc");
        Assert.Equal(overlimit, table.FromText("0x30002"));
        Assert.Equal(overlimit, table.FromText("196610"));
        Assert.Equal(new DropReason("OVS_DROP_METER", 0x20005, "openvswitch"), table.FromText("0x20005"));
        Assert.Equal(new DropReason("RX_DROP_U_REPLAY", 0x10002, "mac80211"), table.FromText("0x10002"));
        Assert.Equal(new DropReason("0x3000a", 0x3000a, "qdisc"), table.FromText("196618"));
        Assert.Equal(new DropReason("0x40001", 0x40001, null), table.FromText("0x40001"));
        Assert.Equal(0x30002u, table.ValueOf("QDISC_DROP_OVERLIMIT"));
        Assert.Null(table.ValueOf("QDISC_DROP_MAX"));
        Assert.Equal(new DropReason("RECURSION_LIMIT", 125, "core"), table.FromText("125"));   // behind the cut of this format
    }

    [Fact]
    public void What_is_no_drop_has_a_name_and_no_number_to_filter_by()
    {
        ReasonTable table = ReasonTable.FromHost(TraceFixture.FormatFile("7.3"), ReasonEnumsTests.Read(ReasonEnumsTests.Newest()));

        Assert.Equal("CONSUMED", table.FromText("1").Name);
        Assert.True(table.IsConsumed(table.FromText("1")));
        Assert.False(table.IsConsumed(table.FromText("2")));
        Assert.Null(table.ValueOf("CONSUMED"));
        Assert.Null(table.ValueOf("NOT_DROPPED_YET"));
        Assert.Null(table.ValueOf("MAX"));
    }

    [Fact]
    public void BTF_that_contradicts_the_format_is_not_believed()
    {
        byte[] format = Encoding.ASCII.GetBytes(ReasonFixture.Format("6.12.95+deb12"));
        ReasonEnums later = ReasonEnumsTests.Read(ReasonEnumsTests.Newest());

        ReasonTable table = ReasonTable.FromHost(format, later);

        Assert.Equal(ReasonTable.FromFormat(format).Names, table.Names);
        Assert.Equal(new DropReason("0x30002", 0x30002, null), table.FromText("0x30002"));
    }

    [Fact]
    public void A_capture_gives_the_table_its_host_had()
    {
        byte[] format = TraceFixture.FormatFile("7.3");
        ReasonEnums enums = ReasonEnumsTests.Read(ReasonEnumsTests.Newest());
        ReasonTable host = ReasonTable.FromHost(format, enums);

        ReasonTable again = ReasonTable.FromArtifacts(
            [new("proc/net/dev", []), .. enums.All.Select(each => new HostFile(each.Path, each.Content)), new("events/skb/kfree_skb/format", format)]);

        Assert.Equal(host.Names, again.Names);
        Assert.True(again.HasReasons);
        Assert.Equal(host.FromText("196610"), again.FromText("196610"));
        Assert.Same(ReasonTable.Empty, ReasonTable.FromArtifacts([]));
    }

    [Fact]
    public void This_kernels_event_and_its_BTF_agree()
    {
        Requires.LiveKernel();
        Requires.That(File.Exists("/sys/kernel/btf/vmlinux"), "this kernel carries no BTF");
        using var host = new LiveHost();
        byte[] format = File.ReadAllBytes($"{host.Tracefs}/events/skb/kfree_skb/format");
        ReasonEnums enums = ReasonEnums.From([("vmlinux", BtfFile.TryRead(File.ReadAllBytes("/sys/kernel/btf/vmlinux"))!)]);   // the kernel's own

        ReasonTable printed = ReasonTable.FromFormat(format);

        Assert.NotEmpty(printed.Names);
        Assert.All(printed.Names, name => Assert.Equal(name.Value, enums.Names[name.Key]));
        Assert.Equal(
            printed.Names.Values.Concat(["CONSUMED", "NOT_DROPPED_YET"]).Order(),
            enums.Names.Where(name => name.Key <= 0xffff).Select(name => name.Value).Order());
    }
}
