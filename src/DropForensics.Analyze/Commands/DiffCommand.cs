using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DropForensics.Analyze.Diff;
using DropForensics.Analyze.Display;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze diff A.db B.db [MORE.db]... [-o FILE.html] [--force] [--json] [--top N] [--fail-on-increase [PERCENT]]</c></summary>
internal static class DiffCommand
{
    private const string About = """
        Compares captures with the first: before and after a fix, or a good host and bad ones.

        It shows drops per second by reason, function, driver, interface, service and flow, and marks each as new, gone, more, less, or the same within
        noise. Rates take into account the length of both windows and the data missing in each capture.

        With --fail-on-increase the exit code is 4 if drops, or those of one reason, increased in B or a later one by more than chance and by more than
        PERCENT; also if too much is missing to rule out an increase, or if two cannot be compared. Otherwise it is 0. Without the option, exit code 4 means
        that data is missing, as in every command.
        """;

    public static Command Create()
    {
        var a = new Argument<FileInfo>("A.db") { Description = "The baseline: before, or the good host." };
        var b = new Argument<FileInfo>("B.db") { Description = "The capture to judge: after, or the bad host." };
        var more = new Argument<FileInfo[]>("MORE.db") { Description = "More captures to judge; each is compared with the baseline.", Arity = ArgumentArity.ZeroOrMore };
        Option<FileInfo?> page = SharedOptions.Output<FileInfo>("Also write the comparison as one page.", "FILE.html"), former = SharedOptions.FormerOutput<FileInfo>();
        Option<bool> force = SharedOptions.Force("Replace the file even if analyze did not make it.");
        Option<bool> json = SharedOptions.Json("the tables");
        Option<int?> top = TableOptions.Top();
        Option<string?> filter = TableOptions.Filter();
        var fail = new Option<double?>("--fail-on-increase")
        {
            Description = "Exit code 4 if drops increased by more than this percentage. Default, without a number: 0.",
            HelpName = "PERCENT",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = ParsePercent,
        };
        var command = new Command("diff", About) { a, b, more, page, former, force, filter, json, top, fail };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new DiffOptions(
                [parsed.GetRequiredValue(a).ToString(), parsed.GetRequiredValue(b).ToString(), .. (parsed.GetValue(more) ?? []).Select(file => file.ToString())], (parsed.GetValue(page) ?? parsed.GetValue(former))?.ToString(),
                parsed.GetValue(json), parsed.GetValue(top) ?? TableOptions.DefaultTop, parsed.GetResult(fail) is null ? null : parsed.GetValue(fail) ?? 0, parsed.GetValue(force))
            {
                Filter = parsed.GetValue(filter),
            };
            using ProgressLine? progress = ProgressLine.OnTerminal(options.Json);
            return (int)await DiffJob.RunAsync(options, Console.Out, Console.IsOutputRedirected, Console.Error, cancellation, progress);
        });
        return command;
    }

    private static double? ParsePercent(ArgumentResult result)
    {
        if (result.Tokens.Count == 0) return 0;
        string word = result.Tokens[0].Value;
        if (double.TryParse(word.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && double.IsFinite(percent)) return percent;
        result.AddError($"--fail-on-increase needs a percentage such as 10, not '{word}'. Without a percentage, put it after the files.");
        return null;
    }
}
