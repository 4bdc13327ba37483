using DropForensics.Analyze.Collect;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Collect;

/// <summary>Hosts whose answers make no sense, in place of ssh: each costs its own capture alone, is named with a reason, and holds up nobody.</summary>
public sealed class OddHostTests : IDisposable
{
    private const string Capture = "capture.db";

    private readonly ScratchDirectory _directory = new();

    public OddHostTests()
    {
        Requires.That(OperatingSystem.IsLinux(), "it needs a shell");
        File.Copy(Repository.At("fixtures", "captures", "example.db"), _directory.File(Capture));

        // One that behaves: it takes what it is sent, and gives a capture.
        File.WriteAllText(_directory.File("host"), $"""
            answer() {"{"} printf 'DROPFORENSICS %s\n' "$*"; {"}"}
            good() {"{"} answer machine x86_64; read -r bytes; head -c "$bytes" >/dev/null; answer ready; read -r go; {"}"}
            capture='{_directory.File(Capture)}'
            size=$(wc -c <"$capture")
            case $1 in
              good) good; answer "result 0 0 $size"; cat "$capture" ;;
              padded) good; answer "result  0      0   $size"; cat "$capture" ;;
              talkative) good; answer "result 0 3000000 $size"; head -c 3000000 /dev/zero | tr '\0' x; cat "$capture" ;;
              banner) echo Welcome; good; answer "result 0 0 $size"; cat "$capture" ;;
              silent) ;;
              wordless) answer machine ;;
              other) answer machine riscv64 ;;
              numbers) good; answer "result x y z" ;;
              negative) good; answer "result 0 0 -5" ;;
              short) good; answer "result 0 0 $size"; head -c 1000 "$capture" ;;
              foreign) good; answer "result 0 0 4096"; head -c 4096 /dev/zero ;;
              endless) good; answer "result 0 0 900000000000"; cat /dev/zero ;;
            esac
            """);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("padded")]
    [InlineData("talkative")]
    [InlineData("banner")]
    public async Task Unusual_answers_are_taken(string host)
    {
        (IReadOnlyList<string> files, ExitCode code, string notes) = await Run(host);
        Assert.True(code == ExitCode.Done, notes);
        Assert.Equal(File.ReadAllBytes(_directory.File(Capture)), File.ReadAllBytes(Assert.Single(files)));
    }

    [Theory]
    [InlineData("silent", "the connection ended with exit code 0")]
    [InlineData("wordless", "its answer makes no sense: DROPFORENSICS machine")]
    [InlineData("other", "it is a machine of kind riscv64, for which no agent was given")]
    [InlineData("numbers", "its answer makes no sense: x y z")]
    [InlineData("negative", "its answer makes no sense: 0 0 -5")]
    [InlineData("short", "the connection ended with exit code 0")]
    [InlineData("foreign", "foreign.db is")]
    public async Task An_answer_that_makes_no_sense_costs_one_capture(string host, string why)
    {
        (IReadOnlyList<string> files, ExitCode code, string notes) = await Run(host, "good");
        Assert.Equal(ExitCode.Incomplete, code);
        Assert.Equal("good.db", Path.GetFileName(Assert.Single(files)));
        Assert.Contains($"{host}: failed: ", notes, StringComparison.Ordinal);
        Assert.Contains(why, notes, StringComparison.Ordinal);
        Assert.Equal(["good.db"], Directory.GetFileSystemEntries(_directory.File("out")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_capture_that_this_side_has_no_room_for_is_let_go()
    {
        // The hidden file that takes it cannot be made: its name is too long for any file system.
        string host = $"endless{new string('x', 245)}";
        File.AppendAllText(_directory.File("host"), "\ncase $1 in endless*) good; answer 'result 0 0 900000000000'; cat /dev/zero ;; esac\n");
        (IReadOnlyList<string> files, ExitCode code, string notes) = await Run(host, "good");
        Assert.Equal(ExitCode.Incomplete, code);
        Assert.Single(files);
        Assert.Contains(": failed: ", notes, StringComparison.Ordinal);
    }

    private async Task<(IReadOnlyList<string> Files, ExitCode Code, string Notes)> Run(params string[] hosts)
    {
        // Any program for this kind of machine will do: nobody runs it.
        byte[] agent = new byte[64];
        "\u007FELF"u8.CopyTo(agent);
        agent[18] = 62;
        File.WriteAllBytes(_directory.File("agent"), agent);
        using var notes = new StringWriter();
        var options = new CollectOptions(hosts, _directory.File("out"), [_directory.File("agent")], null, $"sh {_directory.File("host")} {{host}}", "/tmp", 10, []);
        (IReadOnlyList<string> files, ExitCode code) = await new CollectJob(options, notes).Run(TestContext.Current.CancellationToken);
        return (files, code, notes.ToString());
    }
}
