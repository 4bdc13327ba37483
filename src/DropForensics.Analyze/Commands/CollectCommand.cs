using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DropForensics.Analyze.Collect;
using DropForensics.Analyze.Fleet;
using DropForensics.Core;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze collect HOST… [--output DIR] [--agent FILE]… [--script FILE] [--via COMMAND] [-- CAPTURE OPTIONS]</c></summary>
internal static class CollectCommand
{
    private const string About = """
        Records on many hosts at the same time, fetches the captures, and makes one report: analyze collect web1 web2 -- --duration 30s

        It copies `capture` to each host over your own ssh, runs it there, fetches the file and removes both. What comes after -- are options of the
        captures. Ctrl-C ends them early, and what they recorded is fetched. Nothing stays on a host, also where a connection breaks.

        A host that fails is named with its reason: the exit code is 4 then, and 3 if no host gave a capture.
        """;

    public static Command Create()
    {
        var hosts = new Argument<string[]>("HOST") { Description = "Hosts as ssh names them: web1, or root@10.0.0.7.", Arity = ArgumentArity.OneOrMore };
        Option<string?> output = SharedOptions.Output<string>("The folder for the captures, HOST.db each. Default: collected-TIME in this directory.", "DIR");
        var agent = new Option<string[]>("--agent") { Description = "The program `capture` to copy. Give it twice for hosts of x86-64 and arm64. Default: the one beside `analyze` or in PATH.", HelpName = "FILE", DefaultValueFactory = _ => [] };
        var script = new Option<string?>("--script") { Description = "Run this shell script instead, made by `capture script`: for hosts where no program may be copied to.", HelpName = "FILE" };
        var via = new Option<string>("--via")
        {
            Description = "How to reach a host: a command with {host} and {command} in it, such as 'ssh {host} sudo {command}'. Default: ssh.\n\n"
                + $"Without {{command}}, the words sh -c SCRIPT come behind it: 'kubectl debug node/{{host}} -i --image=busybox -- chroot /host'. The default is '{CollectOptions.Ssh}'.",
            HelpName = "COMMAND",
        };
        var remote = new Option<string>("--remote-dir") { Description = $"Where a host keeps the program and the capture meanwhile. Default: {CollectOptions.Temporary}.", HelpName = "DIR" };
        Option<int?> jobs = TypedOptions.Of<int>("--jobs", "N", $"How many hosts at the same time. Default: {CollectOptions.DefaultAtOnce}.", TableOptions.WholeNumber(1));
        var command = new Command("collect", About) { hosts, output, agent, script, via, remote, jobs };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(via) is { } way && !way.Contains("{host}", StringComparison.Ordinal)) parsed.AddError("--via needs {host} where the host's name belongs.");
            if (parsed.GetValue(script) is not null && parsed.GetValue(agent) is { Length: > 0 }) parsed.AddError("--script needs no --agent.");
        });
        command.SetAction(async (parsed, stop) =>
        {
            string[] given = parsed.GetValue(hosts) ?? [];
            int behind = Math.Max(0, parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Count() - 1);
            (string[] names, string[] words) = (given[..^behind], given[^behind..]);
            if ((names.Length == 0 ? "there is no host before the --" : parsed.GetValue(script) is not null && words.Length > 0 ? "a --script has its own options" : CollectOptions.Refusal(words)) is { } mistake)
                throw new UserError(mistake, "For example: analyze collect web1 web2 -- --duration 30s", ExitCode.Usage);
            var options = new CollectOptions(
                names, parsed.GetValue(output) ?? $"collected-{DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}", parsed.GetValue(agent) ?? [], parsed.GetValue(script),
                parsed.GetValue(via) ?? CollectOptions.Ssh, parsed.GetValue(remote) ?? CollectOptions.Temporary, parsed.GetValue(jobs) ?? CollectOptions.DefaultAtOnce, words);
            (IReadOnlyList<string> files, ExitCode code) = await new CollectJob(options, Console.Error).Run(stop);
            Console.Error.WriteLine($"{files.Count} of {names.Length} hosts gave a capture: {options.Folder}");

            // The signal that ended the captures ended nothing else.
            var report = new FleetOptions(files, Path.Combine(options.Folder, "report"), Json: false, TableOptions.DefaultTop, Html: true, Png: true, Force: false);
            ExitCode read = await FleetJob.RunAsync(report, Console.Out, Console.IsOutputRedirected, Console.Error, CancellationToken.None);
            return (int)(code == ExitCode.Done ? read : code);
        });
        return command;
    }
}
