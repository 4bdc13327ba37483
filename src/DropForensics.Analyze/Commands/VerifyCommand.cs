using System.CommandLine;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Verify;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze verify CAPTURE.db [--json]</c></summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var capture = new Argument<FileInfo>("CAPTURE.db") { Description = "A capture; it is never written to." };
        Option<bool> json = SharedOptions.Json("text");
        var command = new Command(
            "verify", "Checks a capture against itself: its hashes, and every row, rebuilt from the raw text.\n\nExit code 4 if anything differs.")
        {
            capture, json,
        };
        command.SetAction((parsed, stop) =>
        {
            using ProgressLine? progress = ProgressLine.OnTerminal(parsed.GetValue(json));
            return Task.FromResult((int)VerifyJob.Run(parsed.GetRequiredValue(capture).ToString(), parsed.GetValue(json), Console.Out, stop, progress));
        });
        return command;
    }
}
