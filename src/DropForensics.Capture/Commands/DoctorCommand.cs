using System.CommandLine;
using DropForensics.Capture.Doctor;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture doctor [options of capture]</c>: what this host allows; changes nothing.</summary>
internal static class DoctorCommand
{
    private const string Description =
        """
        Says what this host allows of a capture with the same options: a table with the remedy of each, and the command to run. Changes nothing;
        needs no root, but sees less without. Exit codes: 0 a capture is possible; 3 it is not.
        """;

    public static Command Create()
    {
        var command = new Command("doctor", Description);
        CaptureCommand.AddOptionsTo(command);
        command.SetAction(parsed =>
        {
            var host = new HostRoot();
            var options = CaptureCommand.Read(parsed, host);
            var diagnosis = new Examination(options, host).Run();
            if (options.Json) DiagnosisPrinter.WriteJson(diagnosis, Console.Out);
            else DiagnosisPrinter.WriteText(diagnosis, Console.Out);
            return (int)diagnosis.ExitCode;
        });
        return command;
    }
}
