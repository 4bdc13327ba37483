using System.CommandLine;
using System.Text.RegularExpressions;
using DropForensics.Capture.Commands;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.CommandLine;

/// <summary>The manual pages say what the programs' own parsers know, and formatters have nothing against them.</summary>
public sealed partial class ManualTests
{
    private static readonly string[] Sections =
        ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"];

    [Theory]
    [InlineData("analyze")]
    [InlineData("capture")]
    public void The_page_is_what_the_options_give(string program)
    {
        string page = File.ReadAllText(Page(program));

        Assert.Equal(4, Regex.Count(page, @"^\.\\"" Made from the options: ", RegexOptions.Multiline));
        RecordedFile.Is(Page(program), ManualPage.Renew(page, Model(program)));
    }

    [Theory]
    [InlineData("analyze")]
    [InlineData("capture")]
    public void The_page_has_its_sections_and_every_exit_code(string program)
    {
        string page = File.ReadAllText(Page(program));

        Assert.Equal(Sections, Regex.Matches(page, @"^\.SH (.*)$", RegexOptions.Multiline).Select(m => m.Groups[1].Value));
        string codes = page[page.IndexOf(".SH EXIT STATUS", StringComparison.Ordinal)..page.IndexOf(".SH ENVIRONMENT", StringComparison.Ordinal)];
        Assert.Equal(Enum.GetValues<ExitCode>().Select(code => $"{(int)code}"), Regex.Matches(codes, @"^\.B (\d)$", RegexOptions.Multiline).Select(m => m.Groups[1].Value));
        Assert.Contains("\"DropForensics " + ProductVersion.Number + "\"", page);
    }

    [Theory]
    [InlineData("analyze")]
    [InlineData("capture")]
    public void The_examples_are_command_lines_that_the_program_takes(string program)
    {
        RootCommand root = program == "analyze" ? CommandModel.AnalyzeRoot() : CaptureCommand.Create();
        string page = File.ReadAllText(Page(program));
        string[] examples = Example().Match(page).Groups[1].Value.Replace("\\-", "-", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.True(examples.Length >= 5);
        Assert.All(examples, example =>
        {
            Assert.StartsWith(program + " ", example);
            Assert.Empty(root.Parse(example.Split('|')[0].Trim()[(program.Length + 1)..]).Errors.Select(error => $"{example}: {error.Message}"));
        });
    }

    [Theory]
    [InlineData("analyze")]
    [InlineData("capture")]
    public void Groff_formats_the_page_without_a_warning(string program)
    {
        Finished finished = Shell.Run(Requires.Program("groff", "groff-base"), "-ww", "-b", "-z", "-man", "-Tutf8", Page(program));

        Assert.True(finished is { ExitCode: 0, Errors: "", Output: "" }, finished.ToString());
    }

    [Theory]
    [InlineData("analyze")]
    [InlineData("capture")]
    public void Mandoc_has_nothing_against_the_page(string program)
    {
        Finished finished = Shell.Run(Requires.Program("mandoc", "mandoc"), "-Tlint", "-W", "style", Page(program));

        Assert.True(finished is { ExitCode: 0, Errors: "", Output: "" }, finished.ToString());
    }

    [Fact]
    public void A_reader_sees_options_as_they_are_typed()
    {
        Finished finished = Shell.Run(Requires.Program("groff", "groff-base"), "-man", "-Tutf8", "-P-c", Page("capture"));
        string text = Regex.Replace(finished.Output, ".\b", "");

        Assert.Contains("-d, --duration TIME\n", text);
        Assert.Contains("--probe auto|eprobe|function|kprobe|tracepoint\n", text);
        Assert.Contains("Default: auto.", text);
        Assert.DoesNotContain("guard AGENT", text);
    }

    private static CommandModel Model(string program) => program == "analyze" ? CommandModel.Analyze : CommandModel.Capture;

    private static string Page(string program) => Repository.At("docs", "man", $"{program}.1");

    [GeneratedRegex(@"^\.SH EXAMPLES\n\.EX\n(.*?)^\.EE$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
