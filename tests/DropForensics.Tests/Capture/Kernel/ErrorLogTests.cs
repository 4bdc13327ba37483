using DropForensics.Capture.Kernel;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Kernel;

public sealed class ErrorLogTests : IDisposable
{
    private const string Definition = "p:dropforensics_1/drop kfree_skb skb=$arg1:x64 users=+212($arg1):s32 comm=$comm:string";

    private readonly ScratchDirectory _tracefs = new();

    [Fact]
    public void The_newest_entry_of_our_own_command_gives_the_reason_and_the_place()
    {
        Log("[ 1.0] trace_kprobe: error: Old news", "  Command: " + Definition, "           ^");
        Log("[ 2.0] trace_kprobe: error: Invalid fetch argument", "  Command: " + Definition, new string(' ', ("  Command: " + Definition).IndexOf("comm=", StringComparison.Ordinal)) + "^");
        Log("[ 3.0] trace_kprobe: error: Somebody else's", "  Command: p:others/drop kfree_skb", "           ^");

        Assert.Equal("Invalid fetch argument at 'comm=$comm:string'", ErrorLog.ReasonFor(_tracefs.FullName, Definition));
    }

    [Fact]
    public void A_command_that_the_kernel_cut_short_is_known_by_its_event()
    {
        Log("[ 1.0] trace_kprobe: error: Failed to register probe event", "  Command: " + Definition[..60], "           ^");

        Assert.StartsWith("Failed to register probe event", ErrorLog.ReasonFor(_tracefs.FullName, Definition));
    }

    [Fact]
    public void An_event_whose_name_only_begins_like_ours_is_not_ours()
    {
        Log("[ 1.0] trace_kprobe: error: Bad", "  Command: p:dropforensics_1/drop2 kfree_skb", "           ^");

        Assert.Null(ErrorLog.ReasonFor(_tracefs.FullName, Definition));
    }

    public void Dispose() => _tracefs.Dispose();

    private void Log(params string[] lines) => File.AppendAllLines(_tracefs.File("error_log"), lines);
}
