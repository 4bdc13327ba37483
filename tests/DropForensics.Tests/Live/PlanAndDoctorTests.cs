using System.Text.RegularExpressions;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>The doctor and plan on this host: they write nothing, and a plan does what a capture does.</summary>
[Collection(LiveCollection.Name)]
public sealed partial class PlanAndDoctorTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public PlanAndDoctorTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("plan")]
    public void It_opens_nothing_of_the_kernel_for_writing(string command)
    {
        var strace = Requires.Program("strace", "strace");
        var before = TracefsSettings.Of(_host);

        var finished = _host.Run(
            [strace, .. Strace.Quick, "-o", _directory.File("calls"), "-e", "trace=open,openat,creat,mkdir,mkdirat,rmdir,unlink,unlinkat", .. Agent.Command, command, "-o", _directory.File("x.db")]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        before.AssertSame(TracefsSettings.Of(_host));
        var calls = File.ReadAllLines(_directory.File("calls")).Where(line => line.Contains("\"/sys/", StringComparison.Ordinal)).ToArray();
        Assert.Contains(calls, line => line.Contains("kfree_skb/format", StringComparison.Ordinal));   // it was traced
        Assert.All(calls, line => Assert.DoesNotMatch("O_WRONLY|O_RDWR|O_CREAT|mkdir|rmdir|unlink", line));
        Assert.False(File.Exists(_directory.File("x.db")));
    }

    [Fact]
    public void The_doctors_command_works()
    {
        var finished = _host.Run([.. Agent.Command, "doctor", "--json", "--duration", "200ms", "-o", _directory.File("x.db")]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        var command = Agent.Json(finished).GetProperty("command").GetString();
        Assert.Equal($"capture --json --duration 200ms -o {_directory.File("x.db")}", command);
        var captured = _host.Run([.. Agent.Command, .. command!.Split(' ').Skip(1)]);   // just compared
        Assert.True(captured.ExitCode == 0, captured.ToString());
    }

    [Fact]
    public void Without_root_the_doctor_says_what_it_cannot_see()
    {
        var setpriv = Requires.Program("setpriv", "util-linux");
        Shell.Run("chmod", "0755", _directory.FullName);

        var finished = _host.Run([setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/", .. Agent.Command, "doctor", "-o", _directory.File("x.db")]);

        Assert.True(finished.ExitCode == 3, finished.ToString());
        Assert.Contains("Run as root", finished.Output);
        Assert.Contains("No capture is possible here.", finished.Output);
    }

    [Theory]
    [InlineData("sh -e")]
    [InlineData("busybox sh")]
    [InlineData("bash")]
    public void A_shell_that_runs_a_plan_records_the_drops_and_restores_the_host(string name)
    {
        var plan = _host.Run([.. Agent.Command, "plan", "--duration", "2s", "-o", _directory.File("x.db"), "--max-rate", "none"]);
        Assert.True(plan.ExitCode == 0, plan.ToString());
        File.WriteAllText(_directory.File("plan.sh"), plan.Output);
        var before = TracefsSettings.Of(_host);

        using var shell = _host.Start([.. name.Split(' '), _directory.File("plan.sh")]);
        Await.Until(() => Opened(plan.Output));
        _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 100));
        var finished = Shell.Wait(shell);

        Assert.True(finished is { ExitCode: 0, Errors: "" }, finished.ToString());
        before.AssertSame(TracefsSettings.Of(_host));
        File.WriteAllText(_directory.File("trace.txt"), finished.Output);
        var import = Shell.Run("dotnet", Path.Combine(AppContext.BaseDirectory, "analyze.dll"), "import", _directory.File("trace.txt"), "-o", _directory.File("plan.db"));
        Assert.True(import.ExitCode == 0, import.ToString());
        Assert.Equal(100, Db.Scalar<long>(_directory.File("plan.db"), "select count(*) from drops where reason = 'NO_SOCKET' and stack_id is not null and function in ('__udp4_lib_rcv', 'udp_rcv')"));
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox sh -e")]
    [InlineData("bash -e")]
    public void Whichever_line_of_a_plan_fails_nothing_is_left(string name)
    {
        Requires.Program(name.Split(' ')[0], name.Split(' ')[0]);
        var plan = _host.Run([.. Agent.Command, "plan", "--duration", "1h", "--buffer", "1MiB", "-o", _directory.File("x.db")]);
        Assert.True(plan.ExitCode == 0, plan.ToString());
        string[] lines = plan.Output.Split('\n');
        var arming = Enumerable.Range(0, lines.Length).SkipWhile(i => lines[i] != "arm() {").Skip(1).TakeWhile(i => lines[i] != "}").Where(i => !lines[i].StartsWith('#')).ToList();
        Assert.InRange(arming.Count, 10, 100);
        string[] names = [.. Instance().Matches(plan.Output).Select(match => match.Value).Distinct()];
        var before = TracefsSettings.Of(_host);

        foreach (var i in arming)
        {
            File.WriteAllLines(_directory.File("plan.sh"), [.. lines[..i], Broken(lines[i]), .. lines[(i + 1)..]]);
            var finished = _host.Run([.. name.Split(' '), _directory.File("plan.sh")]);
            Assert.True(finished.ExitCode is not 0 && finished.Errors.Length > 0, $"{lines[i]}: {finished}");
            Assert.DoesNotContain("NOT RESTORED", finished.Errors);
            Assert.All(names, own => Assert.False(Directory.Exists($"{_host.Tracefs}/instances/{own}") || Directory.Exists($"{_host.Tracefs}/events/{own}"), lines[i]));
        }

        before.AssertSame(TracefsSettings.Of(_host));

        // A file that is not there, a descriptor that is not open.
        static string Broken(string line) => line.EndsWith('\'') ? $"{line[..^1]}/there/is/none'" : $"{line[..^1]}9";
    }

    [Fact]
    public void A_signal_to_the_plans_shell_alone_undoes_it_at_once()
    {
        var plan = _host.Run([.. Agent.Command, "plan", "--duration", "1h", "--buffer", "1MiB", "-o", _directory.File("x.db")]);
        File.WriteAllText(_directory.File("plan.sh"), plan.Output);
        var before = TracefsSettings.Of(_host);
        using var shell = _host.Start("sh", _directory.File("plan.sh"));
        Await.Until(() => Opened(plan.Output) && Children(shell.Id).SelectMany(Children).Any());

        Signal("TERM", [.. Children(shell.Id)]);

        var finished = Shell.Wait(shell);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void Of_a_plan_whose_shell_is_killed_the_kernel_shuts_the_gates()
    {
        var plan = _host.Run([.. Agent.Command, "plan", "--duration", "1h", "--buffer", "1MiB", "-o", _directory.File("x.db")]);
        File.WriteAllText(_directory.File("plan.sh"), plan.Output);
        string[] gates = [.. Instance().Matches(plan.Output).Select(match => $"{_host.Tracefs}/instances/{match.Value}/tracing_on").Distinct()];
        var before = TracefsSettings.Of(_host);
        using var shell = _host.Start("sh", _directory.File("plan.sh"));
        Await.Until(() => Opened(plan.Output) && Children(shell.Id).SelectMany(Children).Any());
        int[] holders = [.. Children(shell.Id)], sleeps = [.. holders.SelectMany(Children)];

        Signal("KILL", holders);

        Await.Until(() => gates.All(gate => File.ReadAllText(gate) == "0\n"));
        Signal("TERM", sleeps);   // they have the shell's output, whose end is waited for
        Shell.Wait(shell);
        var cleaned = _host.Run([.. Agent.Command, "cleanup"]);
        Assert.True(cleaned.ExitCode == 0, cleaned.ToString());
        before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void What_another_holds_of_a_plan_is_named_at_its_end()
    {
        var plan = _host.Run([.. Agent.Command, "plan", "--duration", "1h", "--buffer", "1MiB", "-o", _directory.File("x.db")]);
        var instance = PlannedRead().Match(plan.Output).Groups["instance"].Value;
        File.WriteAllText(_directory.File("plan.sh"), Regex.Replace(plan.Output, "\nsleep 3600 (?<closed>.*) & sleeping=\\$!\nwait \"\\$sleeping\"\n", $"\nsleep 60 <'{instance}/trace' >&- 2>&- ${{closed}} &\necho $! >{_directory.File("holder")}\n"));

        var finished = _host.Run("sh", "-e", _directory.File("plan.sh"));

        Shell.Run("kill", File.ReadAllText(_directory.File("holder")).Trim());
        Assert.Equal(1, finished.ExitCode);
        Assert.Equal($"NOT RESTORED: {instance} is in use; once it is not: capture cleanup\n", finished.Errors);
        Await.Until(() => _host.Run([.. Agent.Command, "cleanup"]).ExitCode == 0 && !Directory.Exists(instance.Replace("/sys/kernel/tracing", _host.Tracefs, StringComparison.Ordinal)));
    }

    [Fact]
    public void Pasted_into_a_shell_a_plan_leaves_that_shell_as_it_was()
    {
        var plan = _host.Run([.. Agent.Command, "plan", "--duration", "1s", "--buffer", "1MiB", "-o", _directory.File("x.db")]);
        File.WriteAllText(_directory.File("plan.sh"), plan.Output.Replace("\nset -e\n", "\nset -e\nfalse\n", StringComparison.Ordinal) + "echo left with $? and $- and $(ls -l /proc/$$/fd | grep -c instances)\n");
        var before = TracefsSettings.Of(_host);

        var finished = _host.Run("sh", "-c", $"exec bash --norc --noprofile -i <{_directory.File("plan.sh")}");

        Assert.Matches(@"^left with 1 and [^e\n]*i[^e\n]* and 0\n$", finished.Output);
        before.AssertSame(TracefsSettings.Of(_host));
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private static IEnumerable<int> Children(int pid) => File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);

    private static void Signal(string name, int[] processes) => Shell.Run("kill", [$"-{name}", .. processes.Select(process => $"{process}")]);

    /// <summary>Whether the gate of the instance that the plan reads is open.</summary>
    private bool Opened(string plan)
    {
        var instance = PlannedRead().Match(plan).Groups["instance"].Value.Replace("/sys/kernel/tracing", _host.Tracefs, StringComparison.Ordinal);

        // A new instance's gate is open; that of an armed one is shut until the last line.
        return Read("events/skb/kfree_skb/trigger").StartsWith("stacktrace", StringComparison.Ordinal) && Read("tracing_on") == "1\n";

        string Read(string file) => File.Exists(Path.Combine(instance, file)) ? File.ReadAllText(Path.Combine(instance, file)) : "";
    }

    [GeneratedRegex(@"^cat '(?<instance>.*)/trace'$", RegexOptions.Multiline)]
    private static partial Regex PlannedRead();

    [GeneratedRegex("dropforensics_[0-9a-f]{16}")]
    private static partial Regex Instance();
}
