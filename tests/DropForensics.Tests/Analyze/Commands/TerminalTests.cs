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

    [Theory]
    [InlineData("ANALYZE FIXTURES/packets.db --no-html --no-png", true)]
    [InlineData("ANALYZE replay FIXTURES/packets.db", false)]
    [InlineData("ANALYZE diff FIXTURES/packets.db FIXTURES/drivers.db --no-html", false)]
    [InlineData("ANALYZE import FIXTURES/nosuch.txt -o x.db", false)]
    [InlineData("ANALYZE --help", false)]
    [InlineData("CAPTURE --help", false)]
    [InlineData("CAPTURE doctor", false)]
    public void Where_the_locale_shows_ascii_only_nothing_else_is_written(string command, bool hasOther)
    {
        command = command.Replace("ANALYZE", Analyze).Replace("CAPTURE", string.Join(' ', Agent.Command)).Replace("FIXTURES", Repository.At("fixtures", "captures"));
        Finished ascii = Shell.Run("env", "LC_ALL=C", "sh", "-c", command), utf8 = Shell.Run("env", "LC_ALL=C.UTF-8", "sh", "-c", command);
        Assert.NotEmpty(ascii.Output + ascii.Errors);
        Assert.DoesNotContain(ascii.Output + ascii.Errors, c => c > 0x7f);
        if (hasOther) Assert.Contains(utf8.Output, c => c > 0x7f);
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--markdown")]
    public void Documents_are_the_same_in_every_locale(string kind)
    {
        string command = $"{Analyze} {Repository.At("fixtures", "captures", "packets.db")} {kind} --no-html --no-png";
        Assert.Equal(Shell.Run("env", "LC_ALL=C.UTF-8", "sh", "-c", command).Output, Shell.Run("env", "LC_ALL=en_US.ISO-8859-1", "sh", "-c", command).Output);
    }

    [Fact]
    public void A_long_message_is_wrapped_on_a_terminal_and_one_line_in_a_pipe()
    {
        string command = $"{Analyze} {_directory.File("no-such-directory/capture.db")} --no-html --no-png";
        string[] onTerminal = Shell.Run("script", "-qec", $"stty cols 60; {command}", "/dev/null").Output.Replace("\x1b[?1h\x1b=", "", StringComparison.Ordinal).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] inPipe = Shell.Run("sh", "-c", command).Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(inPipe, line => line.Length > 60);
        Assert.All(onTerminal, line => Assert.True(line.Length <= 60 || !line.Trim().Contains(' '), line));
        Assert.Equal(string.Join(' ', inPipe).Split(' ', StringSplitOptions.RemoveEmptyEntries), string.Join(' ', onTerminal).Split(' ', StringSplitOptions.RemoveEmptyEntries));
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
