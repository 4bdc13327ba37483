using System.CommandLine;
using System.CommandLine.Parsing;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Commands;

/// <summary>What somebody may have meant who misspelled an option or a command.</summary>
internal static class Suggestion
{
    private const int MostLetters = 2;

    /// <summary><c> Did you mean --json?</c>; empty where nothing is close.</summary>
    /// <param name="error">One of the parser's.</param>
    /// <param name="parsed">What it made of the command line.</param>
    public static string Of(ParseError error, ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        IEnumerable<string> known = [.. command.Subcommands.Select(sub => sub.Name), .. command.Options.Where(option => !option.Hidden).Select(option => option.Name)];
        string? closest = parsed.UnmatchedTokens
            .Where(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal))
            .SelectMany(token => known.Select(name => (Name: name, Distance: NameDistance.Between(token, name))))
            .Where(near => near.Distance <= MostLetters)
            .OrderBy(near => near.Distance).Select(near => near.Name).FirstOrDefault();
        return closest is null ? "" : $" Did you mean {closest}?";
    }
}
