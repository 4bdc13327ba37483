using DropForensics.Analyze.Commands;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Commands;

public sealed class CommandTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(2, "raw")]
    [InlineData(2, "c.db", "--top", "0")]
    [InlineData(2, "c.db", "--nonsense")]
    [InlineData(2, "import", "trace.txt")]
    [InlineData(3, "/nowhere/c.db")]
    [InlineData(3, "raw", "/nowhere/c.db")]
    [InlineData(3, "import", "/nowhere/trace.txt", "-o", "/nowhere/c.db")]
    [InlineData(0, "--help")]
    [InlineData(2, "explain")]
    [InlineData(3, "explain", "NO_SOKET")]
    [InlineData(2, "explain", "NO_SOCKET", "--kernel", "newest")]
    [InlineData(0, "explain", "no_socket", "--kernel", "6.12")]
    [InlineData(2, "diff", "a.db")]
    [InlineData(2, "diff", "a.db", "b.db", "--fail-on-increase", "much")]
    [InlineData(3, "diff", "a.db", "/nowhere/b.db", "--fail-on-increase")]
    [InlineData(2, "redact", "a.db")]
    [InlineData(2, "redact", "a.db", "b.db", "-o", "c.db")]
    [InlineData(3, "redact", "/nowhere/a.db", "-o", "b.db")]
    public async Task Exit_codes_say_whose_turn_it_is(int expected, params string[] args) => Assert.Equal(expected, await Run(args));

    [Theory]
    [InlineData(0, "packets", "packets", "--fail-on-increase")]
    [InlineData(4, "example", "packets", "--fail-on-increase")]      // 43.7/s against 745/s
    [InlineData(0, "drivers", "packets", "--fail-on-increase")]      // other reasons, each in one burst
    [InlineData(0, "scenarios/mtu", "scenarios/mtu", "--fail-on-increase", "10", "--json")]
    [InlineData(0, "drivers", "packets", "--top", "3")]
    public async Task A_comparison_fails_on_an_increase_only_when_it_is_asked_to(int expected, string a, string b, params string[] options)
    {
        string At(string name) => Repository.At("fixtures", "captures", name + ".db");
        Assert.Equal(expected, await Run(["diff", At(a), At(b), .. options]));
    }

    [Fact]
    public async Task A_database_that_is_no_capture_is_told_from_a_capture()
    {
        File.WriteAllText(_scratch.File("c.db"), "hello");
        Assert.Equal(3, await Run(_scratch.File("c.db")));
    }

    // The name of the result: --output everywhere; --out is what scripts of before have.
    [Theory]
    [InlineData("-o", "report.html", "{0}", "--no-png")]
    [InlineData("--out", "report.html", "{0}", "--no-png")]
    [InlineData("-o", "", "diff", "{0}", "{0}")]
    [InlineData("--out", "", "diff", "{0}", "{0}")]
    [InlineData("-o", "", "redact", "{0}")]
    [InlineData("-o", "", "export", "{0}", "--format", "csv")]
    public async Task Output_names_the_result_of_every_command_and_force_replaces_what_is_there(string option, string file, params string[] args)
    {
        string place = _scratch.File("result"), result = Path.Combine(place, file).TrimEnd('/');
        string[] line = [.. args.Select(arg => string.Format(arg, Repository.At("fixtures", "captures", "example.db"))), option, place];
        Assert.Equal(0, await Run(line));
        Assert.True(new FileInfo(result).Length > 0);

        File.WriteAllText(result, "not ours");
        Assert.Equal(3, await Run(line));
        Assert.Equal("not ours", File.ReadAllText(result));
        Assert.Equal(0, await Run([.. line, "--force"]));
        Assert.NotEqual("not ours", File.ReadAllText(result));
    }

    [Fact]
    public async Task A_redacted_copy_never_takes_the_place_of_its_capture()
    {
        File.Copy(Repository.At("fixtures", "captures", "example.db"), _scratch.File("c.db"));
        byte[] before = File.ReadAllBytes(_scratch.File("c.db"));
        Assert.Equal(3, await Run("redact", _scratch.File("c.db"), "-o", _scratch.File("c.db"), "--force"));
        Assert.Equal(before, File.ReadAllBytes(_scratch.File("c.db")));
    }

    [Theory]
    [InlineData("--jsno", "--json", "c.db")]
    [InlineData("--ouput", "--output", "import", "trace.txt")]
    [InlineData("--nonsense", null, "c.db")]
    public void A_misspelled_option_is_answered_with_the_one_that_was_meant(string wrong, string? meant, params string[] args)
    {
        Finished finished = Shell.Run("dotnet", [typeof(CommandRunner).Assembly.Location, .. args, wrong]);
        Assert.Equal(2, finished.ExitCode);
        if (meant is null)
        {
            Assert.DoesNotContain("Did you mean", finished.Errors);
        }
        else
        {
            Assert.Contains($"there is no option {wrong}. Did you mean {meant}?", finished.Errors);
        }
    }

    private static Task<int> Run(params string[] args) => CommandRunner.RunAsync(args, CommandList.Report(), CommandList.Others());
}
