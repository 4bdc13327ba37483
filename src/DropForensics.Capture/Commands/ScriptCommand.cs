using System.CommandLine;
using DropForensics.Capture.Host;
using DropForensics.Capture.Scripts;
using DropForensics.Core;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture script [options of capture]</c>: the same capture for a host to which not even this file may be copied.</summary>
internal static class ScriptCommand
{
    private const string Description =
        """
        Prints a POSIX shell script (dash, busybox) that makes the same capture with a shell alone, restores the host, and leaves a directory for
        'analyze import DIRECTORY -o C.db'. Made anywhere; with --probe eprobe or kprobe, on a host of the same kernel.
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
