using DropForensics.Capture.Kernel;
using Xunit;

namespace DropForensics.Tests.Capture.Kernel;

public sealed class LatencyCounterTests
{
    [Theory]
    [InlineData("synthetic/dropforensics_0123456789abcdef_received_dropped", "dropforensics_0123456789abcdef")]
    [InlineData("dropforensics_0123456789abcdef/drop", "dropforensics_0123456789abcdef")]
    [InlineData("synthetic/wakeup", "wakeup")] // another tool's
    [InlineData("kprobes/do_sys_open", "kprobes")]
    public void An_event_belongs_to_an_instance(string probe, string expected) => Assert.Equal(expected, LatencyCounter.InstanceOf(probe));
}
