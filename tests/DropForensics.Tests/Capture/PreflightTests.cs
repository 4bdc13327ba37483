using DropForensics.Capture;
using DropForensics.Capture.Host;
using DropForensics.Capture.Recording;
using DropForensics.Capture.Session;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture;

/// <summary>Hosts that can't: a fake tree each, a clear error with its remedy, and no file left.</summary>
public sealed class PreflightTests : IDisposable
{
    private const string Event = "events/skb/kfree_skb";
    private readonly ScratchDirectory _directory = new();
    private readonly HostRoot _host;

    public PreflightTests()
    {
        _host = new HostRoot(_directory.File("root"));
        Directory.CreateDirectory(_host.At("/proc"));
    }

    [Fact]
    public void Without_tracefs_the_remedy_is_the_mount_command()
    {
        Directory.CreateDirectory(_host.At("/sys/kernel/tracing"));

        var error = Refused();

        Assert.Contains("not mounted", error.Message);
        Assert.Contains("mount -t tracefs nodev /sys/kernel/tracing", error.Remedy);
    }

    [Fact]
    public void Tracefs_below_debugfs_is_found()
    {
        Directory.CreateDirectory(_host.At("/sys/kernel/tracing"));
        Directory.CreateDirectory(_host.At("/sys/kernel/debug/tracing/events"));

        Assert.Contains("sys/kernel/debug/tracing/events/skb/kfree_skb is missing", Refused().Message);
    }

    [Fact]
    public void Lockdown_is_named_when_it_empties_tracefs()
    {
        Write("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");

        Assert.Contains("locked down", Refused().Message);
    }

    [Fact]
    public void A_kernel_without_the_event_is_told_so()
    {
        Directory.CreateDirectory(_host.At("/sys/kernel/tracing/events"));

        Assert.Contains("no skb:kfree_skb tracepoint", Refused().Message);
    }

    [Theory]
    [InlineData("NO_SUCH_REASON", ExitCode.Usage, "has no drop reason")]
    [InlineData("MAX", ExitCode.Usage, "has no drop reason")]
    public void A_reason_this_kernel_does_not_have_is_a_usage_error(string reason, ExitCode code, string says)
    {
        Write($"/sys/kernel/tracing/{Event}/format", "print fmt: \"reason: %s\", __print_symbolic(REC->reason, { 2, \"NOT_SPECIFIED\" }, { 3, \"NO_SOCKET\" }, { 9, \"MAX\" })\n");

        var error = Refused(reason);

        Assert.Equal(code, error.ExitCode);
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public void A_near_miss_of_a_reason_name_is_answered_with_the_right_one()
    {
        Write($"/sys/kernel/tracing/{Event}/format", "print fmt: \"reason: %s\", __print_symbolic(REC->reason, { 3, \"NO_SOCKET\" })\n");

        Assert.Contains("NO_SOCKET", Refused("no_socket_found").Remedy);
    }

    [Fact]
    public void A_kernel_without_reasons_cannot_filter_by_reason()
    {
        Write($"/sys/kernel/tracing/{Event}/format", "print fmt: \"skbaddr=%p protocol=%u location=%p\", REC->skbaddr, REC->protocol, REC->location\n");

        var error = Refused("NO_SOCKET");

        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Contains("5.17", error.Remedy);
    }

    [Fact]
    public void Where_auto_is_left_with_the_function_tracer_it_is_the_host_that_has_no_reasons()
    {
        Write($"/sys/kernel/tracing/{Event}/format", "print fmt: \"skbaddr=%p protocol=%u location=%p\", REC->skbaddr, REC->protocol, REC->location\n");
        Write("/sys/kernel/tracing/available_tracers", "function nop\n");
        Write("/sys/kernel/tracing/available_filter_functions", "kfree_skb\n");

        var error = Refused("NO_SOCKET");

        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Contains("this kernel's drops have no reason", error.Message);
        Assert.Contains("5.17", error.Remedy);
    }

    public void Dispose() => _directory.Dispose();

    private UserError Refused(params string[] reasons)
    {
        using var window = new Window();
        var options = new CaptureOptions { Duration = TimeSpan.FromSeconds(1), Output = _directory.File("x.db"), OnlyReasons = reasons };
        var error = Assert.Throws<UserError>(() => new CaptureSession(options, _host, window).Run());
        Assert.False(File.Exists(options.Output));
        return error;
    }

    private void Write(string path, string text)
    {
        var file = _host.At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);   // an absolute file path has a directory
        File.WriteAllText(file, text);
    }
}
