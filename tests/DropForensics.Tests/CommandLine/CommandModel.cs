using System.CommandLine;
using System.CommandLine.Completions;
using DropForensics.Analyze.Commands;
using DropForensics.Analyze.Knowledge;
using DropForensics.Capture.Commands;
using DropForensics.Core.Commands;

namespace DropForensics.Tests.CommandLine;

/// <summary>
/// A command as its own parser knows it: what completion scripts and manual are made from. It lives here, and not in the programs, because here
/// both can be seen, and the agent need not carry it to the host.
/// </summary>
/// <param name="Name">As it is typed; the program's for its first command.</param>
/// <param name="Description">Of its help.</param>
/// <param name="Options">Those of the help, in that order.</param>
/// <param name="Arguments">What stands without an option.</param>
/// <param name="Commands">Those below it.</param>
public sealed record CommandModel(
    string Name, string Description, IReadOnlyList<OptionModel> Options, IReadOnlyList<ArgumentModel> Arguments, IReadOnlyList<CommandModel> Commands)
{
    public static CommandModel Capture { get; } = Of(CaptureCommand.Create(), "capture", []);

    public static CommandModel Analyze { get; } = Of(AnalyzeRoot(), "analyze", []);

    /// <summary>Every name that a kernel from 5.17 to 7.3 may give for a reason.</summary>
    public static IReadOnlyList<string> Reasons { get; } = [.. KnowledgeBase.Embedded.Entries.Where(entry => entry.IsReason)
        .SelectMany(entry => entry.Names).Select(name => name.Name).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The whole command line of <c>analyze</c>, to parse with.</summary>
    public static RootCommand AnalyzeRoot()
    {
        RootCommand root = CommandList.Report();
        foreach (Command command in CommandList.Others()) root.Subcommands.Add(command);
        return root;
    }

    private static CommandModel Of(Command command, string name, IEnumerable<Option> inherited)
    {
        if (command is RootCommand root) CommandParser.DescribeHelp(root);
        var options = command.Options.Concat(inherited).Where(option => !option.Hidden).ToList();
        return new CommandModel(
            name, command.Description ?? "", [.. options.Select(OptionModel.Of)],
            [.. command.Arguments.Where(argument => !argument.Hidden).Select(argument => ArgumentModel.Of(argument))],
            [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => Of(sub, sub.Name, options.Where(option => option.Recursive)))]);
    }

    /// <summary>What can be given for a value, by its type and by what the help calls it.</summary>
    internal static ValueKind KindOf(Type type, string name, IReadOnlyList<string> words) => name switch
    {
        _ when type == typeof(bool) || type == typeof(void) => ValueKind.None,
        "--reason" or "--exclude-reason" or "NAME" => ValueKind.Reason,
        _ when name.EndsWith(".db", StringComparison.Ordinal) => ValueKind.Capture,
        "FILE" or "TRACE" or "OUT" => ValueKind.File,
        "DIR" => ValueKind.Directory,
        _ when words.Count > 0 => ValueKind.Word,
        _ => ValueKind.Text,
    };

    internal static IReadOnlyList<string> WordsOf(Func<CompletionContext, IEnumerable<CompletionItem>> completions, Type type) =>
        type == typeof(bool) || type == typeof(void) ? [] : [.. completions(CompletionContext.Empty).Select(item => item.Label)];
}
