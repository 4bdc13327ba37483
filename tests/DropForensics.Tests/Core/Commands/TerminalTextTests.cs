using DropForensics.Core.Commands;
using Xunit;

namespace DropForensics.Tests.Core.Commands;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData("C", "de_DE.UTF-8", "de_DE.UTF-8", true)]
    [InlineData("", "POSIX", "C.UTF-8", true)]
    [InlineData("", "", "en_US.ISO-8859-1", true)]
    [InlineData(null, null, "en_US.utf8", false)]
    [InlineData("C.UTF-8", "C", "C", false)]
    public void The_first_variable_that_is_set_says_what_a_terminal_shows(string? all, string? characters, string? language, bool isAscii) =>
        Assert.Equal(isAscii, TerminalText.IsAsciiOnly(name => name switch { "LC_ALL" => all, "LC_CTYPE" => characters, _ => language }));

    [Fact]
    public void Signs_become_one_character_each_and_all_else_an_escape()
    {
        using var text = new StringWriter();
        using var ascii = new AsciiWriter(text);
        ascii.Write("10.0.0.1:5 → 10.0.0.2:6 · 0.1\u00a0µs … ──");
        ascii.WriteLine(" Zürich 中");
        foreach (char c in "🙂\n") ascii.Write(c);
        Assert.Equal($"10.0.0.1:5 > 10.0.0.2:6 - 0.1 us ~ -- Z\\xfcrich \\u{{4e2d}}{Environment.NewLine}\\u{{1f642}}\n", text.ToString());
    }

    [Theory]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(80)]
    public void Messages_are_wrapped_between_words_and_commands_stay_whole(int width)
    {
        const string Message = "analyze: cannot open the capture: it is a directory of files that nobody can read.\n  Run `analyze raw x.db` to see its text, or give another file.";
        string wrapped = TerminalText.Wrapped(Message, width);
        Assert.All(wrapped.Split('\n'), line => Assert.InRange(line.Length, 1, width));
        Assert.Contains("`analyze raw x.db`", wrapped, StringComparison.Ordinal);
        Assert.Equal(Message.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries), wrapped.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_number_and_its_unit_stay_on_one_line()
    {
        const string Message = "100 packets, 62.5 % of all, in 816 ms: 3 MiB.";
        Assert.All(Enumerable.Range(20, 26), width => Assert.All(
            (string[])["62.5 %", "816 ms:", "3 MiB."], whole => Assert.Contains(whole, TerminalText.Wrapped(Message, width), StringComparison.Ordinal)));
    }

    [Fact]
    public void A_word_longer_than_the_terminal_and_short_lines_stay_as_they_are()
    {
        string name = new('x', 100);
        Assert.Equal($"cannot read\n  {name}\n  now", TerminalText.Wrapped($"cannot read {name} now", 40));
        Assert.Equal("short", TerminalText.Wrapped("short", 40));
    }
}
