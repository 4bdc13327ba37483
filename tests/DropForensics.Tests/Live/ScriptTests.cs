using System.Diagnostics;
using System.Globalization;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>The script of <c>capture script</c> on this host, in the shells it is made for, and what import makes of its directory.</summary>
[Collection(LiveCollection.Name)]
public sealed class ScriptTests : IDisposable
{
    private const string Ours = "from drops where reason = 'NO_SOCKET' and function in ('__udp4_lib_rcv', 'udp_rcv')";

    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    private string Left => _directory.File("left");

    private string Db => _directory.File("x.db");

    public ScriptTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public void It_records_what_an_agent_would_and_restores_the_host(string shell)
    {
        var before = TracefsSettings.Of(_host);
        using var script = Start(shell, "--duration", "2s");
        AwaitOpenWindow();
        _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 500));
        var finished = Shell.Wait(script);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal(Left + "\n", finished.Output);
        before.AssertSame(TracefsSettings.Of(_host));
        AssertNobodyIsLeft();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Left));

        var import = Import();
        Assert.True(import.ExitCode == 0, import.ToString());
        Assert.Equal(500, TestKit.Db.Scalar<long>(Db, $"select count(*) {Ours} and stack_id is not null"));
        Assert.Equal(TestKit.Db.Scalar<long>(Db, "select count(*) from drops"), TestKit.Db.Scalar<long>(Db, "select witness_drops from capture"));
        Assert.Equal(["loopback"], TestKit.Db.Rows<string>(Db, $"select distinct driver {Ours}"));
        Assert.Equal("duration|tracepoint|mono|capture script", TestKit.Db.Scalar<string>(Db, "select ended || '|' || probe || '|' || trace_clock || '|' || tool from capture"));
        Assert.Equal(500, TestKit.Db.Scalar<long>(Db, $"select count(*) {Ours} and t_ns between 0 and (select closed_ns - opened_ns from capture)"));
        CaptureLedger.AssertEveryLineIsAccountedFor(Db);
        AssertSameArtifactsAsAnAgents();

        // The clock of drops is this machine's: a shell tells it to some milliseconds, busybox's date by the tick of a second.
        var apart = TestKit.Db.Scalar<double>(Db, $"select abs(julianday(max(time_utc)) - julianday('{File.GetLastWriteTimeUtc(Path.Combine(Left, "witness", "shutting")).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)}')) * 86400 {Ours}");
        Assert.InRange(apart, 0, 30);
    }

    [Theory]
    [InlineData("dash", "INT")]
    [InlineData("dash", "TERM")]
    [InlineData("busybox", "TERM")]
    [InlineData("busybox", "HUP")]
    public void A_signal_ends_the_window_in_good_order(string shell, string signal)
    {
        var before = TracefsSettings.Of(_host);
        using var script = Start(shell, "--duration", "1h");
        AwaitOpenWindow();
        _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 20));
        Agent.Signal(script, signal);
        var finished = Shell.Wait(script);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        before.AssertSame(TracefsSettings.Of(_host));
        AssertNobodyIsLeft();
        Assert.Equal(0, Import().ExitCode);
        Assert.Equal(20, TestKit.Db.Scalar<long>(Db, $"select count(*) {Ours}"));
        Assert.Equal($"SIG{signal}", TestKit.Db.Scalar<string>(Db, "select ended from capture"));
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public void Killed_it_leaves_a_host_as_before_and_what_it_had_read(string shell)
    {
        var before = TracefsSettings.Of(_host);
        using var script = Start(shell, "--duration", "1h");
        AwaitOpenWindow();
        _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 20));
        Await.Until(() => Directory.GetFiles(Path.Combine(Left, "trace")).Sum(file => File.ReadAllLines(file).Count(line => line.Contains("NO_SOCKET"))) == 20);
        Agent.Signal(script, "KILL");
        Shell.Wait(script);

        Await.Until(() => Instances().Length == 0);
        before.AssertSame(TracefsSettings.Of(_host));
        var import = Import();
        Assert.True(import.ExitCode == 4, import.ToString());
        Assert.Equal(20, TestKit.Db.Scalar<long>(Db, $"select count(*) {Ours}"));
        Assert.Equal(1, TestKit.Db.Scalar<long>(Db, "select ended is null and closed_ns is null from capture"));
    }

    [Fact]
    public void Reasons_are_filtered_by_the_numbers_of_the_host_it_runs_on()
    {
        using var script = Start("dash", "--duration", "1s", "--exclude-reason", "NO_SOCKET", "--reason", "NO_SOCKET", "--reason", "TCP_CSUM");
        AwaitOpenWindow();
        _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 5));
        Assert.Equal(0, Shell.Wait(script).ExitCode);

        Assert.Equal(0, Import().ExitCode);
        Assert.Equal(0, TestKit.Db.Scalar<long>(Db, "select count(*) from drops"));
        Assert.Matches(@"^\(reason == 3 \|\| reason == \d+\) && reason != 3$", TestKit.Db.Scalar<string>(Db, "select filter from capture"));
    }

    [Fact]
    public void A_reason_the_host_does_not_know_is_said_before_anything_is_changed()
    {
        var before = TracefsSettings.Of(_host);
        using var script = Start("dash", "--reason", "NO_SUCH_REASON");
        var finished = Shell.Wait(script);

        Assert.True(finished.ExitCode == 3, finished.ToString());
        Assert.Contains("has no drop reason NO_SUCH_REASON", finished.Errors);
        before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void A_directory_that_is_there_is_not_touched()
    {
        Directory.CreateDirectory(Left);
        var before = TracefsSettings.Of(_host);
        using var script = Start("busybox", "--duration", "1s");
        var finished = Shell.Wait(script);

        Assert.True(finished.ExitCode == 3, finished.ToString());
        Assert.Empty(Directory.GetFileSystemEntries(Left));
        before.AssertSame(TracefsSettings.Of(_host));
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private Process Start(string shell, params string[] options)
    {
        var program = Requires.Program(shell, shell);
        var made = Shell.Run(Agent.Command[0], [.. Agent.Command.Skip(1), "script", "-o", Left, .. options]);
        Assert.True(made.ExitCode == 0, made.ToString());
        File.WriteAllText(_directory.File("s.sh"), made.Output);
        return _host.Start(shell == "busybox" ? [program, "sh", _directory.File("s.sh")] : [program, _directory.File("s.sh")]);
    }

    private string[] Instances() => Directory.GetDirectories($"{_host.Tracefs}/instances", "dropforensics_*");

    /// <summary>Both gates are open, and the first count is made.</summary>
    private void AwaitOpenWindow() => Await.Until(() => File.Exists(Path.Combine(Left, "witness", "opened")));

    private void AssertNobodyIsLeft() => Assert.DoesNotContain(_directory.FullName, Shell.Run("ps", "-eo", "args").Output);

    private Finished Import() => Shell.Run("dotnet", Path.Combine(AppContext.BaseDirectory, "analyze.dll"), "import", Left, "-o", Db);

    private void AssertSameArtifactsAsAnAgents()
    {
        var file = _directory.File("agent.db");
        var finished = _host.Run([.. Agent.Command, "--duration", "100ms", "-o", file, "--transport", "text", "--no-host-state"]);
        Assert.True(finished.ExitCode == 0, finished.ToString());

        // A shell does not speak netlink. What could not be read in time depends on what else this machine does.
        const string Paths = "select distinct phase || ' ' || path from artifact where path not glob 'kallsyms*' and path not glob 'witness*' and path not glob 'rtnetlink*' and path not in ('sockets.tsv', 'unread') order by 1";
        Assert.Equal(TestKit.Db.Rows<string>(file, Paths), TestKit.Db.Rows<string>(Db, Paths));
    }
}
