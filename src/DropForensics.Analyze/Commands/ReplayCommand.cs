using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Replay;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze replay CAPTURE.db [--json] [--stacks] [--speed 1x]</c></summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var capture = new Argument<FileInfo>("CAPTURE.db") { Description = "A capture; it is never written to." };
        var json = new Option<bool>("--json") { Description = "JSON lines, with the columns of the view drops." };
        Option<string?> filter = TableOptions.Filter();
        var stacks = new Option<bool>("--stacks") { Description = "Each drop with its stack, the deciding function first." };
        Option<double?> speed = TypedOptions.Of<double>("--speed", "1x", "1x prints at the original pace, 10x ten times faster. Default: as fast as possible.", Speed);
        var command = new Command("replay", "Prints the drops of all CPUs in order of time, one line each.") { capture, filter, json, stacks, speed };
        command.SetAction((parsed, stop) =>
        {
            using Stream output = StandardOutput.Open();
            Pace? pace = parsed.GetValue(speed) is { } factor ? new Pace(factor, NowNs, ns => Wait(ns, stop)) : null;
            return Task.FromResult((int)ReplayJob.Run(
                new ReplayOptions(parsed.GetRequiredValue(capture).ToString(), parsed.GetValue(json), parsed.GetValue(stacks), TerminalText.IsAsciiOnly()) { Filter = parsed.GetValue(filter) },
                pace, output, stop, notes: Console.Error));
        });
        return command;
    }

    private static double? Speed(string text, out string problem)
    {
        string number = text.EndsWith('x') || text.EndsWith('X') ? text[..^1] : text;
        bool isNumber = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor);
        problem = !isNumber ? $"cannot read '{text}' as a factor. Accepted: 1x, 10x, 0.5x." : factor is >= 0.001 and <= 1_000_000 ? "" : $"'{text}' is not between 0.001x and 1000000x.";
        return problem == "" ? factor : null;
    }

    private static long NowNs() => (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;

    private static void Wait(long ns, CancellationToken stop) => stop.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Clamp(ns / 1_000_000d, 0.1, 60_000)));
}
