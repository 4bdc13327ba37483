using System.CommandLine;
using DropForensics.Capture.Host;
using DropForensics.Capture.Scripts;
using DropForensics.Core;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture script [options of capture]</c>: the same capture for a host to which this program may not be copied.</summary>
internal static class ScriptCommand
{
    private const string Description =
        """
        Prints a shell script that makes the same capture without this program.

        The script is POSIX (dash, busybox). It restores the host and leaves a directory, named by --output, for: analyze import DIRECTORY -o C.db

        You can generate it on any machine; with --probe eprobe or kprobe, only on a host with the same kernel.

        Exit codes: 0 done; 2 invalid arguments; 3 this host cannot make it (the message says what to do).
        """;

    public static Command Create()
    {
        var command = new Command("script", Description);
        CaptureCommand.AddOptionsTo(command);
        command.SetAction(parsed =>
        {
            var host = new HostRoot();
            new ScriptPrinter(CaptureCommand.Read(parsed, host), host).Write(Console.Out);
            return (int)ExitCode.Done;
        });
        return command;
    }
}
