using System.Text;

namespace DropForensics.Tests.CommandLine;

/// <summary>The completion function of a program for zsh, in a file that is found on its fpath or sourced.</summary>
internal static class ZshCompletion
{
    public static string Of(CommandModel program)
    {
        string name = program.Name;
        var script = new StringBuilder();
        script.Append(
            $$"""
            #compdef {{name}}
            # Completion of {{name}} for zsh. Made from its options: DROPFORENSICS_RECORD=1 dotnet test --filter CommandLine

            _{{name}}_reasons() {
              local -a reasons
              reasons=(
            {{string.Join('\n', CommandModel.Reasons.Chunk(6).Select(line => "    " + string.Join(' ', line)))}}
              )
              compadd "$@" -a reasons
            }

            _{{name}}_first() {
              local -a commands
              commands=(
            {{string.Join('\n', program.Commands.Select(c => $"    '{Quoted($"{c.Name}:{CommandText.FirstSentence(c.Description)}")}'"))}}
              )
              local none=1
              _describe -t commands command commands && none=0
            {{string.Concat(program.Arguments.Take(1).Select(a => $"  {Action(a.Kind, a.Words, name)} && none=0\n"))}}  return $none
            }

            _{{name}}() {
              if (( CURRENT > 2 )); then
                case $words[2] in

            """);
        foreach (CommandModel command in program.Commands)
        {
            script.Append($"      {command.Name})\n        shift words\n        (( CURRENT-- ))\n        _arguments -s{Specs(command, command.Arguments.Select(a => $"*:{Message(a.Name)}:{Action(a.Kind, a.Words, name)}").Distinct(), name, 10)}\n        return ;;\n");
        }

        script.Append($"    esac\n  fi\n  _arguments -s{Specs(program, [$"1: :_{name}_first"], name, 4)}\n}}\n\n");
        script.Append($"if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _{name} \"$@\"; else compdef _{name} {name}; fi\n");
        return script.ToString();
    }

    private static string Specs(CommandModel command, IEnumerable<string> arguments, string program, int indent) => string.Concat(
        command.Options.Select(o => Spec(o, program)).Concat(arguments.Take(1).Select(a => $"'{Quoted(a)}'"))
            .Select(spec => $" \\\n{new string(' ', indent)}{spec}"));

    private static string Spec(OptionModel option, string program)
    {
        string value = option.Kind == ValueKind.None ? "" : $":{Message(option.ValueName ?? "")}:{Action(option.Kind, option.Words, program)}";
        string text = Quoted($"[{option.Brief.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal)}]{value}");
        string[] names = [.. option.Names.Select(n => option.Kind != ValueKind.None && n.StartsWith("--", StringComparison.Ordinal) ? n + "=" : n)];
        string before = option.IsRepeatable ? "'*'" : names.Length > 1 ? $"'({string.Join(' ', option.Names)})'" : "";
        return names.Length > 1 ? $"{before}{{{string.Join(',', names)}}}'{text}'" : option.IsRepeatable ? $"'*{names[0]}{text}'" : $"'{names[0]}{text}'";
    }

    private static string Message(string name) => name.Replace(":", "\\:", StringComparison.Ordinal);

    private static string Action(ValueKind kind, IReadOnlyList<string> words, string program) => kind switch
    {
        ValueKind.Word => $"({string.Join(' ', words)})",
        ValueKind.File => "_files",
        ValueKind.Capture => "_files -g \"*.db\"",
        ValueKind.Directory => "_files -/",
        ValueKind.Reason => $"_{program}_reasons",
        _ => " ",
    };

    private static string Quoted(string text) => text.Replace("'", "'\\''", StringComparison.Ordinal);
}
