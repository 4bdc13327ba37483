using System.Text.RegularExpressions;
using DropForensics.Tests.Live;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Docs;

/// <summary>
/// Every block of commands in README.md and in docs does what it says there. A comment before each block says how it is run: <c>laptop</c> with
/// captures at hand, <c>host</c> as root on a host of the test's own, the others each by a test below.
/// </summary>
/// <remarks>The file is long because each block that needs more than a shell has its test here.</remarks>
[Collection(LiveCollection.Name)]
public sealed class CommandTests : IDisposable
{
    private static readonly string[] ByName = ["first", "ci", "walk", "script", "perf", "sql", "benchmarks", "export", "tool", "shells", "arm64", "release", "lake", "duckdb", "clickhouse", "collect", "follow", "metrics", "latency"];

    // What the pages call a reader's own files.
    private static readonly (string Name, string Fixture)[] AtHand =
        [("drops.db", "captures/packets.db"), ("before.db", "captures/packets.db"), ("after.db", "captures/drivers.db"), ("trace.txt", "traces/tracepoint-6.1-stack.txt")];

    private readonly ScratchDirectory _directory = new();

    public static TheoryData<string, int> OfLaptop => With("laptop");

    public static TheoryData<string, int> OfHost => With("host");

    [Fact]
    public void Every_block_of_commands_says_how_it_is_run()
    {
        Assert.All(DocPage.All, page => Assert.Equal((page.Path, page.Fences), (page.Path, page.Blocks.Count)));
        Assert.All(DocPage.All.SelectMany(page => page.Blocks), block => Assert.Contains(block.How, (string[])[.. ByName, "laptop", "host"]));
    }

    [Theory]
    [MemberData(nameof(OfLaptop))]
    public void What_runs_on_a_laptop_ends_well(string page, int number)
    {
        string commands = DocPage.Read(page).Blocks[number].Text;
        if (commands.Contains("sqlite3 ", StringComparison.Ordinal)) Requires.Program("sqlite3", "sqlite3");
        PutAtHand();

        Run(commands);
    }

    [Theory]
    [MemberData(nameof(OfHost))]
    public void What_runs_on_a_host_ends_well(string page, int number)
    {
        Requires.LiveKernel();
        using var host = new LiveHost();

        Run(Inside(host, DocPage.Read(page).Blocks[number].Text));
    }

    [Fact]
    public void Times_are_counted_where_the_kernel_can_and_refused_where_it_cannot()
    {
        Requires.LiveKernel();
        using var host = new LiveHost();
        bool canCount = Shell.Run("nsenter", "--target", $"{host.Pid}", "--mount", "--", "test", "-e", "/sys/kernel/tracing/events/net/netif_receive_skb/hist").ExitCode == 0;

        Run(Inside(host, Blocks("latency").Single()) + (canCount ? "" : " 2>refusal || test $? = 3\ngrep CONFIG_HIST_TRIGGERS refusal"));
    }

    /// <summary>The agent runs inside, its window is short, and its files stay with the test.</summary>
    private string Inside(LiveHost host, string commands) =>
        $$"""
          capture() { nsenter --target {{host.Pid}} --mount --net --wd=/ -- env -C {{_directory.FullName}} {{string.Join(' ', Agent.Command)}} "$@"; }
          {{Regex.Replace(commands, @"--duration \w+", "--duration 1s").Replace("/tmp/", $"{_directory.FullName}/").TrimEnd()}}
          """;

    [Fact]
    public void Ways_are_printed_of_a_capture_that_followed_packets()
    {
        var world = new PacketWorld(1);
        while (world.Events.Count < 500) world.Step();
        MadeCapture.Write(_directory.File("drops.db"), MadeCapture.Whole, PacketWorld.TextOf(world.Events));
        Assert.All(Blocks("follow"), block => Run(block));
    }

    [Fact]
    public void CI_runs_the_benchmarks_in_small() =>
        Assert.Contains($"{Blocks("benchmarks").Single().Split(' ')[0]} --small", File.ReadAllText(Repository.At(".ci", "run")));

    [Fact]
    public void CI_publishes_for_arm64_by_the_same_commands()
    {
        string ci = File.ReadAllText(Repository.At(".ci", "run")).Replace("$native", "src/DropForensics.Capture/Native");

        Assert.All(Blocks("arm64").Single().Split('\n'), line => Assert.Contains(line, ci));
    }

    [Fact]
    public void CI_makes_a_release() =>
        Assert.Contains(Blocks("release").Single().Split(" dist/")[0], File.ReadAllText(Repository.At(".ci", "run")));

    [Fact]
    public void CI_packs_and_installs_the_tool()
    {
        string ci = File.ReadAllText(Repository.At(".ci", "run"));

        Assert.Equal(
            [.. new[] { "Analyze", "Lake" }.SelectMany(project => new[] { $"dotnet pack src/DropForensics.{project} -o", "dotnet tool install" })],
            Blocks("tool").SelectMany(block => block.Split('\n')).Select(line => line.Split(" dist/")[0].Split(" --")[0]));
        Assert.All(["dotnet pack src/DropForensics.Analyze -o ", "dotnet pack src/DropForensics.Lake -o ", "dotnet tool install DropForensics.Analyze ", "dotnet tool install DropForensics.Lake ", "\"$home/bin/analyze\" fixtures/captures/example.db "], line => Assert.Contains(line, ci));
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
        Run(Blocks("first").Single());

        Assert.True(File.Exists(_directory.File("example-report/report.html")));
        Assert.True(File.Exists(_directory.File("example-report/summary.png")));
    }

