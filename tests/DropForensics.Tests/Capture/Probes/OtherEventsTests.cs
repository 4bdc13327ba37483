using DropForensics.Capture.Probes;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Probes;

public sealed class OtherEventsTests : IDisposable
{
    private readonly FakeTracefs _host = new();

    public OtherEventsTests()
    {
        foreach (string each in (string[])["tcp/tcp_retransmit_skb", "tcp/tcp_send_reset", "sched/sched_switch", "skb/kfree_skb"])
        {
            _host.Write($"events/{each}/format", "name: x\n");
            _host.Write($"events/{each}/enable", "0\n");
        }

        _host.Write("events/ftrace/function/format", "name: function\n"); // it cannot be enabled
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_set_is_what_this_kernel_has_of_it_and_nothing_is_armed_twice()
    {
        var events = OtherEvents.Plan(_host.Tracefs, ["tcp:tcp_send_reset", "sched:sched_switch/prev_pid == 1 && prev_comm ~ \"a/b\"/"], ["tcp"]);
        Assert.Equal(["tcp:tcp_send_reset", "sched:sched_switch", "tcp:tcp_retransmit_skb"], events.Select(each => each.Id));
        Assert.Equal("prev_pid == 1 && prev_comm ~ \"a/b\"", events[1].Filter);
        Assert.Equal("events/sched/sched_switch", events[1].Directory);
        Assert.All(events, each => Assert.Null(each.Trigger));
    }

    [Theory]
    [InlineData("sched_switch", ExitCode.Usage)]
    [InlineData("sched:", ExitCode.Usage)]
    [InlineData("sched:sched_switch/", ExitCode.Usage)]
    [InlineData("sched:sched_switch/prev_pid == 1", ExitCode.Usage)]
    [InlineData("sched:sched_switch/prev_pid\n== 1/", ExitCode.Usage)]
    [InlineData("../..:x", ExitCode.Usage)]
    [InlineData("skb:kfree_skb", ExitCode.Usage)]
    [InlineData("sched:sched_switch/0/", ExitCode.Usage)] // would remove the filter
    [InlineData("sched:nothing", ExitCode.Unable)]
    [InlineData("ftrace:function", ExitCode.Unable)]
    public void What_is_no_event_is_refused_with_a_remedy(string text, ExitCode exitCode)
    {
        var error = Assert.Throws<UserError>(() => OtherEvents.Plan(_host.Tracefs, [text], []));
        Assert.Equal(exitCode, error.ExitCode);
        Assert.DoesNotContain('\n', error.Message);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void An_event_has_one_filter()
    {
        const string One = "sched:sched_switch/prev_pid == 1/";
        Assert.Single(OtherEvents.Plan(_host.Tracefs, [One, One], []));
        Assert.Contains("named twice", Assert.Throws<UserError>(() => OtherEvents.Plan(_host.Tracefs, [One, "sched:sched_switch/prev_pid == 2/"], [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_of_which_the_kernel_has_nothing_is_refused() =>
        Assert.StartsWith("this host has none of the events that --with xdp records: xdp:xdp_exception", Assert.Throws<UserError>(() => OtherEvents.Plan(_host.Tracefs, [], ["xdp"])).Message);
}
