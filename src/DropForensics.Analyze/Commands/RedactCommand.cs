using System.CommandLine;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Redact;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze redact IN.db -o OUT.db [--force] [--json]</c></summary>
internal static class RedactCommand
{
    public static Command Create()
    {
        var input = new Argument<FileInfo>("IN.db") { Description = "A capture; it is never written to." };
        var name = new Argument<FileInfo?>("OUT.db") { Description = "The capture to create, as with --output; older scripts use this form.", Arity = ArgumentArity.ZeroOrOne, Hidden = true };
        Option<FileInfo?> output = SharedOptions.Output<FileInfo>("The capture to create.", "OUT.db");
        Option<bool> force = SharedOptions.Force("Replace an existing file."), json = SharedOptions.Json("text");
        var command = new Command(
            "redact",
            "Makes a copy of a capture that you can share: without addresses, names and payload.\n\n"
            + "The same value becomes the same token everywhere, in rows and raw text, and tokens cannot be reversed.\n\n"
            + $"{RedactJob.Replaced}.\n\n{RedactJob.Kept}.")
        {
            input, name, output, force, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(name) is null == result.GetValue(output) is null)
            {
                result.AddError("redact needs exactly one name for the new capture: analyze redact IN.db -o OUT.db");
            }
        });
        command.SetAction((parsed, stop) =>
        {
            using ProgressLine? progress = ProgressLine.OnTerminal(parsed.GetValue(json));
            return Task.FromResult((int)RedactJob.Run(
                parsed.GetRequiredValue(input).ToString(), (parsed.GetValue(output) ?? parsed.GetValue(name))!.ToString(), // one of the two, by the validator
                Console.Out, stop, progress, parsed.GetValue(json), parsed.GetValue(force)));
        });
        return command;
    }
}
