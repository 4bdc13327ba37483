using System.Text;
using DropForensics.Capture.Probes;
using DropForensics.Core;
using DropForensics.Core.Btf;
using DropForensics.Core.Tracefs;
using Xunit;

namespace DropForensics.Tests.Capture.Probes;

public sealed class FilterTests
{
    private static readonly byte[] Format = Encoding.ASCII.GetBytes(
        "print fmt: \"reason: %s\", __print_symbolic(REC->reason, { 2, \"NOT_SPECIFIED\" }, { 3, \"NO_SOCKET\" }, { 12, \"NETFILTER_DROP\" })\n");

    private static readonly ReasonTable Reasons = ReasonTable.FromFormat(Format);

    [Theory]
    [InlineData("", "", "")]
    [InlineData("NO_SOCKET", "", "reason == 3")]
    [InlineData("no_socket", "Netfilter_Drop", "reason == 3 && reason != 12")]
    [InlineData("SKB_DROP_REASON_NO_SOCKET", "skb_drop_reason_no_socket", "reason == 3 && reason != 3")]
    [InlineData("NO_SOCKET,NETFILTER_DROP", "", "reason == 3 || reason == 12")]
    [InlineData("", "NO_SOCKET,NOT_SPECIFIED", "reason != 3 && reason != 2")]
    [InlineData("NO_SOCKET,NETFILTER_DROP", "NOT_SPECIFIED", "(reason == 3 || reason == 12) && reason != 2")]
    public void Names_become_this_kernels_numbers(string only, string except, string filter) =>
        Assert.Equal(filter, EventFilter.Reasons(Reasons, Names(only), Names(except)));

    [Fact]
    public void Conditions_are_all_to_hold() =>
        Assert.Equal("skb != 0 && (reason == 2 || reason == 3) && dev == \"eth0.5\"", EventFilter.And(
            "skb != 0", "", EventFilter.Reasons(Reasons, ["NOT_SPECIFIED", "NO_SOCKET"], []), EventFilter.Interface("eth0.5")));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("eth0\" || len > 0 || dev == \"x")]
    [InlineData("a\nb")]
    [InlineData("a b")]
    [InlineData("vet*")]
    [InlineData("0123456789abcdef")]
    public void What_no_interface_is_called_does_not_reach_the_kernel(string name) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<UserError>(() => EventFilter.Interface(name)).ExitCode);

    [Theory]
    [InlineData("NO_SOKET", "Did you mean NO_SOCKET?")]
    [InlineData("netfilter", "Did you mean NETFILTER_DROP?")]
    [InlineData("NO_SOCKET,NETFILTER_DROP", "Give --reason once for each name: --reason NO_SOCKET --reason NETFILTER_DROP")]
    [InlineData("SOCKET_LIMIT", "Near it: NO_SOCKET.")]
    [InlineData("XYZ", "The core's reasons are listed in events/skb/kfree_skb/format of tracefs, those of mac80211, openvswitch and qdiscs in the kernel's BTF.")]
    public void An_unknown_name_is_answered_with_one_remedy(string name, string remedy)
    {
        var error = Assert.Throws<UserError>(() => EventFilter.Reasons(Reasons, [], [name]));

        Assert.Equal((ExitCode.Usage, remedy), (error.ExitCode, error.Remedy));
    }

    [Fact]
    public void Names_that_only_BTF_knows_can_be_filtered_by()
    {
        var enums = ReasonEnums.Parse([new("btf/openvswitch/ovs_drop_reason", [.. "196613 OVS_DROP_METER\n"u8])]);

        Assert.Equal("reason == 196613", EventFilter.Reasons(ReasonTable.FromHost(Format, enums), ["OVS_DROP_METER"], []));
    }

    [Fact]
    public void Only_what_can_be_filtered_by_is_offered_for_a_name_that_is_not_there()
    {
        var enums = ReasonEnums.Parse(
            [new("btf/vmlinux/skb_drop_reason", [.. "0 SKB_NOT_DROPPED_YET\n1 SKB_CONSUMED\n2 SKB_DROP_REASON_NOT_SPECIFIED\n3 SKB_DROP_REASON_NO_SOCKET\n"u8])]);

        var error = Assert.Throws<UserError>(() => EventFilter.Reasons(ReasonTable.FromHost(Format, enums), ["NOT_DROPPED"], []));

        Assert.Contains("NOT_SPECIFIED", error.Remedy);
        Assert.DoesNotContain("NOT_DROPPED_YET", error.Remedy);
    }

    [Fact]
    public void An_event_without_reasons_has_nothing_to_filter_by_whatever_BTF_knows()
    {
        var enums = ReasonEnums.Parse([new("btf/vmlinux/skb_drop_reason", [.. "3 SKB_DROP_REASON_NO_SOCKET\n"u8])]);

        Assert.Contains("have no reason", Assert.Throws<UserError>(() => EventFilter.Reasons(ReasonTable.FromHost([], enums), ["NO_SOCKET"], [])).Message);
    }

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
