using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture;

/// <summary>What does not depend on the kernel: wrong usage, and messages that get through.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    [Theory]
    [InlineData("--duration", "5", "is not a duration such as 500ms, 60s, 5m or 1h")]
    [InlineData("--duration", "25h", "is not a duration")]
    [InlineData("--buffer", "much", "is not a size such as 64MiB")]
    [InlineData("--max-drops", "0", "is not a whole number above 0")]
    [InlineData("--max-rate", "some", "is not a whole number above 0, or none")]
    [InlineData("--probe", "guess", "guess")]
    [InlineData("-o", "", "a file name is missing")]
    [InlineData("--no-such-option", "1", "--no-such-option")]
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
