using System.CommandLine;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Import;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze import TRACE -o C.db [--force] [--format FORMAT_FILE] [--json]</c></summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var trace = new Argument<string>("TRACE") { Description = "Text of trace_pipe, of trace-cmd report or of perf script (detected automatically, also if pasted into a mail or a page), - for standard input; or the directory that the script of `capture script` created." };
        var output = new Option<FileInfo>("--output", "-o") { Description = "The capture to create.", HelpName = "C.db", Required = true };
        Option<bool> force = SharedOptions.Force("Replace an existing file.");
        var format = new Option<FileInfo?>("--format")
        {
            Description = "The host's events/skb/kfree_skb/format, which has the names of the reason numbers that a probe prints.",
            HelpName = "FILE",
        };
        Option<bool> json = SharedOptions.Json("text");
        var command = new Command("import", "Makes a capture from the text of another tool: trace_pipe, trace-cmd report, perf script, or the directory of a `capture script`.") { trace, output, force, format, json };
        command.SetAction((parsed, stop) =>
        {
            using ProgressLine? progress = ProgressLine.OnTerminal(parsed.GetValue(json));
            return Task.FromResult((int)ImportJob.Run(
                new ImportOptions(
                    parsed.GetRequiredValue(trace), parsed.GetRequiredValue(output).ToString(), parsed.GetValue(force), parsed.GetValue(format)?.ToString(),
                    parsed.GetValue(json)),
                Console.OpenStandardInput, Console.Out, Console.Error, stop, progress));
        });
        return command;
    }
}
