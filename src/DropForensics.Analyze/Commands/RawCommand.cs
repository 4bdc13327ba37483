using System.CommandLine;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Output;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze raw CAPTURE.db [--cpu N]</c></summary>
internal static class RawCommand
{
    public static Command Create()
    {
        var capture = new Argument<FileInfo>("CAPTURE.db") { Description = "A capture." };
        Option<int?> cpu = TypedOptions.Of<int>("--cpu", "N", "One CPU's stream. Default: all, one after the other.", TableOptions.WholeNumber(0));
        var command = new Command("raw", "Prints the trace text byte for byte, as the kernel printed it.") { capture, cpu };
        command.SetAction((parsed, stop) =>
        {
            using Stream output = StandardOutput.Open();
            return Task.FromResult((int)RawExport.Run(parsed.GetRequiredValue(capture).ToString(), parsed.GetValue(cpu), output, stop));
        });
        return command;
    }
}
