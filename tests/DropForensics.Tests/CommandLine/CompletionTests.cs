using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.CommandLine;

/// <summary>The scripts in <c>completions</c> are those of today's options, and the shells they are for offer with them what they should.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public CompletionTests()
    {
        foreach (string file in (string[])["web1.db", "web 2.db", "notes.txt"]) File.WriteAllText(_directory.File(file), "");
        Directory.CreateDirectory(_directory.File("webs"));
    }

    /// <summary>A line as it is typed, and what is offered for its last word: sorted, and whatever stands beside these is not in the third.</summary>
    public static TheoryData<string, string[], string[]> Offers => new()
    {
        { "analyze r", ["raw", "replay", "redact"], ["verify"] },
        { "analyze w", ["web1.db", "web 2.db", "webs"], ["notes.txt"] },
        { "analyze web1.db --no", ["--no-html", "--no-png"], ["--json"] },
        { "analyze raw --", ["--cpu", "--help"], ["--top"] },
        { "analyze raw w", ["web1.db"], [] },
        { "analyze web1.db --output w", ["webs"], ["web1.db"] },
        { "analyze import n", ["notes.txt"], [] },
        { "analyze import --format n", ["notes.txt"], [] },
        { "analyze explain NO_S", ["NO_SOCKET"], ["NETFILTER_DROP"] },
        { "capture ", ["doctor", "plan", "script", "cleanup"], ["guard"] },
        { "capture --probe ", ["auto", "eprobe", "tracepoint", "kprobe", "function"], ["headers"] },
        { "capture --probe=e", ["eprobe"], ["auto"] },
        { "capture doctor --transport ", ["auto", "text", "pages"], ["headers"] },
        { "capture --json --pa", ["--packets"], ["--json"] },
        { "capture plan --reason NO_S", ["NO_SOCKET"], ["NETFILTER_DROP"] },
        { "capture -o n", ["notes.txt"], [] },
        { "capture cleanup --", ["--dry-run", "--json"], ["--probe"] },
        { "capture --max-drops ", [], ["web1.db", "doctor"] },
    };

    [Theory]
    [InlineData("analyze.bash", "analyze")]
    [InlineData("_analyze", "analyze")]
    [InlineData("analyze.fish", "analyze")]
    [InlineData("capture.bash", "capture")]
    [InlineData("_capture", "capture")]
    [InlineData("capture.fish", "capture")]
    public void A_script_is_what_the_options_give(string file, string program)
    {
        CommandModel model = program == "analyze" ? CommandModel.Analyze : CommandModel.Capture;
        string made = file.EndsWith(".bash", StringComparison.Ordinal) ? BashCompletion.Of(model)
            : file.EndsWith(".fish", StringComparison.Ordinal) ? FishCompletion.Of(model) : ZshCompletion.Of(model);

        RecordedFile.Is(Repository.At("docs", "completions", file), made);
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public void Bash_offers(string line, string[] offered, string[] not)
    {
        string shell = Requires.Program("bash", "bash");

        // Words as bash has them: "=" is one.
        string words = string.Join(' ', line.Replace("=", " = ", StringComparison.Ordinal).Split(' ').Select(word => $"'{word}'"));
        Finished finished = Shell.Run(shell, "--noprofile", "--norc", "-c",
            $$"""
            cd {{_directory.FullName}} && . {{Script($"{Program(line)}.bash")}} || exit
            COMP_WORDS=({{words}}) COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            _{{Program(line)}}
            printf '%s\n' "${COMPREPLY[@]}"
            """);

        Check(finished, offered, not);
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public void Zsh_offers(string line, string[] offered, string[] not)
    {
        string shell = Requires.Program("zsh", "zsh");
        string told = _directory.File(".told"), typed = _directory.File(".typed");

        // Only a zsh on a terminal completes. This one notes down what it would show.
        File.WriteAllText(typed,
            $$"""
            PS1= RPS1=; cd {{_directory.FullName}}; fpath=({{Repository.At("docs", "completions")}} $fpath)
            autoload -Uz compinit; compinit -u -D
            compadd() {
              local option
              for option in "$@"; do case $option in (-[OAD]) builtin compadd "$@"; return ;; (-|--) break ;; esac; done
              local -a offered
              builtin compadd -A offered "$@"
              (( $#offered )) && print -rl -- ${(Q)offered} >>{{told}}
              builtin compadd "$@"
            }
            tell() { _main_complete; compstate[insert]= compstate[list]=; print -r -- //end >>{{told}}; }
            zle -C tell complete-word tell; bindkey '^I' tell
            print ready
            """);
        Finished finished = Shell.Run(shell, "-f", "-c",
            $$"""
            zmodload zsh/zpty && zpty typed zsh -f -i && zpty -w typed "source {{typed}}" && zpty -r typed text '*ready*' || exit
            zpty -w -n typed {{Quoted(line)}}$'\t'
            for (( i = 0; i < 3000; i++ )); do [[ "$(tail -n 1 {{told}} 2>/dev/null)" == //end ]] && break; sleep 0.01; done
            zpty -d typed
            cat {{told}}
            """);

        Assert.EndsWith("//end\n", finished.Output);
        Check(finished, offered, not);
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public void Fish_offers(string line, string[] offered, string[] not)
    {
        string shell = Requires.Program("fish", "fish");

        Finished finished = Shell.Run("env", $"HOME={_directory.FullName}/home", shell, "--no-config", "-c",
            $"cd {_directory.FullName}; source {Script($"{Program(line)}.fish")}; complete -C '{line}' | string replace -r '\\t.*' ''; true");

        Check(finished, offered.Select(o => line.Contains('=', StringComparison.Ordinal) ? line[(line.LastIndexOf(' ') + 1)..(line.LastIndexOf('=') + 1)] + o : o), not);
    }

    public void Dispose() => _directory.Dispose();

    private static string Script(string name) => Repository.At("docs", "completions", name);

    private static string Quoted(string text) => $"'{text}'";

    private static string Program(string line) => line.Split(' ')[0];

    private static void Check(Finished finished, IEnumerable<string> offered, string[] not)
    {
        string[] found = [.. finished.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(name => name.TrimEnd('/'))];
        Assert.True(finished is { ExitCode: 0, Errors: "" }, finished.ToString());
        Assert.All(offered, name => Assert.Contains(name, found));
        Assert.All(not, name => Assert.DoesNotContain(name, found));
    }
}
