using System.CommandLine;
using System.CommandLine.Parsing;

namespace DropForensics.Core.Commands;

/// <summary>
/// What is wrong with a command line, one sentence for each mistake. The parser's own messages use its internal terms and repeat one mistake in
/// several forms. So we examine its result instead, and keep only the messages of the options' own readers.
/// </summary>
public static class Mistakes
{
    /// <summary>All mistakes; empty where the command can be run.</summary>
    /// <param name="parsed">The parser's result.</param>
    /// <param name="program">As it is typed.</param>
    public static IReadOnlyList<string> Of(ParseResult parsed, string program)
    {
        if (parsed.Action is { ClearsParseErrors: true }) return []; // --help, --version
        var found = new List<string>();
        Unknown(parsed, program, found);
        if (found.Count > 0) return found; // other messages may be consequences of it

        var explained = new HashSet<SymbolResult>();
        Options(parsed, found, explained);
        if (found.Count == 0) Arguments(parsed, program, found, explained);
        bool isOfOptions = found.Count > 0;
        foreach (ParseError error in parsed.Errors)
        {
            if (error.SymbolResult is { } at && !Above(at).Any(explained.Contains) && !(isOfOptions && at is CommandResult)) found.Add(error.Message);
        }

        return [.. found.Distinct()];
    }

    /// <summary>Unknown options, which the parser takes for file names while it still needs one; then commands.</summary>
    private static void Unknown(ParseResult parsed, string program, List<string> found)
    {
        Command command = parsed.CommandResult.Command;
        HashSet<Token> values = [.. OptionsOf(parsed).SelectMany(result => result.Tokens)];
        Token[] words = [.. parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Where(token => token.Type == TokenType.Argument && !values.Contains(token))];
        foreach (Token word in words.Where(word => word.Value is ['-', not '-' and not (>= '0' and <= '9'), ..] or ['-', '-', _, ..]))
        {
            found.Add($"there is no option {word.Value}.{Meant(parsed, word.Value.Split('=', ':')[0], program)}");
        }

        if (found.Count > 0 || words.Length == 0 || command is not RootCommand) return;

        // The first argument is the command. If the program also accepts a file there, only a near miss of a command's name counts as a mistyped command.
        string first = words[0].Value;
        string[] commands = [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)];
        string question = NearNames.Question(first, commands);
        bool isFirst = parsed.Tokens[0].Equals(words[0]), takesFiles = command.Arguments.Count > 0;
        if (isFirst && (takesFiles ? question != "" && first.All(char.IsAsciiLetter) && !Path.Exists(first) : !first.Contains('=')))
            found.Add($"there is no command {first}.{question}");
    }

    private static string Meant(ParseResult parsed, string option, string program)
    {
        Command command = parsed.CommandResult.Command;
        string question = NearNames.Question(option, command.Options.Where(each => !each.Hidden).Select(each => each.Name));
        if (question != "") return question;
        Command? other = parsed.RootCommandResult.Command.Subcommands.FirstOrDefault(sub => !sub.Hidden && sub.Options.Any(each => each.Name == option || each.Aliases.Contains(option)));
        return other is null || other == command ? "" : $" `{program} {other.Name}` has one.";
    }

    private static void Options(ParseResult parsed, List<string> found, HashSet<SymbolResult> explained)
    {
        foreach (OptionResult result in OptionsOf(parsed))
        {
            Option option = result.Option;
            string? mistake = result switch
            {
                _ when result.Tokens.Count > option.Arity.MaximumNumberOfValues => $"{option.Name} is given {result.IdentifierTokenCount} times. Give it once.",
                _ when result.Tokens.Count < option.Arity.MinimumNumberOfValues => $"{option.Name} needs a value{Values(option)}.",
                _ when result.Tokens.Any(token => token.Value.Length == 0) => $"the value of {option.Name} is empty.",
                _ => null,
            };
            if (mistake is null) continue;
            found.Add(mistake);
            explained.Add(result);
        }

        foreach (Option option in parsed.CommandResult.Command.Options.Where(option => option.Required && parsed.GetResult(option) is not { IdentifierTokenCount: > 0 }))
        {
            found.Add($"{option.Name} is missing: {Typed(option)}");
            if (parsed.GetResult(option) is { } absent) explained.Add(absent);
        }
    }

    private static void Arguments(ParseResult parsed, string program, List<string> found, HashSet<SymbolResult> explained)
    {
        Command command = parsed.CommandResult.Command;
        string[] names = [.. command.Arguments.Where(each => !each.Hidden).Select(each => each.Arity.MaximumNumberOfValues <= 1 ? each.Name : each.Arity.MinimumNumberOfValues > 0 ? $"{each.Name}..." : $"[{each.Name}]...")];
        string usage = $"{CommandParser.NameOf(parsed, program)} {(names.Length > 0 ? string.Join(' ', names) : "[options]")}";
        Argument[] missing = [.. command.Arguments.Where(each => each.Arity.MinimumNumberOfValues > (parsed.GetResult(each)?.Tokens.Count ?? 0))];
        Argument? empty = command.Arguments.FirstOrDefault(each => parsed.GetResult(each)?.Tokens.Any(token => token.Value.Length == 0) == true);
        bool isEmpty = parsed.Tokens.Any(token => token.Type == TokenType.Argument && token.Value.Length == 0); // where one may be repeated, it has no token then
        if (missing is [var only] && isEmpty) found.Add($"the name for {only.Name} is empty.");
        else if (missing.Length > 0) found.Add($"{string.Join(" and ", missing.Select(each => each.Name))} {(missing.Length == 1 ? "is" : "are")} missing: {usage}");
        else if (empty is not null) found.Add($"the name for {empty.Name} is empty.");
        else if (parsed.UnmatchedTokens is [var first, ..]) found.Add($"'{first}' is one word too many. Usage: {usage}");
        if (found.Count > 0) explained.UnionWith(command.Arguments.Select(each => (SymbolResult?)parsed.GetResult(each)).OfType<SymbolResult>());
    }

    private static IEnumerable<OptionResult> OptionsOf(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<OptionResult>().Where(result => !result.Implicit);

    // "headers, full or none"; for other values their name in the help.
    private static string Values(Option option)
    {
        string[] words = [.. option.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(item => item.Label)];
        return words.Length > 0 ? $": {string.Join(", ", words)}" : $": {Typed(option)}";
    }

    private static string Typed(Option option) => $"{option.Name} {option.HelpName}".TrimEnd();

    private static IEnumerable<SymbolResult> Above(SymbolResult result)
    {
        for (SymbolResult? each = result; each is not null; each = each.Parent) yield return each;
    }
}
