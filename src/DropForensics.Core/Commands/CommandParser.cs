using System.CommandLine;
using System.CommandLine.Help;

namespace DropForensics.Core.Commands;

/// <summary>How both programs read their command line: the same rules, and help that has a short line for each option and command.</summary>
public static class CommandParser
{
    private const string Paragraph = "\n\n";

    /// <summary>Reads a command line. A name that begins with @ is a name, and not a file of further arguments.</summary>
    /// <param name="root">The program's commands. Descriptions of what the help only lists are cut to their first paragraph; the manual has the rest.</param>
    /// <param name="args">The command line.</param>
    public static ParseResult Parse(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        Shorten(root, parsed.CommandResult.Command);
        return parsed;
    }

    /// <summary>What is printed after a mistake: <c>Run `capture cleanup --help` for what there is.</c></summary>
    public static string Advice(ParseResult parsed, string program) => $"Run `{NameOf(parsed, program)} --help` for what there is.";

    /// <summary><c>capture cleanup</c></summary>
    internal static string NameOf(ParseResult parsed, string program) =>
        parsed.CommandResult.Command is RootCommand ? program : $"{program} {parsed.CommandResult.Command.Name}";

    private static void Shorten(Command command, Command named)
    {
        if (command != named) command.Description = First(command.Description);
        foreach (Option option in command.Options)
        {
            option.Description = option switch
            {
                HelpOption => "Show this help.",
                VersionOption => "Show the version.",
                _ => First(option.Description),
            };
        }

        foreach (Command sub in command.Subcommands) Shorten(sub, named);
    }

    private static string? First(string? description) => description?.ReplaceLineEndings("\n").Split(Paragraph)[0];
}
