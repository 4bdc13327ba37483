using System.Diagnostics;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary><c>analyze collect</c> over OpenSSH, against hosts that are network namespaces with an sshd for each connection: nothing of ours stays on any, however it ends.</summary>
[Collection(LiveCollection.Name)]
public sealed class CollectTests : IDisposable
{
    private const string Captures = "captures";

    /// <summary>Ends a window when the traffic of the test has come, however late its host began: a fixed time could be over on one host before the next begins.</summary>
    private const string AllIsSent = "counter Udp.NoPorts +12";

    private readonly ScratchDirectory _directory = new();
    private readonly SortedDictionary<string, LiveHost> _hosts = [];

    public CollectTests()
    {
        Requires.LiveKernel();
        Requires.Program("sshd", "openssh-server");
        _ = Agent.Published();
        Directory.CreateDirectory(Remote);
        foreach (var key in (string[])["key", "host"]) Shell.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _directory.File(key));
        File.WriteAllText(_directory.File("sshd_config"), $"HostKey {_directory.File("host")}\nAuthorizedKeysFile {_directory.File("key.pub")}\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n");
        foreach (var name in (string[])["web1", "web2", "web3", "web4", "web5"])
        {
            var host = new LiveHost();
            host.Sh("mkdir -p /run/sshd");
            _hosts.Add(name, host);
        }

