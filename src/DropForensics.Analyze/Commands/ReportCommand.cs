using System.CommandLine;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Fleet;
using DropForensics.Analyze.Report;
using DropForensics.Core.Commands;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze CAPTURE.db... [-o DIR] [--hosts WHICH] [--force] [--json|--markdown] [--top N] [--debuginfo PATH] [--no-html] [--no-png]</c></summary>
internal static class ReportCommand
{
    public static RootCommand Create()
    {
        var captures = new Argument<FileInfo[]>("CAPTURE.db")
        {
            Description = "A capture that `capture` or `analyze import` wrote, or the folder of a flight recorder; it is never written to. Several, or a folder of them: one report over all.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<DirectoryInfo?> folder = SharedOptions.Output<DirectoryInfo>("Folder for page and pictures. Default: CAPTURE-report in the current directory; fleet-report of several captures.", "DIR"), former = SharedOptions.FormerOutput<DirectoryInfo>();
        Option<bool> force = SharedOptions.Force("Replace files of these names in the folder that analyze did not make.");
        Option<bool> json = SharedOptions.Json("the summary");
        var markdown = new Option<bool>("--markdown") { Description = "Print a comment for a ticket in Markdown instead of the summary." };
        Option<int?> top = TableOptions.Top();
        Option<string?> filter = TableOptions.Filter();
        var noHtml = new Option<bool>("--no-html") { Description = "Do not write report.html, nor report.md." };
        var noPng = new Option<bool>("--no-png") { Description = "Do not write summary.png, timeline.png, reasons.png, drivers.png, heatmap.png, flamegraph.png." };
        var debugInfo = new Option<string?>("--debuginfo")
        {
            Description = """
                Show the line of the kernel's source where packets were dropped, by this debug information of the captured kernel.

                A vmlinux or .debug file, or a folder of them: /usr/lib/debug, the cache of debuginfod. Its build id must be the captured kernel's. Needs addr2line (binutils).
                """,
            HelpName = "PATH",
        };
        string[] formats = ["html", "markdown"];
        Option<string> format = TypedOptions.Choice(
            "--format", string.Join('|', formats), "What the report is written as: a page, report.html, or report.md for an issue tracker. Default: html.\n\nreport.md has at most the 65,536 characters that GitHub takes.", formats);
        string[] which = [.. Enum.GetNames<OwnReports>().Select(name => name.ToLowerInvariant())];
        Option<string> hosts = TypedOptions.Choice(
            "--hosts", string.Join('|', which), "Of several captures: the hosts whose own reports are written as well, below hosts/. Default: outliers, at most 10.", which);
        var command = new RootCommand("Shows what a Linux host dropped, why, where and through which driver, from one capture file; or what many hosts dropped, and which of them stand out.")
        {
            captures, hosts, format, folder, former, force, filter, json, markdown, top, debugInfo, noHtml, noPng,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(json) && parsed.GetValue(markdown))
            {
                parsed.AddError("--json and --markdown both say what goes to standard output; give one of them.");
            }

            if (parsed.GetResult(format) is { Implicit: false } && parsed.GetValue(noHtml)) parsed.AddError("--format is of the report that --no-html leaves out; give one of them.");
            bool isFleet = FleetFiles.IsFleet([.. (parsed.GetValue(captures) ?? []).OfType<FileInfo>().Select(file => file.ToString())]); // null for an empty name
            if (isFleet && parsed.GetValue(markdown)) parsed.AddError("--markdown is of one capture; give one.");
            if (isFleet && parsed.GetValue(debugInfo) is not null) parsed.AddError("--debuginfo is of one capture's kernel; give one capture.");
            if (!isFleet && parsed.GetResult(hosts) is { Implicit: false }) parsed.AddError("--hosts is of several captures; give more than one, or a folder of them.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            string[] paths = [.. parsed.GetRequiredValue(captures).Select(each => each.ToString())];
            if (FleetFiles.IsFleet(paths))
            {
                var fleet = new FleetOptions(
                    paths, (parsed.GetValue(folder) ?? parsed.GetValue(former))?.ToString() ?? (paths is [var only] ? CaptureParts.NameOfCapture(Path.GetFullPath(only)) : "fleet") + "-report",
                    parsed.GetValue(json), parsed.GetValue(top) ?? TableOptions.DefaultTop, !parsed.GetValue(noHtml), !parsed.GetValue(noPng), parsed.GetValue(force))
                {
                    Hosts = Enum.Parse<OwnReports>(parsed.GetValue(hosts) ?? nameof(OwnReports.Outliers), ignoreCase: true),
                    Filter = parsed.GetValue(filter),
                    AsMarkdown = parsed.GetValue(format) == "markdown",
                };
                using ProgressLine? line = ProgressLine.OnTerminal(fleet.Json);
                return (int)await FleetJob.RunAsync(fleet, Console.Out, Console.IsOutputRedirected, Console.Error, cancellation, line);
            }

            string file = paths[0];
            var options = new ReportOptions(
                file,
                (parsed.GetValue(folder) ?? parsed.GetValue(former))?.ToString() ?? CaptureParts.NameOfCapture(file) + "-report",
                parsed.GetValue(json), parsed.GetValue(top) ?? TableOptions.DefaultTop, !parsed.GetValue(noHtml), !parsed.GetValue(noPng), parsed.GetValue(force), parsed.GetValue(markdown))
            {
                DebugInfo = parsed.GetValue(debugInfo),
                Filter = parsed.GetValue(filter),
                AsMarkdown = parsed.GetValue(format) == "markdown",
            };
            using ProgressLine? progress = ProgressLine.OnTerminal(options.Json);
            return (int)await ReportJob.RunAsync(options, Console.Out, Console.IsOutputRedirected, Console.Error, cancellation, progress);
        });
        return command;
    }
}
