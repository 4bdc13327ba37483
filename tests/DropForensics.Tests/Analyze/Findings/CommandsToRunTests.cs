using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Findings;

/// <summary>Commands that a report gives can be pasted as they are: on the host, in the namespace and for the time of the drops.</summary>
public sealed class CommandsToRunTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_command_of_every_fixture_is_a_shells()
    {
        string shell = Requires.Program("sh", "dash");
        string[] commands = [.. Captures().SelectMany(report => report.Findings.SelectMany(f => f.Checks).Select(c => c.Command).Append(report.Next?.Command)).OfType<string>().Distinct()];
        Assert.True(commands.Length > 100);
        string file = _scratch.File("commands.sh");
        foreach (string command in commands)
        {
            File.WriteAllText(file, command + "\n");
            Assert.Equal((command, 0), (command, Shell.Run(shell, "-n", file).ExitCode));
        }
    }

    [Fact]
    public void Where_drops_were_in_another_namespace_the_commands_look_there_and_one_alone_finds_it_by_itself()
    {
        ReportModel report = MadeCapture.Read(Repository.At("fixtures", "captures", "packets.db"));
        IReadOnlyList<KnownCheck> checks = report.Findings[0].Checks; // at veth1, in a namespace that is not the host's own
        Assert.Equal(4026531840, report.Facts.Capture.OwnNetns);
        Assert.StartsWith("NSPID=\"$(lsns -nt net -o NS,PID | awk '$1 == 4026532144 ", checks[0].Command, StringComparison.Ordinal);
        Assert.Contains(checks, c => c.Command == "nsenter -t \"$NSPID\" -n ss -anmp \"sport = :7001\"");
        Assert.Contains(checks, c => c.Command.StartsWith("pidstat ", StringComparison.Ordinal));
        Assert.Equal("nsenter -t \"$(lsns -nt net -o NS,PID | awk '$1 == 4026532144 {print $2; exit}')\" -n ss -anmp \"sport = :7001\"", report.Next!.Command); // checks are there

        Finding own = report.Findings.Single(f => f.Id == "rp-filter"); // at veth0, in the host's own
        Assert.DoesNotContain(own.Checks, c => c.Command.Contains("nsenter", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("synflood", "refused-connections", 4026532170)]
    [InlineData("ct-full-router", "counted-conntrack", 4026532216)]
    public void What_counters_of_one_namespace_show_is_looked_up_there(string capture, string id, long netns)
    {
        IReadOnlyList<KnownCheck> checks = MadeCapture.Read(Repository.At("fixtures", "captures", "scenarios", capture + ".db")).Findings.Single(f => f.Id == id).Checks;
        Assert.StartsWith($"NSPID=\"$(lsns -nt net -o NS,PID | awk '$1 == {netns} ", checks[0].Command, StringComparison.Ordinal);
        Assert.StartsWith("nsenter -t \"$NSPID\" -n ", checks[1].Command, StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_of_several_meanings_are_asked_for_at_once()
    {
        KnownCheck sockets = new("ss -anmp", "each socket's memory"), filtered = new("nstat -az | grep Udp", "all of UDP");
        Assert.Equal(
            [new KnownCheck("nstat -az TcpA UdpB IpC", "how often; with a reset each"), sockets, filtered],
            CheckFiller.Merged([new("nstat -az TcpA UdpB", "how often"), sockets, filtered, new("nstat -az UdpB IpC", "how often; with a reset each")]));
        Assert.All(Captures().SelectMany(report => report.Findings), finding => Assert.True(finding.Checks.Count(c => c.Shows == "how often") <= 1, finding.Title));
    }

    [Fact]
    public void The_journal_is_asked_for_the_time_of_the_capture()
    {
        string[] commands = [.. Captures().SelectMany(report => report.Findings.SelectMany(f => f.Checks)).Select(c => c.Command).Where(c => c.StartsWith("journalctl", StringComparison.Ordinal))];
        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Matches("--since '20[0-9]{2}-[0-9-]{5} [0-9:]{8} UTC' --until '20[0-9]{2}-[0-9-]{5} [0-9:]{8} UTC'", command));
    }

    [Fact]
    public void What_only_the_reader_can_know_is_explained_where_it_stands()
    {
        KnownCheck[] open = [.. Captures().SelectMany(report => report.Findings.SelectMany(f => f.Checks)).Where(c => c.Command.Contains("$IF", StringComparison.Ordinal) || c.Command.Contains("$ADDR", StringComparison.Ordinal))];
        Assert.NotEmpty(open);
        Assert.All(open, check => Assert.Matches(@"put the (interface's name|address) for \$(IF|ADDR)", check.Shows));
    }

    private static IEnumerable<ReportModel> Captures() =>
        Directory.EnumerateFiles(Repository.At("fixtures", "captures", "scenarios"), "*.db").Append(Repository.At("fixtures", "captures", "packets.db")).Append(Repository.At("fixtures", "captures", "e1000.db")).Select(MadeCapture.Read);
}
