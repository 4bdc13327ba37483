using DropForensics.Core;
using DropForensics.Core.Btf;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Btf;

public sealed class ReasonEnumsTests
{
    private const string Subsystem = "SKB_DROP_REASON_SUBSYS_";

    /// <summary>0x30002 is openvswitch's on 6.6 and qdisc's on 7.3; 0x20001 mac80211's and openvswitch's.</summary>
    [Theory]
    [InlineData("CORE MAC80211_UNUSABLE MAC80211_MONITOR OPENVSWITCH NUM", "mac80211", "openvswitch", null)]
    [InlineData("CORE MAC80211_UNUSABLE OPENVSWITCH NUM", "openvswitch", null, null)]
    [InlineData("CORE MAC80211_UNUSABLE OPENVSWITCH QDISC NUM", "openvswitch", "qdisc", null)]
    [InlineData("CORE MAC80211_UNUSABLE OPENVSWITCH QDISC NEW_ONE NUM", "openvswitch", "qdisc", "new_one")]
    [InlineData("", null, null, null)]
    public void Which_subsystem_a_number_is_comes_from_the_kernels_own_enum(string subsystems, string? second, string? third, string? fourth)
    {
        var made = new BtfWriter();
        made.Enum("skb_drop_reason_subsys", Numbered(subsystems));
        var enums = Read(made);

        Assert.Equal(
            ["core", "mac80211", second, third, fourth],
            new[] { 3u, 0x10002u, 0x20001u, 0x30002u, 0x40001u }.Select(enums.SubsystemOf));
        Assert.Empty(enums.Names);
    }

    [Fact]
    public void Every_reason_of_a_subsystem_has_its_name_and_no_mark_has_one()
    {
        var enums = Read(Newest());

        var named = enums.Names.Where(name => name.Key > 0xffff).ToDictionary();
        Assert.Equal(91 + 11 + 9, named.Count);
        Assert.Equal("RX_DROP_U_MIC_FAIL", named[0x10001]);
        Assert.Equal("RX_DROP_U_DEFRAG_OVERFLOW", named[0x1005b]);
        Assert.Equal("OVS_DROP_METER", named[0x20005]);
        Assert.Equal("QDISC_DROP_OVERLIMIT", named[0x30002]);
        Assert.DoesNotContain(0x3000au, named.Keys);   // QDISC_DROP_MAX
        Assert.DoesNotContain(enums.Names.Values, name => name.EndsWith("MAX", StringComparison.Ordinal));
        Assert.DoesNotContain(enums.Names.Values, name => name.Contains("MASK") || name.Contains("REASON"));
    }

    /// <summary><c>QDISC_DROP_UNSPEC</c> is 0, <c>___RX_CONTINUE</c> 1: numbers of core.</summary>
    [Fact]
    public void A_subsystems_enum_names_no_number_of_core()
    {
        var made = new BtfWriter();
        made.Enum("qdisc_drop_reason", ("QDISC_DROP_UNSPEC", 0), ("__QDISC_DROP_REASON", 0x30000), ("QDISC_DROP_GENERIC", 0x30001));
        made.Enum("___mac80211_drop_reason", ("___RX_CONTINUE", 1), ("___RX_QUEUED", 0), ("___RX_DROP_UNUSABLE", 0x10000));

        var enums = Read(made);

        Assert.Equal(
            ["0x10000 RX_DROP_UNUSABLE", "0x30001 QDISC_DROP_GENERIC"],
            enums.Names.OrderBy(name => name.Key).Select(name => $"0x{name.Key:x} {name.Value}"));
        Assert.Equal("qdisc", enums.SubsystemOf(0x30001));
    }

    /// <summary>The shape of 6.12: two numbers, one subsystem, and the list twice.</summary>
    [Fact]
    public void Frames_that_only_a_monitor_may_see_are_mac80211s()
    {
        var made = new BtfWriter();
        made.Enum("skb_drop_reason_subsys", (Subsystem + "CORE", 0), (Subsystem + "MAC80211_UNUSABLE", 1), (Subsystem + "MAC80211_MONITOR", 2));
        made.Enum("mac80211_drop_reason", ("RX_DROP_MONITOR", 0x20000), ("RX_DROP_M_BAD_BCN_KEYIDX", 0x20002));
        made.Enum("___mac80211_drop_reason", ("___RX_DROP_MONITOR", 0x20000), ("___RX_DROP_U_OOM", 0x10009));

        var enums = Read(made);

        Assert.Equal("RX_DROP_M_BAD_BCN_KEYIDX", enums.Names[0x20002]);
        Assert.Equal("RX_DROP_MONITOR", enums.Names[0x20000]);
        Assert.Equal("RX_DROP_U_OOM", enums.Names[0x10009]);
        Assert.Equal("mac80211", enums.SubsystemOf(0x20002));
    }

