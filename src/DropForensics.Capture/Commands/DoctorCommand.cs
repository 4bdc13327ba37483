using System.CommandLine;
using DropForensics.Capture.Doctor;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture doctor [options of capture]</c>: what this host allows; changes nothing.</summary>
internal static class DoctorCommand
{
    private const string Description =
        """
        Checks what this host allows; changes nothing.

        It prints a table with a remedy for each problem, and the command to run. The options are those of the planned capture. It needs no
        root, but sees more with it.

        Exit codes: 0 a capture is possible; 2 invalid arguments; 3 a capture is not possible.
        """;

    public static Command Create()
    {
        var command = new Command("doctor", Description);
        CaptureCommand.AddOptionsTo(command);
        command.SetAction(parsed =>
        {
            var host = new HostRoot();
            CaptureOptions options = CaptureCommand.Read(parsed, host);
            Diagnosis diagnosis = new Examination(options, host).Run();
            if (options.Json) DiagnosisPrinter.WriteJson(diagnosis, Console.Out);
            else DiagnosisPrinter.WriteText(diagnosis, Console.Out);
            return (int)diagnosis.ExitCode;
        });
        return command;
    }
}
