using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture;

/// <summary>What does not depend on the kernel: wrong usage, and messages that get through.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    [Theory]
    [InlineData("--duration", "25h", "--duration: '25h' is too long. The longest is 24h.")]
    [InlineData("--buffer", "much", "--buffer: cannot read 'much' as a size.")]
    [InlineData("--no-such-option", "1", "there is no option --no-such-option")]
    [InlineData("-o", "", "the value of --output is empty")]
    [InlineData("--probe", "a\u001bb", "there is no 'a?b'")]
    public void Wrong_usage_is_exit_code_2_and_says_what_is_wrong(string option, string value, string says)
    {
        var finished = Shell.Run(Agent.Command[0], [.. Agent.Command[1..], option, value]);

        Assert.True(finished.ExitCode == 2, finished.ToString());
        Assert.Contains(says, finished.Errors);
        Assert.Contains("capture --help", finished.Errors);
        Assert.Empty(finished.Output);
    }

    [Fact]
    public void Messages_of_two_runs_into_one_log_follow_each_other()
    {
        var log = _directory.File("log");
        var agent = string.Join(' ', Agent.Command);

        Shell.Run("sh", "-c", $"{{ {agent} --duration 1x; {agent} --duration 2x; }} 2>{log}");

        var lines = File.ReadAllLines(log).Where(line => line.StartsWith("capture: ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, lines.Length);
        Assert.Contains("'1x'", lines[0]);
        Assert.Contains("'2x'", lines[1]);
    }

    public void Dispose() => _directory.Dispose();
}
