using DropForensics.Capture.Kernel;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Kernel;

public sealed class TraceInstancesTests : IDisposable
{
    private readonly ScratchDirectory _tracefs = new();

    [Theory]
    [InlineData("", "", false)]
    [InlineData("sched:sched_switch\n", "", true)]
    [InlineData("", "skb:kfree_skb\n", true)]
    [InlineData("", "ftrace:print\n", false)]
    [InlineData("", "ftrace:print\nskb:kfree_skb\n", true)]
    public void An_event_enabled_at_the_top_or_in_any_instance_is_somebody_s(string top, string instance, bool traces)
    {
        Directory.CreateDirectory(_tracefs.File("instances/other"));
        File.WriteAllText(_tracefs.File("set_event"), top);
        File.WriteAllText(_tracefs.File("instances/other/set_event"), instance);

        Assert.Equal(traces, TraceInstances.HaveEvents(_tracefs.FullName));
    }

    public void Dispose() => _tracefs.Dispose();
}
