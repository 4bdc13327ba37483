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
    public void A_script_has_reasons_as_the_kernel_spells_them()
    {
        var finished = Shell.Run(Agent.Command[0], [.. Agent.Command[1..], "script", "--duration", "1m30s", "--reason", "no_socket", "--reason", "SKB_DROP_REASON_UDP_CSUM"]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains("\nonly_reasons='NO_SOCKET UDP_CSUM'\n", finished.Output);
        Assert.Contains("\nduration_s='90'\n", finished.Output);
    }

    [Fact]
    public void The_command_that_a_script_was_made_by_can_be_pasted()
    {
        var finished = Shell.Run(Agent.Command[0], [.. Agent.Command[1..], "script", "--output", "two words.tar"]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains("`capture script --output 'two words.tar'`", finished.Output);
    }

    [Fact]
    public void Help_has_a_short_line_for_each_command_and_option()
    {
        const int Column = 34, Widest = 150;
        var finished = Shell.Run(Agent.Command[0], [.. Agent.Command[1..], "--help"]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        string[] lines = finished.Output[finished.Output.IndexOf("Options:", StringComparison.Ordinal)..].Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= Widest, line));
        Assert.DoesNotContain(lines, line => line.StartsWith(new string(' ', Column - 10), StringComparison.Ordinal));   // no second line
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
