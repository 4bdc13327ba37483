using System.CommandLine;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Redact;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze redact IN.db OUT.db [--json]</c></summary>
internal static class RedactCommand
{
    public static Command Create()
    {
        var input = new Argument<FileInfo>("IN.db") { Description = "A capture; it is never written to." };
        var output = new Argument<FileInfo>("OUT.db") { Description = "The capture to make; nothing may have that name." };
        var json = new Option<bool>("--json") { Description = "Print one JSON document instead of text." };
        var command = new Command(
            "redact",
            "Makes a capture that can be given away: the same value becomes the same token, in rows and raw text, and nobody can go back.\n\n"
            + $"{RedactJob.Replaced}.\n\n{RedactJob.Kept}.")
        {
            input, output, json,
        };
        command.SetAction((parsed, stop) =>
        {
            using ProgressLine? progress = ProgressLine.OnTerminal(parsed.GetValue(json));
            return Task.FromResult((int)RedactJob.Run(
                parsed.GetRequiredValue(input).ToString(), parsed.GetRequiredValue(output).ToString(), Console.Out, stop, progress, parsed.GetValue(json)));
        });
        return command;
    }
}