    [Fact]
    public void An_enum_whose_numbers_are_another_subsystems_names_nothing()
    {
        var made = new BtfWriter();
        made.Enum("skb_drop_reason_subsys", (Subsystem + "CORE", 0), (Subsystem + "QDISC", 3));
        made.Enum("ovs_drop_reason", ("OVS_DROP_METER", 0x30005));
        made.Enum("foreign_drop_reason", ("FOREIGN", 0x30006));

        Assert.Empty(Read(made).Names);
    }

    [Fact]
    public void A_module_has_the_names_of_its_own_reasons_and_does_not_replace_the_kernels()
    {
        var made = new BtfWriter();
        made.Enum("skb_drop_reason", ("SKB_DROP_REASON_NO_SOCKET", 3));
        made.Enum("skb_drop_reason_subsys", (Subsystem + "OPENVSWITCH", 3));
        var split = new BtfWriter(made);
        split.Enum("skb_drop_reason", ("SKB_DROP_REASON_OTHER", 3));
        split.Enum("ovs_drop_reason", ("OVS_DROP_METER", 0x30005));
        var kernel = BtfFile.TryRead(made.ToArray())!;   // both made well-formed
        var module = BtfFile.TryRead(split.ToArray(), kernel)!;

        var enums = ReasonEnums.From([("openvswitch", module), ("vmlinux", kernel)]);

        Assert.Equal("NO_SOCKET", enums.Names[3]);
        Assert.Equal("OVS_DROP_METER", enums.Names[0x30005]);
        Assert.Equal(
            [
                "btf/vmlinux/skb_drop_reason", "btf/vmlinux/skb_drop_reason_subsys",
                "btf/openvswitch/skb_drop_reason", "btf/openvswitch/ovs_drop_reason",
            ],
            enums.All.Select(each => each.Path));
    }

    [Fact]
    public void What_a_capture_kept_reads_the_same()
    {
        var enums = Read(Newest());

        var again = ReasonEnums.Parse([new("proc/modules", [1, 2]), .. enums.All.Select(each => new HostFile(each.Path, each.Content))]);

        Assert.Equal(enums.All.SelectMany(each => each.Values), again.All.SelectMany(each => each.Values));
        Assert.Equal(enums.Names, again.Names);
        Assert.Equal("qdisc", again.SubsystemOf(0x30002));
    }

    [Fact]
    public void Lines_of_a_capture_that_are_damaged_are_passed_over()
    {
        byte[] content = [.. "3 SKB_A\n\n4\nx SKB_B\n99999999999999999999 SKB_C\n5 not a name\n-65536 SKB_MASK\n6 SKB_D\r\n7 SKB_E"u8];

        var values = ReasonEnum.Parse("btf/vmlinux/skb_drop_reason", content)!.Values;   // such a path is an enum's

        Assert.Equal([("SKB_A", 3), ("SKB_MASK", -65536), ("SKB_E", 7)], values);
        Assert.Null(ReasonEnum.Parse("btf/vmlinux", content));
        Assert.Null(ReasonEnum.Parse("proc/net/dev", content));
    }

    /// <summary>7.3's enums as vmlinux would have them with all built in.</summary>
    internal static BtfWriter Newest()
    {
        var made = MadeBtf.Kernel();
        made.Enum("skb_drop_reason", ReasonFixture.SkbDropReason("7.3.4+deb13"));
        made.Enum("skb_drop_reason_subsys", Numbered("CORE MAC80211_UNUSABLE OPENVSWITCH QDISC NUM"));
        string[] others = ["___mac80211_drop_reason", "ovs_drop_reason", "qdisc_drop_reason"];
        foreach (var name in others) made.Enum(name, ReasonFixture.OfSubsystem(name));
        return made;
    }

    internal static ReasonEnums Read(BtfWriter made) => ReasonEnums.From([("vmlinux", BtfFile.TryRead(made.ToArray())!)]);   // made well-formed

    private static (string Name, long Value)[] Numbered(string subsystems) =>
        [.. subsystems.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((name, i) => (Subsystem + name, (long)i))];
}
