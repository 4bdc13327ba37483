using System.Text;
using DropForensics.Capture;
using DropForensics.Capture.Host;
using DropForensics.Capture.Recording;
using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Recording;

/// <summary><c>--until</c>: what it accepts, and when it happens.</summary>
public sealed class TriggerTests : IDisposable
{
    private const long SecondNs = 1_000_000_000;

    private readonly ScratchDirectory _directory = new();
    private readonly List<string> _happened = [];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("reason=SOCKET_RCVBUFF", "DropTrigger SOCKET_RCVBUFF  0")]
    [InlineData(" Reason=no_socket > 2k", "DropTrigger no_socket  2000")]
    [InlineData("interface=eth0 > 50", "DropTrigger  eth0 50")]
    [InlineData("drops>1000", "DropTrigger   1000")]
    [InlineData("rate>1000/s for 1m30s", "RateTrigger 1000 90")]
    [InlineData("rate > 5k", "RateTrigger 5000 1")]
    [InlineData("counter Udp.RcvbufErrors +100", "CounterTrigger Udp.RcvbufErrors 100")]
    public void Each_form_is_read(string text, string expected)
    {
        Trigger? trigger = Trigger.Parse(text, out string problem);
        string? read = trigger switch
        {
            DropTrigger drop => $"DropTrigger {drop.Reason} {drop.Interface} {drop.Most}",
            RateTrigger rate => $"RateTrigger {rate.PerSecond} {rate.For.TotalSeconds}",
            CounterTrigger counter => $"CounterTrigger {counter.Name} {counter.Growth}",
            _ => problem,
        };
        Assert.Equal(expected, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("reason=")]
    [InlineData("drops")]
    [InlineData("drops>many")]
    [InlineData("rate>1000 for ever")]
    [InlineData("counter Udp.RcvbufErrors")]
    [InlineData("counter Udp.RcvbufErrors +0")]
    [InlineData("loss>3")]
    public void Others_are_refused_with_what_is_accepted(string text)
    {
        Assert.Null(Trigger.Parse(text, out string problem));
        Assert.Matches("Accepted: |The smallest is ", problem);
    }

    [Fact]
    public void A_rate_must_last_and_begins_anew_after_a_calm_second()
    {
        TriggerWatch watch = Watch("rate>100/s for 3s");
        long[] counts = [0, 200, 400, 450, 700, 950, 1100, 1400];
        int[] happenedAt = [.. counts.Select((count, second) =>
        {
            watch.LookAtHost(second * SecondNs, count);
            return _happened.Count;
        })];
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1], happenedAt);
    }

    [Fact]
    public void A_counter_that_grows_by_so_much_is_noticed_once_until_it_is_looked_for_again()
    {
        WriteCounters(5);
        TriggerWatch watch = Watch("counter Udp.RcvbufErrors +10");
        watch.Begin();
        WriteCounters(14);
        watch.LookAtHost(SecondNs, null);
        Assert.Empty(_happened);
        WriteCounters(15);
        watch.LookAtHost(2 * SecondNs, null);
        WriteCounters(100);
        watch.LookAtHost(3 * SecondNs, null);
        Assert.Equal(["counter Udp.RcvbufErrors +10"], _happened);
    }

    [Fact]
    public void A_counter_that_is_not_there_is_refused_with_the_one_that_was_meant()
    {
        WriteCounters(5);
        UserError error = Assert.Throws<UserError>(() => Watch("counter Udp.RcvbufErors +10").Begin());
        Assert.Contains("Did you mean Udp.RcvbufErrors?", error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, error.ExitCode);
    }

    [Fact]
    public void Drops_of_earlier_parts_count_and_those_before_a_new_look_do_not()
    {
        TriggerWatch watch = Watch("reason=NO_SOCKET>3");
        Totals first = Drops("1.db", 2, "NO_SOCKET", "SOCKET_RCVBUFF"), second = Drops("2.db", 1, "NO_SOCKET"), third = Drops("3.db", 1, "NO_SOCKET");
        watch.LookAtDrops([first]);
        watch.EndPart(first);
        watch.LookAtDrops([second]);
        watch.EndPart(second);
        Assert.Empty(_happened);
        watch.LookAtDrops([third]);
        Assert.Single(_happened);

        watch.Rearm();
        watch.EndPart(third);
        Totals fourth = Drops("4.db", 0, "NO_SOCKET"), fifth = Drops("5.db", 3, "NO_SOCKET"), sixth = Drops("6.db", 4, "NO_SOCKET");
        watch.LookAtDrops([fourth]);
        watch.LookAtDrops([fifth]);
        Assert.Single(_happened);
        watch.LookAtDrops([sixth]);
        Assert.Equal(2, _happened.Count);
    }

    private TriggerWatch Watch(string text) =>
        new([Trigger.Parse(text, out _)!], new HostRoot(_directory.File(".")), trigger => _happened.Add(trigger.Text));

    private void WriteCounters(int errors)
    {
        Directory.CreateDirectory(_directory.File("proc/net"));
        File.WriteAllText(_directory.File("proc/net/snmp"), $"Udp: InDatagrams RcvbufErrors\nUdp: 7 {errors}\n");
    }

    /// <summary>What is recorded of so many drops of each reason.</summary>
    private Totals Drops(string name, int each, params string[] reasons)
    {
        using CaptureWriter writer = CaptureWriter.Create(_directory.File(name), force: false);
        var recorder = new Recorder(writer, ReasonTable.Empty);
        foreach (string reason in reasons)
        {
            for (int i = 0; i < each; i++) recorder.Feed(0, Encoding.ASCII.GetBytes(MadeCapture.EventAndStack(100 + i, MadeCapture.E1000, reason)));
        }

        recorder.Complete();
        return recorder.Totals;
    }
}
