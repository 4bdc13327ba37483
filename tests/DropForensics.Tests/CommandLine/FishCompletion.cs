using System.Text;

namespace DropForensics.Tests.CommandLine;

/// <summary>The completions of a program for fish.</summary>
internal static class FishCompletion
{
    public static string Of(CommandModel program)
    {
        var script = new StringBuilder();
        string commands = string.Join(' ', program.Commands.Select(c => c.Name));
        script.Append(
            $"""
            # Completion of {program.Name} for fish. Made from its options: DROPFORENSICS_RECORD=1 dotnet test --filter CommandLine

            function __{program.Name}_reasons
                printf '%s\n' \
            {string.Join(" \\\n", CommandModel.Reasons.Chunk(6).Select(line => "        " + string.Join(' ', line)))}
            end

            complete -c {program.Name} -f

            """);
        foreach (CommandModel command in program.Commands)
        {
            script.Append($"complete -c {program.Name} -n __fish_use_subcommand -a {command.Name} -d '{Quoted(CommandText.FirstSentence(command.Description))}'\n");
        }

        foreach (CommandModel command in (CommandModel[])[program, .. program.Commands])
        {
            string when = command == program ? $"not __fish_seen_subcommand_from {commands}" : $"__fish_seen_subcommand_from {command.Name}";
            script.Append('\n');
            foreach (ArgumentModel argument in command.Arguments.DistinctBy(a => a.Kind))
            {
                script.Append($"complete -c {program.Name} -n '{when}'{Values(argument.Kind, argument.Words, program.Name, isOption: false)}\n");
            }

            foreach (OptionModel option in command.Options)
            {
                string names = string.Concat(option.Names.Select(n => n.StartsWith("--", StringComparison.Ordinal) ? $" -l {n[2..]}" : $" -s {n[1..]}"));
                script.Append($"complete -c {program.Name} -n '{when}'{names}{Values(option.Kind, option.Words, program.Name, isOption: true)} -d '{Quoted(option.Brief)}'\n");
            }
        }

        return script.ToString();
    }

    private static string Values(ValueKind kind, IReadOnlyList<string> words, string program, bool isOption) => kind switch
    {
        ValueKind.None => "",
        ValueKind.File => isOption ? " -r -F" : " -F",
        ValueKind.Capture => $"{(isOption ? " -x" : "")} -k -a '(__fish_complete_suffix .db)'",
        ValueKind.Directory => $"{(isOption ? " -x" : "")} -a '(__fish_complete_directories)'",
        ValueKind.Word => $"{(isOption ? " -x" : "")} -a '{string.Join(' ', words)}'",
        ValueKind.Reason => $"{(isOption ? " -x" : "")} -a '(__{program}_reasons)'",
        _ => isOption ? " -x" : "",
    };

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
}
