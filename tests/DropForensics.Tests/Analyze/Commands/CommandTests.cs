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
    [InlineData(0, "explain", "no_socket", "--kernel", "6.12")]
    [InlineData(2, "diff", "a.db")]
    [InlineData(2, "diff", "a.db", "b.db", "--fail-on-increase", "much")]
    [InlineData(3, "diff", "a.db", "/nowhere/b.db", "--fail-on-increase")]
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

    private static Task<int> Run(params string[] args) =>
        CommandRunner.RunAsync(args, ReportCommand.Create(), RawCommand.Create(), ImportCommand.Create(), DiffCommand.Create(), ExplainCommand.Create());
}
