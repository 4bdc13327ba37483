using System.CommandLine;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Core;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture cleanup</c>.</summary>
internal static class CleanupCommand
{
    private const string Description =
        """
        Removes what captures that were killed together with their guard left in tracefs: instances and probes named dropforensics_… that nobody
        uses. Never those of a running capture, wherever it runs: the kernel removes nothing that is in use.

        Exit codes: 0 done; 1 something could not be removed; 3 this host can't.
        """;

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show what there is and change nothing." };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the result as one JSON document." };

    public static Command Create()
    {
        var command = new Command("cleanup", Description) { DryRun, Json };
        command.SetAction(parsed =>
        {
            var host = new HostRoot();
            var leftovers = new Leftovers(host, TracefsMount.Find(host));
            var isDry = parsed.GetValue(DryRun);
            var found = isDry ? leftovers.Look() : leftovers.Remove();
            if (parsed.GetValue(Json)) LeftoverPrinter.WriteJson(found, isDry, Console.Out);
            else LeftoverPrinter.WriteText(found, Console.Out);
            return (int)(found.Any(each => each.State == LeftoverState.Refused) ? ExitCode.Failed : ExitCode.Done);
        });
        return command;
    }
}
