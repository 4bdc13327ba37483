using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Lake;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze lake DIR [CAPTURE.db… | SQL] [--question NAME] [--top N] [--since TIME] [--format FORMAT] [--compact]</c></summary>
internal static class LakeCommand
{
    private const string About = """
        Keeps captures of many hosts as one set of Parquet files, and asks all of them at once.

        `analyze lake DIR *.db` adds captures; one that is there already changes nothing. `analyze lake DIR 'SELECT …'` asks DuckDB, which comes with the
        package DropForensics.Lake; --question has ready questions. A word that has spaces, names no file and does not end in .db is SQL. The layout needs no
        catalogue: DuckDB, ClickHouse, Trino, Spark and Athena read it too.

        A file that is damaged or no capture is named and left out: the exit code is 4 then, and 3 if none is left.
        """;

    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("DIR") { Description = "The lake, a folder. Made when the first capture is added." };
        var words = new Argument<string[]>("CAPTURE.db") { Description = "Captures to add, or one SQL statement.", Arity = ArgumentArity.ZeroOrMore };
        string[] questions = [.. LakeQuestion.All.Select(each => each.Name)], formats = [.. Enum.GetNames<AnswerFormat>().Select(name => name.ToLowerInvariant())];
        Option<string> question = TypedOptions.Choice(
            "--question", "NAME", "Ask a ready question instead of SQL: " + string.Join(", ", questions) + ".\n\n"
            + string.Join("; ", LakeQuestion.All.Select(each => $"{each.Name}: {each.About}")) + ".",
            questions);
        Option<int?> top = TypedOptions.Of<int>("--top", "N", $"Rows of the answer to --question. Default: {TableOptions.DefaultTop}.", TableOptions.WholeNumber(1));
        var since = new Option<DateTimeOffset?>("--since")
        {
            Description = "With --question new-since: when new began, in UTC. Default: the last date in the lake.",
            HelpName = "TIME",
            CustomParser = ParseTime,
        };
        Option<string> format = TypedOptions.Choice("--format", string.Join('|', formats), "How the answer is printed. Default: table.", formats);
        var compact = new Option<bool>("--compact") { Description = "Put small files together, to about 128 MB each. Nothing else should read the lake meanwhile." };
        var command = new Command("lake", About) { folder, words, question, top, since, format, compact };
        command.Validators.Add(parsed =>
        {
            string[] given = parsed.GetValue(words) ?? [], sql = [.. given.Where(LakeJob.IsSql)];
            bool asks = parsed.GetResult(question) is not null, prints = asks || sql.Length > 0;
            if (sql.Length > 1) parsed.AddError("give one SQL statement, in quotes.");
            else if (sql.Length == 1 && given.Length > 1) parsed.AddError("give captures to add, or SQL, not both.");
            else if (sql.Length == 1 && asks) parsed.AddError("--question is asked instead of SQL; give one of the two.");
            else if (given.Length == 0 && !asks && !parsed.GetValue(compact)) parsed.AddError("give captures to add, an SQL statement in quotes, --question, or --compact.");
            else if (!prints && parsed.GetResult(format) is { Implicit: false }) parsed.AddError("--format is of an answer; give SQL or --question with it.");
            else if (!asks && parsed.GetValue(top) is not null) parsed.AddError("--top is of --question; SQL has LIMIT.");
            else if (parsed.GetValue(since) is not null && parsed.GetValue(question) != "new-since") parsed.AddError("--since is of --question new-since.");
        });
        command.SetAction((parsed, stop) =>
        {
            string[] given = parsed.GetValue(words) ?? [];
            string? sql = Array.Find(given, LakeJob.IsSql);
            if (parsed.GetValue(question) is { } name)
            {
                sql = LakeQuestion.All.First(each => each.Name == name).Statement(parsed.GetValue(top) ?? TableOptions.DefaultTop, parsed.GetValue(since));
            }

            var options = new LakeOptions(
                parsed.GetRequiredValue(folder).ToString(), [.. given.Where(word => !LakeJob.IsSql(word))], sql,
                Enum.Parse<AnswerFormat>(parsed.GetValue(format) ?? nameof(AnswerFormat.Table), ignoreCase: true), parsed.GetValue(compact));
            using ProgressLine? progress = ProgressLine.OnTerminal();
            return Task.FromResult((int)LakeJob.Run(options, Console.Out, Console.Error, LakeQuery.Find, stop, progress));
        });
        return command;
    }

    private static DateTimeOffset? ParseTime(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)) return time;
        result.AddError($"--since: '{text}' is no time such as 2026-11-30 or 2026-11-30T09:15Z.");
        return null;
    }
}
