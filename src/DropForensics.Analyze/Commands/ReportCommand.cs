using System.CommandLine;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Report;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze CAPTURE.db [--out DIR] [--json] [--top N] [--no-html] [--no-png]</c></summary>
internal static class ReportCommand
{
    public static RootCommand Create()
    {
        var capture = new Argument<FileInfo>("CAPTURE.db") { Description = "A capture that `capture` or `analyze import` wrote; it is never written to." };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Folder for page and pictures. Default: CAPTURE-report in the current directory.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document instead of the summary." };
        var top = new Option<int>("--top") { Description = "Rows of each table of the summary.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var noHtml = new Option<bool>("--no-html") { Description = "Do not write report.html." };
        var noPng = new Option<bool>("--no-png") { Description = "Do not write summary.png, timeline.png, reasons.png, drivers.png, heatmap.png, flamegraph.png." };
        top.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int rows) && rows < 1)
            {
                result.AddError("--top wants a number of rows, 1 or more.");
            }
        });

        var command = new RootCommand("Says what a Linux host dropped, why, where and through which driver, from one capture file.")
        {
            capture, folder, json, top, noHtml, noPng,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            FileInfo file = parsed.GetRequiredValue(capture);
            var options = new ReportOptions(
                file.ToString(),
                parsed.GetValue(folder)?.ToString() ?? Path.GetFileNameWithoutExtension(file.Name) + "-report",
                parsed.GetValue(json), parsed.GetValue(top), !parsed.GetValue(noHtml), !parsed.GetValue(noPng));
            using ProgressLine? progress = ProgressLine.OnTerminal(options.Json);
            return (int)await ReportJob.RunAsync(options, Console.Out, Console.IsOutputRedirected, Console.Error, cancellation, progress);
        });
        return command;
    }
}
