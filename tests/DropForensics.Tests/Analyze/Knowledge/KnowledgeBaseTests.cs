using DropForensics.Analyze.Knowledge;
using Xunit;

namespace DropForensics.Tests.Analyze.Knowledge;

public sealed class KnowledgeBaseTests
{
    private static readonly KnowledgeBase Knowledge = KnowledgeBase.Embedded;

    [Theory]
    [InlineData("NO_SOCKET")]
    [InlineData("no_socket")]
    [InlineData("SKB_DROP_REASON_NO_SOCKET")]
    [InlineData("skb_drop_reason_no_socket")]
    public void A_reason_is_found_in_any_case_with_and_without_its_prefix(string name) => Assert.Equal("NO_SOCKET", Knowledge.Reason(name)?.Names[0].Name);

    [Fact]
    public void A_reason_whose_own_name_begins_like_the_prefix_keeps_it() => Assert.Equal("SKB_CSUM", Knowledge.Reason("SKB_DROP_REASON_SKB_CSUM")?.Names[0].Name);

    [Fact]
    public void A_reason_that_was_renamed_has_one_entry() => Assert.Same(Knowledge.Reason("QDISC_OVERLIMIT"), Knowledge.Reason("QDISC_DROP_OVERLIMIT"));

    [Fact]
    public void A_reason_that_says_something_comes_before_the_function() =>
        Assert.Same(Knowledge.Reason("TCP_CSUM"), Knowledge.Of("TCP_CSUM", "tcp_v4_rcv", null));

    [Theory]
    [InlineData(null)]
    [InlineData("NOT_SPECIFIED")]
    [InlineData("0x30002")]
    public void A_reason_that_says_nothing_leaves_it_to_the_function(string? reason) =>
        Assert.Same(Knowledge.Function("unix_release_sock", null), Knowledge.Of(reason, "unix_release_sock", null));

    [Fact]
    public void A_function_nobody_knows_leaves_the_general_word() =>
        Assert.Same(Knowledge.Reason("NOT_SPECIFIED"), Knowledge.Of("NOT_SPECIFIED", "a_function_of_tomorrow", null));

    [Theory]
    [InlineData("e100_tx_clean", "e100_tx_clean")]
    [InlineData("igb_clean_tx_irq", "*clean_tx*")]
    [InlineData("fq_codel_dequeue", "fq_codel_*")]
    [InlineData("fq_codel_reset", "fq_codel_reset")]
    [InlineData("ieee80211_tx_status_skb", "ieee80211_tx_status*")]
    public void A_function_is_found_by_its_name_before_a_pattern(string function, string by) =>
        Assert.Contains(by, Knowledge.Function(function, null)!.Names.Select(n => n.Name));

    [Fact]
    public void A_function_is_known_of_the_kernels_that_its_entry_is_of()
    {
        Assert.True(Knowledge.Function("ieee80211_rx_handlers_result", new KernelVersion(6, 1))?.IsNoise);
        Assert.Null(Knowledge.Function("ieee80211_rx_handlers_result", new KernelVersion(6, 12)));
    }

    [Theory]
    [InlineData("NO_SOKET", "NO_SOCKET")]
    [InlineData("SOCKET_RCVBUF", "SOCKET_RCVBUFF")]
    [InlineData("rpfilter", "IP_RPFILTER")]
    [InlineData("tcp_v4_recv", "tcp_v4_rcv")]
    public void A_misspelt_name_has_the_right_one_nearest(string name, string nearest) => Assert.Equal(nearest, Knowledge.Near(name, 3)[0], ignoreCase: true);

    [Fact]
    public void What_is_like_no_name_has_none_near_it() => Assert.Empty(Knowledge.Near("zzzzzzzzzzzz", 3));

    [Theory]
    [InlineData("all", "4.4", true)]
    [InlineData("5.17-", "5.16", false)]
    [InlineData("5.17-", "5.17.1", true)]
    [InlineData("~6.14-7.0", "7.0.13", true)]
    [InlineData("~6.14-7.0", "7.1", false)]
    [InlineData("-5.16", "5.10.262", true)]
    [InlineData("-5.16", "6.1", false)]
    [InlineData("5.9-5.10", "5.10", true)]
    public void A_range_of_kernels_holds_both_its_ends(string range, string kernel, bool expected) =>
        Assert.Equal(expected, KernelRange.Parse(range)!.Contains(KernelVersion.Parse(kernel)));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("6.1")]
    [InlineData("6-7")]
    [InlineData("6.1-x")]
    public void What_is_no_range_of_kernels_is_none(string range) => Assert.Null(KernelRange.Parse(range));
}
