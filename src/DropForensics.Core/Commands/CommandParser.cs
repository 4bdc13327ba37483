using System.CommandLine;
using System.CommandLine.Help;

namespace DropForensics.Core.Commands;

/// <summary>How both programs read their command line: the same rules, and help with a short line for each option and command.</summary>
public static class CommandParser
{
    private const string Paragraph = "\n\n";

    /// <summary>Reads a command line. A name that begins with @ is taken as it is, not as a file of further arguments.</summary>
    /// <param name="root">The program's commands.</param>
    /// <param name="args">The command line.</param>
    public static ParseResult Parse(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        DescribeHelp(root);
        return parsed;
    }

    /// <summary>
    /// Call this before running the command. It shortens each description that the help only lists to its first paragraph; the manual has the rest.
    /// </summary>
    public static void ShortenHelp(ParseResult parsed) => Shorten(parsed.RootCommandResult.Command, parsed.CommandResult.Command);

    /// <summary>Gives the options that the library adds a description like those of the others.</summary>
    public static void DescribeHelp(RootCommand root)
    {
        foreach (Option option in root.Options)
        {
            if (option is HelpOption) option.Description = "Show this help.";
            if (option is VersionOption) option.Description = "Show the version.";
        }
    }

    /// <summary>What is printed after a mistake: <c>Run `capture cleanup --help` for what there is.</c></summary>
    public static string Advice(ParseResult parsed, string program) => $"Run `{NameOf(parsed, program)} --help` for what there is.";

    /// <summary><c>capture cleanup</c></summary>
    internal static string NameOf(ParseResult parsed, string program) =>
        parsed.CommandResult.Command is RootCommand ? program : $"{program} {parsed.CommandResult.Command.Name}";

    private static void Shorten(Command command, Command named)
    {
        if (command != named) command.Description = First(command.Description);
        foreach (Option option in command.Options) option.Description = First(option.Description);
        foreach (Command sub in command.Subcommands) Shorten(sub, named);
    }

    private static string? First(string? description) => description?.ReplaceLineEndings("\n").Split(Paragraph)[0];
}