        File.WriteAllText(_directory.File("ssh_config"), string.Concat(_hosts.Select(host =>
            $"Host {host.Key}\n  ProxyCommand sh -c 'echo $$ >{_directory.File(host.Key)}.pid; exec nsenter --target {host.Value.Pid} --mount --net -- /usr/sbin/sshd -i -f {_directory.File("sshd_config")}'\n"))
            + $"Host refuses\n  ProxyCommand false\nHost *\n  User root\n  IdentityFile {_directory.File("key")}\n  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n");
    }

    private string Remote => _directory.File("remote");

    private string Capture(string host) => _directory.File($"{Captures}/{host}.db");

    [Fact]
    public void All_record_at_the_same_time_and_one_that_refuses_is_named()
    {
        var finished = Around([.. _hosts.Keys, "refuses"], SendToEach, ["--duration", "1h", "--until", AllIsSent]);

        Assert.True(finished.ExitCode == (int)ExitCode.Incomplete, finished.ToString());
        Assert.Contains("5 of 6 hosts gave a capture", finished.Errors, StringComparison.Ordinal);
        Assert.All(_hosts.Keys, host => Assert.Contains($"{host}.db", finished.Output, StringComparison.Ordinal));   // the report over all
        Assert.True(File.Exists(_directory.File($"{Captures}/report/report.html")));
        Assert.Matches("(?m)^refuses: failed: ", finished.Errors);
        Assert.Equal(_hosts.Keys.Select(Capture), Directory.GetFiles(_directory.File(Captures)).Order(StringComparer.Ordinal));
        Assert.All(_hosts.Keys, host => AssertCaptured(host, AllIsSent));
        Assert.True(_hosts.Keys.Max(host => At(host, "opened_ns")) < _hosts.Keys.Min(host => At(host, "closed_ns")), "the windows do not overlap");
        AssertNothingIsLeft();
    }

    [Fact]
    public void A_host_that_dies_in_the_middle_costs_its_own_capture_alone()
    {
        var finished = Around([.. _hosts.Keys], () =>
        {
            Shell.Run("kill", "-KILL", File.ReadAllText(_directory.File("web2.pid")).Trim());
            SendToEach();
        }, ["--duration", "1h", "--until", AllIsSent]);

        Assert.True(finished.ExitCode == (int)ExitCode.Incomplete, finished.ToString());
        Assert.Matches("(?m)^web2: failed: ", finished.Errors);
        Assert.All(_hosts.Keys.Except(["web2"]), host => AssertCaptured(host, AllIsSent));
        AssertNothingIsLeft();
    }

    [Fact]
    public void Interrupted_it_fetches_what_was_recorded_until_then()
    {
        using var process = Start([.. _hosts.Keys], ["--duration", "1h"]);
        AwaitRecording(process, _hosts.Count);
        SendToEach();
        Agent.Signal(process, "INT");
        var finished = Shell.Wait(process);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.All(_hosts.Keys, host => AssertCaptured(host, "SIGTERM"));
        AssertNothingIsLeft();
    }

    [Fact]
    public void Killed_it_leaves_nothing_on_the_hosts()
    {
        using var process = Start([.. _hosts.Keys], ["--duration", "1h"]);
        AwaitRecording(process, _hosts.Count);
        process.Kill();
        Shell.Wait(process);
        AssertNothingIsLeft();
    }

    [Fact]
    public void Where_no_program_may_be_copied_a_shell_script_records()
    {
        var script = Shell.Run(Agent.Published(), "script", "--duration", "1h");
        Assert.True(script.ExitCode == 0, script.ToString());
        File.WriteAllText(_directory.File("record.sh"), script.Output);

        using var process = Start(["web1", "web2"], [], "--script", _directory.File("record.sh"));
        AwaitRecording(process, 2);
        SendToEach();
        Agent.Signal(process, "INT");
        var finished = Shell.Wait(process);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        foreach (var host in (string[])["web1", "web2"]) AssertCaptured(host, "SIGTERM");
        AssertNothingIsLeft();
    }

    [Fact]
    public void Why_a_host_cannot_record_is_said_in_the_words_of_its_capture()
    {
        var finished = Shell.Wait(Start(["web1"], ["--reason", "NO_SUCH_REASON"]));

        Assert.True(finished.ExitCode == (int)ExitCode.Unable, finished.ToString());
        Assert.Contains("web1: failed: capture: ", finished.Errors, StringComparison.Ordinal);
        Assert.True(finished.Errors.Contains("NO_SUCH_REASON", StringComparison.Ordinal), finished.ToString());
        Assert.Contains("no host gave a capture", finished.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory.File(Captures)));
        AssertNothingIsLeft();
    }

    public void Dispose()
    {
        foreach (var host in _hosts.Values) host.Dispose();
        _directory.Dispose();
    }

    private Process Start(string[] hosts, string[] capture, params string[] options)
    {
        string[] program = options.Contains("--script") ? [] : ["--agent", Agent.Published()];
        return Shell.Start("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "analyze.dll"), "collect", .. hosts, "-o", _directory.File(Captures), "--remote-dir", Remote, .. program, .. options,
                "--via", $"ssh -F {_directory.File("ssh_config")} -o BatchMode=yes {{host}} {{command}}", .. capture.Length > 0 ? capture.Prepend("--") : []]);
    }

    private Finished Around(string[] hosts, Action traffic, string[] capture)
    {
        using var process = Start(hosts, capture);
        var said = AwaitRecording(process, hosts.Count(_hosts.ContainsKey));
        traffic();
        var finished = Shell.Wait(process);
        return finished with { Errors = said + finished.Errors };
    }

    /// <summary>Waits until so many hosts record, by what is said here and there.</summary>
    private string AwaitRecording(Process process, int hosts)
    {
        var said = "";
        while (said.Split('\n').Count(line => line.EndsWith(": begins", StringComparison.Ordinal)) < hosts)
            said += (process.StandardError.ReadLine() ?? throw new InvalidOperationException($"it ended: {said}")) + "\n";
        Await.Until(() => Directory.GetFiles(Remote, "said", SearchOption.AllDirectories).Count(file => File.ReadAllText(file).Contains("ecording ", StringComparison.Ordinal)) == hosts);
        return said;
    }

    private string[] Instances() => Directory.GetDirectories($"{_hosts.Values.First().Tracefs}/instances", "dropforensics_*");

    private void SendToEach()
    {
        foreach (var host in _hosts.Values) host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 12));
    }

    private void AssertCaptured(string host, string ended)
    {
        Assert.Equal(ended, Db.Scalar<string>(Capture(host), "select ended from capture"));
        Assert.True(Db.Scalar<long>(Capture(host), "select count(*) from drops where reason = 'NO_SOCKET'") >= 12);
        using var said = new StringWriter();
        Assert.True(VerifyJob.Run(Capture(host), json: false, said, CancellationToken.None) == ExitCode.Done, said.ToString());
    }

    private long At(string host, string column) => Db.Scalar<long>(Capture(host), $"select {column} from capture");

    private void AssertNothingIsLeft()
    {
        Await.Until(() => Directory.GetFileSystemEntries(Remote).Length == 0, TimeSpan.FromSeconds(30), () => $"there is {string.Join(", ", Directory.GetFileSystemEntries(Remote))}");
        Await.Until(() => Instances().Length == 0 && Shell.Run("pgrep", "-f", Remote).Output.Length == 0);
    }
}
