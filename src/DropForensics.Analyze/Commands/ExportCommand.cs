using System.CommandLine;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Output;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze export CAPTURE.db --format FORMAT [-o FILE] [--force] [--stacks] [--events]</c></summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var capture = new Argument<FileInfo>("CAPTURE.db") { Description = "A capture; it is never written to." };
        string[] formats = [.. Enum.GetNames<ExportFormat>().Select(name => name.ToLowerInvariant())];
        Option<string> format = TypedOptions.Choice(
            "--format", string.Join('|', formats),
            "For spreadsheets (csv), other programs (json), flamegraph.pl (folded), speedscope.app (speedscope), Wireshark (pcapng), DuckDB (parquet), OpenTelemetry or Prometheus.\n\n"
            + "csv: the view drops; json: a line for each drop, as `analyze replay --json` prints it; folded, speedscope: the stacks; pcapng: the packets' "
            + "headers, with reason, function and interface; parquet: the table drops of `analyze lake`, for Spark and Trino too; otlp, prometheus: counts by reason and interface over the window.",
            formats);
        format.Required = true;
        Option<string?> output = SharedOptions.Output<string>("The file to create. Default, or with -: standard output.", "FILE");
        Option<bool> force = SharedOptions.Force("Replace an existing file.");
        Option<string?> filter = TableOptions.Filter();
        var stacks = new Option<bool>("--stacks") { Description = "With --format json: each drop with its stack, the deciding function first." };
        var events = new Option<bool>("--events") { Description = "With --format csv or json: the drops and all other events, as the view events has them." };
        var command = new Command("export", "Writes the drops, their stacks or their packets for other programs.") { capture, format, output, force, filter, stacks, events };
        command.SetAction((parsed, stop) =>
        {
            var options = new ExportOptions(
                parsed.GetRequiredValue(capture).ToString(),
                Enum.Parse<ExportFormat>(parsed.GetRequiredValue(format), ignoreCase: true),
                parsed.GetValue(output) is { } file and not ExportOptions.StandardOutput ? file : null,
                parsed.GetValue(force), parsed.GetValue(stacks))
            {
                Events = parsed.GetValue(events),
                Filter = parsed.GetValue(filter),
            };
            using ProgressLine? progress = options.Output is null ? null : ProgressLine.OnTerminal(); // on standard output the lines themselves show the progress
            return Task.FromResult((int)ExportJob.Run(options, StandardOutput.Open, !Console.IsOutputRedirected, Console.Error, stop, progress));
        });
        return command;
    }
}
