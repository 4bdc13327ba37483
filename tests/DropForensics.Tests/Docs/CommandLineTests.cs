using DropForensics.Tests.CommandLine;
using Xunit;
using Xunit.Sdk;

namespace DropForensics.Tests.Docs;

/// <summary>
/// What the pages say of commands and options is what the programs take. A command in a sentence or a table is not run, as those in blocks are,
/// but every name in it must be there.
/// </summary>
public sealed class CommandLineTests
{
    // Options of perf, sqlite3, .ci/run, .ci/release and tests/benchmarks/run that stand by themselves in sentences; and endings of a file's name.
    private static readonly string[] OfOthers = ["-k", "-F", "--header", "--show-lost-events", "-readonly", "--seconds", "--sizes", "--agents", "--analyzers", "--full", "--short", "-wal", "-journal"];

    public static TheoryData<string> Pages => [.. DocPage.All.Select(page => page.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_command_and_option_that_a_page_names_is_there(string path)
    {
        DocPage page = DocPage.Read(path);
        foreach (string command in page.Code.Concat(page.Blocks.Select(block => block.Text)).SelectMany(text => text.Split(['\n', '|', ';', '>', '<'])))
        {
            string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int program = Array.FindIndex(words, word => Path.GetFileName(word) is "capture" or "analyze");
            if (program >= 0) AssertKnown(path, words[program..]);
            else if (words.Length > 0 && IsOption(words[0])) Assert.True(OptionsOfAll().Contains(words[0]) || OfOthers.Contains(words[0]), $"{path}: no command has {words[0]}");
        }
    }

    [Theory]
    [InlineData("docs/capture.md", "capture")]
    [InlineData("docs/analyze.md", "analyze")]
    public void Every_command_has_a_row_in_its_page(string path, string program)
    {
        IReadOnlyList<string> rows = DocPage.Read(path).RowNames;

        Assert.All(Of(program).Commands, command => Assert.Contains(rows, row => row == $"{program} {command.Name}" || row.StartsWith($"{program} {command.Name} ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_option_of_a_capture_has_a_row_with_its_default()
    {
        string[] rows = [.. DocPage.Read("docs/capture.md").Text.Split('\n').Where(line => line.StartsWith("| `-", StringComparison.Ordinal))];
        foreach (OptionModel option in CommandModel.Capture.Options.Where(option => option.Names[^1] is not ("--help" or "--version")))
        {
            string? row = Array.Find(rows, row => row.Contains($"`{option.Names[^1]}", StringComparison.Ordinal));
            Assert.True(row is not null, $"no row for {option.Names[^1]}");
            if (DefaultOf(option) is { } value) Assert.Contains($"`{value}`", row);
        }
    }

    // "Default: 64MiB." at the end of a description; a longer one is a sentence, and says it in words.
    private static string? DefaultOf(OptionModel option)
    {
        string? said = option.Default ?? option.Description.Split("Default: ").Skip(1).FirstOrDefault()?.TrimEnd('.');
        return said is null || said.Contains(' ') ? null : said;
    }

    private static void AssertKnown(string path, string[] words)
    {
        CommandModel program = Of(Path.GetFileName(words[0])), command = program;
        if (words.Length > 1 && words[1].All(char.IsAsciiLetterLower))
            command = program.Commands.FirstOrDefault(each => each.Name == words[1]) ?? throw new XunitException($"{path}: {words[0]} has no command {words[1]}");
        int behind = Array.IndexOf(words, "--"); // then come the options of a capture
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i].Trim('[', ']');
            CommandModel of = behind >= 0 && i > behind ? CommandModel.Capture : command;
            if (IsOption(word) && i != behind) Assert.True(of.Options.Any(option => option.Names.Contains(word)), $"{path}: {string.Join(' ', words)}: there is no option {word}");
        }
    }

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]) && word.Any(char.IsAsciiLetter);

    private static IEnumerable<string> OptionsOfAll() =>
        new[] { CommandModel.Capture, CommandModel.Analyze }.SelectMany(program => program.Commands.Append(program)).SelectMany(command => command.Options).SelectMany(option => option.Names);

    private static CommandModel Of(string program) => program == "capture" ? CommandModel.Capture : CommandModel.Analyze;
}
