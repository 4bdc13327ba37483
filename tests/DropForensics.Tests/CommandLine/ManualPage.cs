using System.Text;
using System.Text.RegularExpressions;

namespace DropForensics.Tests.CommandLine;

/// <summary>
/// The pieces of a manual page (man(7)) that say what the options are. The page itself is written by hand, but between a line
/// <c>.\" Made from the options: NAME</c> and the next <c>.\" End</c>.
/// </summary>
internal static partial class ManualPage
{
    private const int MostOptionsInSynopsis = 8;
    private const int Width = 78;

    /// <summary>The page with its pieces made anew.</summary>
    public static string Renew(string page, CommandModel program) => Piece().Replace(page, piece => piece.Groups["begin"].Value + Made(piece.Groups["name"].Value, program) + piece.Groups["end"].Value);

    private static string Made(string name, CommandModel program)
    {
        var text = new StringBuilder();
        switch (name)
        {
            case "synopsis":
                text.Append(Synopsis(program.Name, program));
                foreach (CommandModel command in program.Commands) text.Append($".br\n{Synopsis($"{program.Name} {command.Name}", command)}");
                break;
            case "description":
                Paragraphs(text, program.Description);
                break;
            case "options":
                Entries(text, program);
                break;
            case "commands":
                foreach (CommandModel command in program.Commands)
                {
                    text.Append($".SS \"{program.Name} {command.Name}\"\n");
                    Paragraphs(text, command.Description);
                    bool isSame = program.Options.Count > 2 && program.Options.Where(o => o.Names[^1] != "--version").All(o => command.Options.Any(c => c.Names[^1] == o.Names[^1]));
                    if (isSame) text.Append($".PP\nThe options are those of\n.BR {program.Name} .\n");
                    else Entries(text, command);
                }

                break;
            default:
                throw new InvalidOperationException($"no piece of a manual page is called '{name}'");
        }

        return text.ToString();
    }

    private static string Synopsis(string name, CommandModel command)
    {
        // --help goes with every command, and is said below.
        OptionModel[] options = [.. command.Options.Where(o => o.Names[^1] is not ("--help" or "--version"))];
        IEnumerable<string> shown = options.Length > MostOptionsInSynopsis
            ? ["[\\fIoptions\\fR]"]
            : options.OrderBy(o => !o.IsRequired).Select(o => o.IsRequired ? Typed(o.Names[0], o) : $"[{Typed(o.Names[0], o)}]");
        return $"{Breakable($"{Bold(name)} {string.Join(' ', command.Arguments.Select(Shown).Concat(shown))}".TrimEnd())}";
    }

    private static string Shown(ArgumentModel argument)
    {
        string words = Italic(argument.Name) + (argument.IsRepeated ? " ..." : "");
        return argument.IsRequired ? words : $"[{words}]";
    }

    private static void Entries(StringBuilder text, CommandModel command)
    {
        foreach (ArgumentModel argument in command.Arguments) text.Append($".TP\n{Italic(argument.Name)}\n{Prose(argument.Description)}");
        foreach (OptionModel option in command.Options)
        {
            string names = string.Join(", ", option.Names.SkipLast(1).Select(Bold).Append(Typed(option.Names[^1], option)));
            string more = option.Default is null || option.Description.Contains("Default:", StringComparison.Ordinal) ? "" : $" Default: {option.Default}.";
            text.Append($".TP\n{names}\n{Prose(Ended(option.Description) + more)}");
        }
    }

    private static string Typed(string name, OptionModel option) => option switch
    {
        { Kind: ValueKind.None } => Bold(name),
        { Kind: ValueKind.Word } when option.Words.Sum(word => word.Length + 1) < Width => $"{Bold(name)} {string.Join('|', option.Words.Select(Bold))}",
        _ => $"{Bold(name)} {Italic(option.ValueName ?? "")}",
    };

    private static string Ended(string text) => text.EndsWith('.') ? text : text + ".";

    private static void Paragraphs(StringBuilder text, string words)
    {
        text.AppendJoin(".PP\n", words.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Prose));
    }

    /// <summary>Text in lines, each sentence on one of its own.</summary>
    private static string Prose(string text) => string.Concat(SentenceEnd().Split(WhiteSpace().Replace(text, " ").Trim()).Select(sentence => Breakable(Quoted().Replace(Escaped(sentence), "\\fB$1\\fR"))));

    /// <summary>Lines of source that are not too long to read; where they break means nothing.</summary>
    private static string Breakable(string text)
    {
        var lines = new StringBuilder();
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Width)
            {
                lines.Append(Begun(line)).Append('\n');
                line = "";
            }

            line += line.Length == 0 ? word : " " + word;
        }

        return lines.Append(Begun(line)).Append('\n').ToString();
    }

    // A line that begins so would be a request.
    private static string Begun(string line) => line.StartsWith('.') || line.StartsWith('\'') ? "\\&" + line : line;

    private static string Bold(string text) => $"\\fB{Escaped(text)}\\fR";

    private static string Italic(string text) => $"\\fI{Escaped(text)}\\fR";

    /// <summary>Letters as they are, whatever the formatter would make of them: hyphens that can be copied, quotes that are straight.</summary>
    private static string Escaped(string text) => string.Concat(text.Select(c => c switch
    {
        '\\' => "\\e",
        '-' => "\\-",
        '\'' => "\\(aq",
        '`' => "`",
        > '~' => $"\\[u{(int)c:X4}]",
        _ => c.ToString(),
    }));

    [GeneratedRegex(@"(?<begin>^\.\\"" Made from the options: (?<name>\w+)\n)(.*?\n)??(?<end>\.\\"" End\n)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Piece();

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"(?<=[.?!:]) (?=[A-Z])")]
    private static partial Regex SentenceEnd();
}