    [Fact]
    public void The_commands_for_contributors_are_what_CI_runs()
    {
        Assert.Equal(["dotnet test", ".ci/run"], Blocks("ci").Distinct().Order().Reverse());
        string run = File.ReadAllText(Repository.At(".ci", "run"));
        Assert.Contains("dotnet_test=(dotnet test ", run);
        Assert.Equal(["!=live", "=live"], Regex.Matches(run, @"""\$\{dotnet_test\[@\]\}"" --filter 'Kernel(!?=live)'").Select(match => match.Groups[1].Value));   // all of them
    }

    [Fact]
    public void The_queries_find_something_in_the_example()
    {
        Assert.True(Queries.Length >= 5);
        Assert.All(Queries, query => Assert.NotEmpty(Db.Rows<object>(Repository.At("fixtures", "captures", "example.db"), query)));
    }

    [Fact]
    public void The_queries_run_in_the_sqlite3_shell()
    {
        var shell = Requires.Program("sqlite3", "sqlite3");

        File.WriteAllText(_directory.File("pages.sql"), string.Join('\n', Blocks("sql")));
        var finished = Shell.Run(shell, "-readonly", Repository.At("fixtures", "captures", "example.db"), $".read {_directory.File("pages.sql")}");

        Assert.True(finished is { ExitCode: 0, Errors: "" }, finished.ToString());
        Assert.Contains("NO_SOCKET|tcp_v4_rcv|veth|655\n", finished.Output);
        Assert.Contains("\n874|874|\n", finished.Output);
    }

    [Fact]
    public void Captures_are_collected_over_ssh()
    {
        Requires.LiveKernel();
        using var host = new LiveHost();

        // The ssh of this test ends in its own host, whichever is named.
        Directory.CreateDirectory(_directory.File("bin"));
        File.WriteAllText(_directory.File("bin/ssh"), $"#!/bin/sh\nfor word; do command=$word; done\nexec nsenter --target {host.Pid} --mount --net -- sh -c \"$command\"\n");
        Shell.Run("chmod", "+x", _directory.File("bin/ssh"));
        Run($"PATH={_directory.File("bin")}:$PATH\n{Blocks("collect").Single().Replace("--duration 30s", "--duration 1s").Replace("collect ", $"collect --agent {Agent.Published()} ")}");

        Assert.Equal(["web1.db", "web2.db"], Directory.GetFiles(_directory.File("incident")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_exports_are_read_by_the_programs_they_are_for()
    {
        Requires.Program("tshark", "tshark");
        PutAtHand();

        Run($"flamegraph.pl() {{ perl {Requires.FlameGraph()}; }}\n{Blocks("export").Single()} > shown");

        Assert.Contains("UDP", File.ReadAllText(_directory.File("shown")));
        Assert.Contains("NO_SOCKET (", File.ReadAllText(_directory.File("drops.svg")));
        Assert.True(File.Exists(_directory.File("drops.csv")) && File.Exists(_directory.File("drops.speedscope.json")));
    }

    [Fact]
    public void Metrics_of_a_finished_capture_reach_Prometheus_and_a_receiver_of_OTLP()
    {
        Requires.Program("curl", "curl");
        PutAtHand();
        using var receiver = new OtlpReceiver();

        Run($"promtool() {{ {Requires.Promtool()} \"$@\"; }}\n{Blocks("metrics").Single().Replace("4318", $"{receiver.Port}")}");

        Assert.Contains("dropforensics.drops", receiver.Body);
        Assert.NotEmpty(Directory.GetDirectories(_directory.File("blocks")));
    }

    [Fact]
    public void The_live_walk_through_ends_in_a_report()
    {
        Requires.LiveKernel();
        using var host = new LiveHost();
        var walk = Blocks("walk").Single().Replace("--duration 10s", "--duration 1s");
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
        var script = Blocks("script").Single().Replace("--duration 10s", "--duration 2s");
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

    private static string[] Queries =>
        [.. Blocks("sql").SelectMany(block => block.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    private void PutAtHand()
    {
        foreach ((string name, string fixture) in AtHand) File.Copy(Repository.At("fixtures", fixture), _directory.File(name));
    }

    /// <summary>Runs lines of a page in the scratch directory, with the programs just built in place of building them again.</summary>
    private void Run(string commands)
    {
        var analyzer = $"dotnet {Path.Combine(AppContext.BaseDirectory, "analyze.dll")}";
        File.CreateSymbolicLink(_directory.File("fixtures"), Repository.At("fixtures"));
        var script = commands
            .Replace("dotnet run --project src/DropForensics.Analyze --", analyzer)
            .Replace("dotnet publish src/DropForensics.Capture -o dist", "test -x dist/capture")
            .Replace("dotnet publish src/DropForensics.Analyze -o dist/analyzer", "test -x dist/analyzer/analyze");
        var finished = Shell.Run("bash", "-euo", "pipefail", "-c", $"cd {_directory.FullName}\nanalyze() {{ {analyzer} \"$@\"; }}\n{script}");
        Assert.True(finished.ExitCode == 0, $"{script}\n{finished}");
    }

    /// <summary>Puts a program just built where the pages publish it.</summary>
    private void Publish(string program, string command)
    {
        var path = _directory.File(program);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // it is below the scratch directory
        File.WriteAllText(path, $"#!/bin/sh\nexec {command} \"$@\"\n");
        Shell.Run("chmod", "+x", path);
    }

    private static string[] Blocks(string how) => [.. DocPage.All.SelectMany(page => page.Blocks).Where(block => block.How == how).Select(block => block.Text)];

    private static TheoryData<string, int> With(string how)
    {
        var data = new TheoryData<string, int>();
        foreach (DocPage page in DocPage.All)
        {
            for (int number = 0; number < page.Blocks.Count; number++)
            {
                if (page.Blocks[number].How == how) data.Add(page.Path, number);
            }
        }

        return data;
    }
}
