using System.CommandLine;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Replay;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze reattribute IN.db -o OUT.db [--force] [--json]</c></summary>
internal static class ReattributeCommand
{
    public static Command Create()
    {
        var input = new Argument<FileInfo>("IN.db") { Description = "A capture of any version; it is never written to." };
        Option<FileInfo?> output = SharedOptions.Output<FileInfo>("The capture to create.", "OUT.db");
        output.Required = true;
        Option<bool> force = SharedOptions.Force("Replace an existing file."), json = SharedOptions.Json("text");
        var command = new Command(
            "reattribute",
            "Makes a copy of a capture with this version's schema, functions and drivers.\n\n"
            + "Every report does this in a private copy. The file itself keeps the result of the version that recorded it, and SQL on the file shows that: "
            + "make a copy if the two must agree.")
        {
            input, output, force, json,
        };
        command.SetAction((parsed, stop) =>
        {
            using ProgressLine? progress = ProgressLine.OnTerminal(parsed.GetValue(json));
            return Task.FromResult((int)ReattributeJob.Run(
                parsed.GetRequiredValue(input).ToString(), parsed.GetRequiredValue(output)!.ToString(), // the option is required
                Console.Out, stop, progress, parsed.GetValue(json), parsed.GetValue(force)));
        });
        return command;
    }
}
