using System.Text.RegularExpressions;
using DropForensics.Tests.Live;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests;

/// <summary>Every command of the README does what it says there. A comment before each block says how it is run.</summary>
[Collection(LiveCollection.Name)]
public sealed partial class ReadmeTests : IDisposable
{
    private static readonly string Readme = File.ReadAllText(Repository.At("README.md"));

    private readonly ScratchDirectory _directory = new();

    [Fact]
    public void Every_block_of_commands_says_how_it_is_run()
    {
        var fences = Regex.Count(Readme, "^```(sh|sql)$", RegexOptions.Multiline);

        Assert.Equal(fences, Block().Count(Readme));
        string[] known = ["offline", "diff", "ci", "live", "shell", "perf", "sql", "benchmarks", "export", "tool", "shells", "arm64"];
        Assert.All(Block().Matches(Readme), block => Assert.Contains(block.Groups["how"].Value, known));
    }

    [Fact]
    public void CI_runs_the_benchmarks_in_small() =>
        Assert.Contains($"{Blocks("benchmarks").Single().Split(' ')[0]} --small", File.ReadAllText(Repository.At(".ci", "run")));

    [Fact]
    public void CI_publishes_for_arm64_as_the_README_does()
    {
        string ci = File.ReadAllText(Repository.At(".ci", "run")).Replace("$native", "src/DropForensics.Capture/Native");

        Assert.All(Blocks("arm64").Single().Split('\n'), line => Assert.Contains(line, ci));
    }

    [Fact]
    public void CI_packs_and_installs_the_tool()
    {
        string ci = File.ReadAllText(Repository.At(".ci", "run"));

        Assert.Equal(["dotnet pack src/DropForensics.Analyze -o", "dotnet tool install"], Blocks("tool").Single().Split('\n').Select(line => line.Split(" dist/")[0].Split(" --")[0]));
        Assert.All(["dotnet pack src/DropForensics.Analyze -o ", "dotnet tool install DropForensics.Analyze ", "\"$home/bin/analyze\" fixtures/captures/example.db "], line => Assert.Contains(line, ci));
    }

    [Fact]
    public void A_shell_takes_the_completion_and_man_shows_the_page()
    {
        Requires.Program("man", "man-db");

        var finished = Shell.Run("env", "PAGER=cat", "LC_ALL=C.UTF-8", "bash", "-euc", $"cd {Repository.Root}\n{Blocks("shells").Single()}\ncomplete -p analyze capture");

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains("complete -F _analyze analyze\ncomplete -F _capture capture\n", finished.Output);
        Assert.Contains("EXIT STATUS", Regex.Replace(finished.Output, ".\b", ""));
    }

    [Fact]
    public void The_first_command_makes_the_report()
    {
        Run(Blocks("offline").Single());

        Assert.True(File.Exists(_directory.File("example-report/report.html")));
        Assert.True(File.Exists(_directory.File("example-report/summary.png")));
    }

    [Fact]
    public void Two_captures_are_compared()
    {
        Run(Blocks("diff").Single());

        Assert.Contains("drivers.db", File.ReadAllText(_directory.File("diff.html")));
    }

    [Fact]
    public void The_commands_for_contributors_are_what_CI_runs()
    {
        Assert.Equal(["dotnet test", ".ci/run"], Blocks("ci"));
        Assert.Contains("tests \"tests\" dotnet test", File.ReadAllText(Repository.At(".ci", "run")));
    }

    [Fact]
    public void The_queries_find_something_in_the_example()
    {
        var queries = Blocks("sql").Single().Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        Assert.True(queries.Length >= 5);
        Assert.All(queries, query => Assert.NotEmpty(Db.Rows<object>(Repository.At("fixtures", "captures", "example.db"), query)));
    }

    [Fact]
    public void The_queries_run_in_the_sqlite3_shell()
    {
        var shell = Requires.Program("sqlite3", "sqlite3");

        File.WriteAllText(_directory.File("readme.sql"), Blocks("sql").Single());
        var finished = Shell.Run(shell, "-readonly", Repository.At("fixtures", "captures", "example.db"), $".read {_directory.File("readme.sql")}");

        Assert.True(finished is { ExitCode: 0, Errors: "" }, finished.ToString());
        Assert.Contains("NO_SOCKET|tcp_v4_rcv|veth|655\n", finished.Output);
        Assert.Contains("\n874|874|\n", finished.Output);
    }

    [Fact]
    public void The_exports_are_read_by_the_programs_they_are_for()
    {
        Requires.Program("tshark", "tshark");

        Run($"flamegraph.pl() {{ perl {Requires.FlameGraph()}; }}\n{Blocks("export").Single()} > shown");

        Assert.Contains("UDP", File.ReadAllText(_directory.File("shown")));
        Assert.Contains("NO_SOCKET (", File.ReadAllText(_directory.File("drops.svg")));
        Assert.True(File.Exists(_directory.File("drops.csv")) && File.Exists(_directory.File("drops.speedscope.json")));
    }

