using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Commands;

/// <summary>What is for eyes alone goes to a terminal alone: the programs on a terminal that <c>script</c> makes, and in pipes.</summary>
public sealed partial class TerminalTests : IDisposable
{
    private const char Escape = '\x1b';
    private static readonly string Analyze = $"dotnet {Path.Combine(AppContext.BaseDirectory, "analyze.dll")}";
    private static readonly string Example = Repository.At("fixtures", "captures", "example.db");

    private readonly ScratchDirectory _directory = new();

    [Fact]
    public void A_terminal_gets_colours_unless_it_is_told_not_to()
    {
        string coloured = OnTerminal("env -u NO_COLOR TERM=xterm-256color", $"{Analyze} {Example} --no-html --no-png");
        string plain = OnTerminal("env NO_COLOR=1 TERM=xterm-256color", $"{Analyze} {Example} --no-html --no-png");

        Assert.Matches(Colour(), coloured);
        Assert.DoesNotMatch(Colour(), plain);
        Assert.Contains("874 packets dropped", plain);
    }

    [Fact]
    public void A_pipe_gets_text_and_nothing_for_a_terminal()
    {
        string capture = string.Join(' ', Agent.Command);
        foreach (string command in (string[])[$"{Analyze} {Example} --no-html --no-png", $"{Analyze} --help", $"{Analyze} explain NO_SOCKET", $"{Analyze} verify {Example}", $"{capture} --help", $"{capture} doctor"])
        {
            Finished finished = Shell.Run("env", "TERM=xterm-256color", "CLICOLOR_FORCE=1", "sh", "-c", command);
            Assert.True(finished.ExitCode is 0 or 3, finished.ToString());
            Assert.NotEmpty(finished.Output);
            Assert.DoesNotContain(Escape, finished.Output + finished.Errors);
            Assert.DoesNotContain('\r', finished.Output + finished.Errors);
        }
    }

    [Fact]
    public async Task Work_that_takes_longer_than_a_second_says_how_far_it_is()
    {
        string pipe = _directory.File("pipe"), capture = _directory.File("c.db");
        Shell.Run("mkfifo", pipe);

        // The text comes from a pipe that stays open until the line was seen, so that the work takes as long as that.
        using Process terminal = Shell.Start("script", "-qec", $"cat {pipe} | {Analyze} import - -o {capture}", "/dev/null");
        var seen = new StringBuilder();
        Task reading = Task.Run(() => Drain(terminal.StandardOutput, seen), TestContext.Current.CancellationToken);
        using (var text = new StreamWriter(pipe))
        {
            text.Write(MadeCapture.Event(100.5));
            text.Flush();
            Await.Until(() => Seen(seen).Contains("\rreading the text · ", StringComparison.Ordinal));
        }

        Assert.True(terminal.WaitForExit(TimeSpan.FromSeconds(30)));
        await reading;
        string written = Seen(seen);
        Assert.Matches(@"\r +\r1 drop in 1 line: ", written);
        Assert.EndsWith($"{capture}\r\n", written);
    }

    public void Dispose() => _directory.Dispose();

    private static string OnTerminal(string environment, string command)
    {
        Finished finished = Shell.Run("script", "-qec", $"{environment} {command}", "/dev/null");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        return finished.Output;
    }

    private static void Drain(StreamReader from, StringBuilder into)
    {
        var block = new char[1024];
        for (int read; (read = from.Read(block)) > 0;)
        {
            lock (into) into.Append(block, 0, read);
        }
    }

    private static string Seen(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*\b(3[0-9]|38|9[0-7])[0-9;]*m")]
    private static partial Regex Colour();
}
