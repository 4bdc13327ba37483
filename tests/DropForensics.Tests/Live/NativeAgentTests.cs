using System.Text.RegularExpressions;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>The published agent alone: no libc, no .NET, no shell, no /etc, no /tmp.</summary>
[Collection(LiveCollection.Name)]
public sealed class NativeAgentTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public NativeAgentTests() => Requires.LiveKernel();

    [Fact]
    public void It_captures_in_an_empty_chroot_with_tracefs_procfs_and_sysfs()
    {
        var agent = Agent.Published();
        using var host = new LiveHost();
        var root = _directory.FullName;
        host.Sh(
            $"""
             mkdir {root}/proc {root}/sys
             cp {agent} {root}/capture
             mount -t proc proc {root}/proc
             mount -t sysfs sysfs {root}/sys
             mount -t tracefs nodev {root}/sys/kernel/tracing
             """);

        using var capture = host.Start("chroot", root, "/capture", "--duration", "1s", "-o", "/x.db", "--json");
        var finished = Agent.Around(capture, () => host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 25)));

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal("/x.db", Agent.Json(finished).GetProperty("file").GetString());
        Assert.Equal(Version(agent), Db.Scalar<string>(_directory.File("x.db"), "select 'capture ' || tool_version from capture"));
        Assert.Equal(25, Db.Scalar<long>(_directory.File("x.db"), "select count(*) from drops where reason = 'NO_SOCKET' and function in ('__udp4_lib_rcv', 'udp_rcv') and driver = 'loopback'"));
    }

    [Fact]
    public void It_is_one_static_executable()
    {
        var agent = Agent.Published();

        var headers = Shell.Run(Requires.Program("readelf", "binutils"), "--program-headers", agent);

        Assert.DoesNotContain("INTERP", headers.Output);
        Assert.InRange(new FileInfo(agent).Length, 1, 8_000_000);
    }

    [Fact]
    public void Its_build_is_the_id_that_the_linker_gave_it()
    {
        var agent = Agent.Published();

        var notes = Shell.Run(Requires.Program("readelf", "binutils"), "--notes", agent);

        Assert.EndsWith($", build {Regex.Match(notes.Output, "Build ID: ([0-9a-f]{40})").Groups[1].Value})", Version(agent));
    }

    private static string Version(string agent) => Shell.Run(agent, "--version").Output.TrimEnd();

    public void Dispose() => _directory.Dispose();
}
