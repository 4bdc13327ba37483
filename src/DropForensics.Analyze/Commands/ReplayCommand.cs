using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Replay;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze replay CAPTURE.db [--json] [--stacks] [--speed 1x]</c></summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var capture = new Argument<FileInfo>("CAPTURE.db") { Description = "A capture; it is never written to." };
        var json = new Option<bool>("--json") { Description = "JSON lines, with the columns of the view drops." };
        var stacks = new Option<bool>("--stacks") { Description = "Each drop with its stack, the deciding function first." };
        var speed = new Option<double?>("--speed")
        {
            Description = "1x takes as long as it took, 10x a tenth of it. Default: as fast as can be.",
            HelpName = "1x",
            CustomParser = ParseSpeed,
        };
        var command = new Command("replay", "Prints the drops of all CPUs in the order of their time, a line each.") { capture, json, stacks, speed };
        command.SetAction((parsed, stop) =>
        {
            using Stream output = StandardOutput.Open();
            Pace? pace = parsed.GetValue(speed) is { } factor ? new Pace(factor, NowNs, ns => Wait(ns, stop)) : null;
            return Task.FromResult((int)ReplayJob.Run(
                new ReplayOptions(parsed.GetRequiredValue(capture).ToString(), parsed.GetValue(json), parsed.GetValue(stacks)), pace, output, stop));
        });
        return command;
    }

    private static double? ParseSpeed(ArgumentResult result)
    {
        string word = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (word.EndsWith('x') && double.TryParse(word[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor)
            && factor is >= 0.001 and <= 1_000_000)
        {
            return factor;
        }

        result.AddError($"--speed needs a factor such as 1x, 10x or 0.5x, not '{word}'.");
        return null;
    }

    private static long NowNs() => (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;

    private static void Wait(long ns, CancellationToken stop) => stop.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Clamp(ns / 1_000_000d, 0.1, 60_000)));
}
