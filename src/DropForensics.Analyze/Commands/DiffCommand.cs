using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DropForensics.Analyze.Diff;
using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze diff A.db B.db [--out FILE.html] [--json] [--top N] [--fail-on-increase [PERCENT]]</c></summary>
internal static class DiffCommand
{
    private const string About = """
        Compares two captures, before and after a fix, or a good and a bad host: drops a second by reason, function, driver, interface, service and flow,
        with what is new, gone, more, less, or the same within noise. Rates take account of the length of both windows and of what each capture lacks.

        With --fail-on-increase the exit code answers one question alone. 4: drops, or those of one reason, increased in B by more than chance and by more
        than PERCENT; or B or A lacks so much that this cannot be ruled out, or the two cannot be compared. 0: they did not. Without it 4 says, as
        everywhere, that data is missing.
        """;

    public static Command Create()
    {
        var a = new Argument<FileInfo>("A.db") { Description = "A capture to compare with: before, or the good host." };
        var b = new Argument<FileInfo>("B.db") { Description = "The capture that is judged: after, or the bad host." };
        var page = new Option<FileInfo?>("--out") { Description = "Write the comparison as one page, too; only an earlier one is replaced.", HelpName = "FILE.html" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document instead of the tables." };
        var top = new Option<int>("--top") { Description = "Rows of each table of the summary.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var fail = new Option<double?>("--fail-on-increase")
        {
            Description = "Exit code 4 if drops increased by more than so many percent. Default, without a number: 0.",
            HelpName = "PERCENT",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = ParsePercent,
        };
        top.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int rows) && rows < 1) result.AddError("--top wants a number of rows, 1 or more.");
        });
        var command = new Command("diff", About) { a, b, page, json, top, fail };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new DiffOptions(
                parsed.GetRequiredValue(a).ToString(), parsed.GetRequiredValue(b).ToString(), parsed.GetValue(page)?.ToString(),
                parsed.GetValue(json), parsed.GetValue(top), parsed.GetResult(fail) is null ? null : parsed.GetValue(fail) ?? 0);
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
        result.AddError($"--fail-on-increase wants a percentage such as 10, not '{word}'; without one it stands after the files.");
        return null;
    }
}
