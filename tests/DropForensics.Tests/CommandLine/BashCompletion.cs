using System.Text;

namespace DropForensics.Tests.CommandLine;

/// <summary>The completion script of a program for bash.</summary>
internal static class BashCompletion
{
    public static string Of(CommandModel program)
    {
        string name = program.Name;
        CommandModel[] all = [program, .. program.Commands];
        var script = new StringBuilder();
        script.Append(
            $$"""
            # Completion of {{name}} for bash, 4.4 or later. Made from its options: DROPFORENSICS_RECORD=1 dotnet test --filter CommandLine

            _{{name}}_files() {
                compopt -o filenames 2>/dev/null
                local found
                mapfile -t found < <(compgen "$@" -- "$cur")
                COMPREPLY+=("${found[@]}")
            }

            _{{name}}() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} kind='' words=''
                # --option=value is three words here.
                if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
                (( COMP_CWORD > 1 )) || command=''
                case $command in {{string.Join('|', program.Commands.Select(c => c.Name))}}) ;; *) command={{name}} ;; esac

                case $command:$prev in

            """);
        foreach (CommandModel command in all)
        {
            foreach (var same in command.Options.Where(o => o.Kind != ValueKind.None).GroupBy(o => (o.Kind, Words: string.Join(' ', o.Words))))
            {
                string patterns = string.Join('|', same.SelectMany(o => o.Names).Select(option => $"{command.Name}:{option}"));
                string what = same.Key.Kind == ValueKind.Word ? $"kind=words words='{same.Key.Words}'" : $"kind={Kind(same.Key.Kind)}";
                script.Append($"        {patterns}) {what} ;;\n");
            }
        }

        script.Append("    esac\n    if [[ -z $kind && $cur == -* ]]; then\n        kind=words\n        case $command in\n");
        foreach (CommandModel command in all)
        {
            script.Append($"            {command.Name}) words='{string.Join(' ', command.Options.SelectMany(o => o.Names))}' ;;\n");
        }

        script.Append("        esac\n    elif [[ -z $kind ]]; then\n        case $command in\n");
        foreach (CommandModel command in all)
        {
            string kinds = string.Join(' ', command.Arguments.Select(a => Kind(a.Kind)).Distinct());
            string first = command == program ? $"(( COMP_CWORD == 1 )) && words='{string.Join(' ', program.Commands.Select(c => c.Name))}'; " : "";
            script.Append($"            {command.Name}) {first}kind={(kinds.Length == 0 ? "words" : kinds)} ;;\n");
        }

        script.Append(
            $$"""
                    esac
                fi

                COMPREPLY=()
                case $kind in
                    reason) words=${{{"_" + name}}_reasons[*]} ;;
                esac
                if [[ -n $words ]]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur"); fi
                case $kind in
                    file) _{{name}}_files -f ;;
                    directory) _{{name}}_files -d ;;
                    capture) _{{name}}_files -d; _{{name}}_files -f -X '!*.db' ;;
                    *) return ;;
                esac
                # A name in quotes, or of another kind: bash's own way with files.
                if (( ${#COMPREPLY[@]} == 0 )); then compopt -o default 2>/dev/null; fi
            }

            _{{name}}_reasons=(
            {{string.Join('\n', CommandModel.Reasons.Chunk(6).Select(line => "    " + string.Join(' ', line)))}}
            )
            complete -F _{{name}} {{name}}

            """);
        return script.ToString();
    }

    private static string Kind(ValueKind kind) => kind.ToString().ToLowerInvariant();
}
