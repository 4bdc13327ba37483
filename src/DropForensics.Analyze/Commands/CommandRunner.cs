using System.CommandLine;
using System.Runtime.InteropServices;
using DropForensics.Analyze.Display;
using DropForensics.Core;
using DropForensics.Core.Commands;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Commands;

/// <summary>Runs the command of a command line and turns any failure into a message and an exit code.</summary>
internal static class CommandRunner
{
    private const string Program = "analyze";

    private const string ExitCodes = """
        Exit codes: 0 done; 1 failed; 2 invalid arguments; 3 this file or folder cannot be used (the message says what to do);
        4 done, but data is missing (records were lost, lines did not parse, the agent died, a card lost packets before the stack saw them), or
        `verify` found differences, or `diff --fail-on-increase` an increase.
        """;

    /// <param name="args">The command line.</param>
    /// <param name="report">Runs if no other command is named.</param>
    /// <param name="commands">The others.</param>
    public static async Task<int> RunAsync(string[] args, RootCommand report, params Command[] commands)
    {
        // Below the report's root, the help of every other command would list the report's own argument.
        bool isOther = commands.Any(c => c.Name == args.FirstOrDefault());
        RootCommand root = isOther ? new RootCommand(report.Description ?? "") : report;
        foreach (Command command in commands) root.Subcommands.Add(command);

        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        root.Description += Environment.NewLine + Environment.NewLine + ExitCodes;
        ParseResult parsed = CommandParser.Parse(root, args);
        if (Mistakes.Of(parsed, Program) is { Count: > 0 } mistakes)
        {
            foreach (string mistake in mistakes) Say($"{Program}: {mistake}");
            Say(CommandParser.Advice(parsed, Program));
            return (int)ExitCode.Usage;
        }

        CommandParser.ShortenHelp(parsed);
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            // The first signal stops the work; a second one ends the process at once.
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
        }
        catch (UserError error)
        {
            Say($"{Program}: {error.Message.TrimEnd('.')}.");
            Say(error.Remedy);
            return (int)error.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Say($"{Program}: stopped; no file was written.");
            return (int)ExitCode.Failed;
        }
        catch (OutOfMemoryException)
        {
            Say($"{Program}: this file needs more memory than `analyze` allows itself; no capture within the agent's limits does.");
            Say("`analyze raw` still prints its text.");
            return (int)ExitCode.Unable;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // For a result without a name: standard output on a full disk, or a source that cannot be read to its end.
            UserError failed = FileTrouble.Nameless(error);
            Say($"{Program}: {failed.Message}.\n{failed.Remedy}".TrimEnd());
            return (int)failed.ExitCode;
        }
        catch (Exception error)
        {
            Say($"{Program}: internal error; please report it with this message:");
            Console.Error.WriteLine(Visible.Lines(error.ToString()));
            return (int)ExitCode.Failed;
        }
    }

    // It may contain text from a capture, which must not control the terminal.
    private static void Say(string message) => Console.Error.WriteLine(TerminalText.Message(Visible.Lines(message)));
}
