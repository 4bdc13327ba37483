using System.CommandLine;
using DropForensics.Capture.Host;
using DropForensics.Capture.Recording;
using DropForensics.Capture.Scripts;
using DropForensics.Capture.Session;
using DropForensics.Core;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture plan [options of capture]</c>: what that capture would change, and how it is taken back; changes nothing.</summary>
internal static class PlanCommand
{
    private const string Description =
        """
        Prints every change that a capture would make; changes nothing.

        It prints, as lines of shell, every write to tracefs that a capture with the same options would make, and every undo.

        Exit codes: 0 done; 2 invalid arguments; 3 this host cannot do it (the message says what to do).
        """;

    public static Command Create()
    {
        var command = new Command("plan", Description);
        CaptureCommand.AddOptionsTo(command);
        command.SetAction(parsed =>
        {
            var host = new HostRoot();
            CaptureOptions options = CaptureCommand.Read(parsed, host);
            using var window = new Window();
            var printer = new PlanPrinter(new CaptureSession(options, host, window).Plan(), Console.Out);
            if (options.Json) printer.WriteJson();
            else printer.WriteShell();
            return (int)ExitCode.Done;
        });
        return command;
    }
}
