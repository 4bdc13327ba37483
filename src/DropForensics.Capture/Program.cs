using DropForensics.Capture.Commands;
using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Commands;

StandardStreams.Secure();

DescriptorLimit.Raise();

// Only the user may read the files this makes (umask 077).
_ = Libc.SetCreationMask(Convert.ToUInt32("077", 8));

TerminalText.FitConsole(isDocument: args.Contains("--json"));

// Results go to standard output, all else to standard error; the exit codes are those of ExitCode.
try
{
    return CaptureCommand.Invoke(args);
}
catch (UserError error)
{
    Console.Error.WriteLine(TerminalText.Message($"capture: {Printable.Of(error.Message)}\n  {error.Remedy}"));
    return (int)error.ExitCode;
}
catch (Exception error)
{
    // Caught so that everything on the way here was disposed of: the host is as before.
    Console.Error.WriteLine($"capture: internal error; please report it with this message: {error}");
    return (int)ExitCode.Failed;
}