    [Fact]
    public void The_live_walk_through_ends_in_a_report()
    {
        Requires.LiveKernel();
        using var host = new LiveHost();
        var walk = Blocks("live").Single().Replace("--duration 10s", "--duration 1s");
        Publish("dist/capture", string.Join(' ', Agent.Command));
        Publish("dist/analyzer/analyze", $"dotnet {Path.Combine(AppContext.BaseDirectory, "analyze.dll")}");

        // "web1" is the test's own host: its /tmp is the scratch directory.
        Run(
            $$"""
              host() { sed "s#root@web1:/tmp/#{{_directory.FullName}}/#; t; s#^/tmp/#{{_directory.FullName}}/#" <<<"$1"; }
              scp() { cp "$(host "$1")" "$(host "$2")" 2>/dev/null || [ "$(host "$1")" -ef "$(host "$2")" ]; }
              ssh() { shift; local words=(); for word; do words+=("$(host "$word")"); done; nsenter --target {{host.Pid}} --mount --net --wd=/ -- "${words[@]}"; }
              {{walk}}
              """);

        Assert.True(File.Exists(_directory.File("drops-report/report.html")));
    }

    [Fact]
    public async Task A_shell_alone_records_what_import_turns_into_a_capture()
    {
        Requires.LiveKernel();
        using var host = new LiveHost();
        var left = _directory.File("web1");
        var script = Blocks("shell").Single().Replace("--duration 10s", "--duration 2s");
        Directory.CreateDirectory(_directory.File("dist"));
        File.WriteAllText(_directory.File("dist/capture"), $"#!/bin/sh\nexec {string.Join(' ', Agent.Command)} \"$@\"\n");
        Shell.Run("chmod", "+x", _directory.File("dist/capture"));

        // "web1" is the test's own host, and its /tmp/left a directory of the test's.
        var recording = Task.Run(() => Run(
            $$"""
              scp() { cp -r {{left}} "$3"; }
              ssh() { shift; nsenter --target {{host.Pid}} --mount --net --wd=/ -- "$@"; }
              {{script.Replace("-o /tmp/left", $"-o {left}")}}
              """), TestContext.Current.CancellationToken);
        Await.Until(() => recording.IsCompleted || File.Exists(Path.Combine(left, "witness", "opened")));
        host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 12));
        await recording;

        Assert.Equal(12, Db.Scalar<long>(_directory.File("drops.db"), "select count(*) from drops where reason = 'NO_SOCKET' and function in ('__udp4_lib_rcv', 'udp_rcv')"));
        Assert.True(File.Exists(_directory.File("drops-report/summary.png")));
    }

    [Fact]
    public void What_perf_recorded_becomes_a_capture_with_a_drop_for_each_of_its_samples()
    {
        Requires.LiveKernel();
        Requires.Program("perf", "linux-perf");
        using var host = new LiveHost();
        var commands = Blocks("perf").Single();
        Assert.Contains("-- sleep 10", commands);
        Run(commands.Replace(
            "sleep 10", $"nsenter --target {host.Pid} --net -- bash -c 'for each in 1 2 3 4 5; do echo x >/dev/udp/127.0.0.1/9; done'"));

        string capture = _directory.File("drops.db");
        Assert.Equal(File.ReadLines(_directory.File("drops.txt")).Count(line => line.Contains(": skb:kfree_skb: ")), Db.Scalar<long>(capture, "select count(*) from drops"));
        Assert.Equal(5, Db.Scalar<long>(capture, "select count(*) from drops where reason = 'NO_SOCKET' and function in ('__udp4_lib_rcv', 'udp_rcv') and comm = 'bash'"));
        Assert.Equal(0, Db.Scalar<long>(capture, "select count(*) from drops where abs(unixepoch(time_utc) - unixepoch()) > 600"));
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Runs lines of the README in the scratch directory, with the programs just built in place of building them again.</summary>
    private void Run(string commands)
    {
        var analyzer = Path.Combine(AppContext.BaseDirectory, "analyze.dll");
        var script = commands
            .Replace("dotnet run --project src/DropForensics.Analyze --", $"dotnet {analyzer}")
            .Replace("dotnet publish src/DropForensics.Capture -o dist", "test -x dist/capture")
            .Replace("dotnet publish src/DropForensics.Analyze -o dist/analyzer", "test -x dist/analyzer/analyze");
        var finished = Shell.Run("bash", "-euc", $"cd {_directory.FullName}; ln -s {Repository.At("fixtures")} fixtures\n{script}");
        Assert.True(finished.ExitCode == 0, $"{script}\n{finished}");
    }

    /// <summary>Puts a program just built where the README publishes it.</summary>
    private void Publish(string program, string command)
    {
        var path = _directory.File(program);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // it is below the scratch directory
        File.WriteAllText(path, $"#!/bin/sh\nexec {command} \"$@\"\n");
        Shell.Run("chmod", "+x", path);
    }

    private static string[] Blocks(string how) =>
        [.. Block().Matches(Readme).Where(block => block.Groups["how"].Value == how).Select(block => block.Groups["body"].Value.Trim())];

    [GeneratedRegex(@"^<!-- run: (?<how>\w+) -->\n```(sh|sql)\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
