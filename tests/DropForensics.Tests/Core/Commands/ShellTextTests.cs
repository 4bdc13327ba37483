using DropForensics.Core.Commands;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Commands;

/// <summary>Text that a shell takes as it is, whatever is in it.</summary>
public sealed class ShellTextTests
{
    private static readonly string[] Hostile =
        ["", "a b", "it's", "'", "''", "$(touch /tmp/x)", "`id`", "\"", "\\", "\\n", "a\nb", "*", "-n", "!x", "#x", "~", ";&|<>", "é", "a'b'c", "$'x'"];

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public void A_quoted_word_comes_out_of_a_shell_as_it_went_in(string shell)
    {
        var program = Requires.Program(shell, shell);

        foreach (var text in Hostile)
        {
            foreach (var quoted in new[] { ShellText.Quote(text), ShellText.Word(text) })
            {
                var script = $"printf '%s.' {quoted}";
                var finished = shell == "busybox" ? Shell.Run(program, "sh", "-c", script) : Shell.Run(program, "-c", script);
                Assert.Equal((0, $"{text}."), (finished.ExitCode, finished.Output));
            }
        }
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public void A_printed_value_comes_out_whole(string shell)
    {
        var program = Requires.Program(shell, shell);

        foreach (var text in Hostile.Append("-:group/event").Append("!stacktrace").Where(text => text != "-n"))
        {
            var finished = shell == "busybox" ? Shell.Run(program, "sh", "-c", ShellText.Print(text)) : Shell.Run(program, "-c", ShellText.Print(text));
            Assert.Equal($"{text}\n", finished.Output);
        }
    }
}
