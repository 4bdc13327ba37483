using System.CommandLine;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Core;
using DropForensics.Core.Commands;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture cleanup</c>.</summary>
internal static class CleanupCommand
{
    private const string Description =
        """
        Removes what a killed capture left in tracefs.

        These are unused instances and probes named dropforensics_…. They stay behind only if the capture was killed together with its
        guard. A running capture is safe, wherever it runs: the kernel removes nothing that is in use.

        Exit codes: 0 done; 1 something could not be removed; 2 invalid arguments; 3 this host cannot do it (the message says what to do).
        """;

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "List the leftovers and change nothing." };

    private static readonly Option<bool> Json = SharedOptions.Json("text");

    public static Command Create()
    {
        var command = new Command("cleanup", Description) { DryRun, Json };
        command.SetAction(parsed =>
        {
            var host = new HostRoot();
            var leftovers = new Leftovers(host, TracefsMount.Find(host));
            bool isDry = parsed.GetValue(DryRun);
            IReadOnlyList<Leftover> found = isDry ? leftovers.Look() : leftovers.Remove();
            if (parsed.GetValue(Json)) LeftoverPrinter.WriteJson(found, isDry, Console.Out);
            else LeftoverPrinter.WriteText(found, Console.Out);
            return (int)(found.Any(each => each.State == LeftoverState.Refused) ? ExitCode.Failed : ExitCode.Done);
        });
        return command;
    }
}
