using System.CommandLine;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Output;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze raw CAPTURE.db [--cpu N]</c></summary>
internal static class RawCommand
{
    public static Command Create()
    {
        var capture = new Argument<FileInfo>("CAPTURE.db") { Description = "A capture." };
        var cpu = new Option<int?>("--cpu") { Description = "One CPU's stream. Default: all, one after the other.", HelpName = "N" };
        var command = new Command("raw", "Prints the trace text byte for byte, as the kernel printed it.") { capture, cpu };
        command.SetAction((parsed, stop) =>
        {
            using Stream output = StandardOutput.Open();
            return Task.FromResult((int)RawExport.Run(parsed.GetRequiredValue(capture).ToString(), parsed.GetValue(cpu), output, stop));
        });
        return command;
    }
}
