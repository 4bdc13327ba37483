using System.CommandLine;

namespace DropForensics.Tests.CommandLine;

/// <summary>An option.</summary>
/// <param name="Names">All it goes by, short ones first.</param>
/// <param name="ValueName">What the help calls its value; null for a switch.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Words">The values there are, where they are few.</param>
/// <param name="Description">Of the help.</param>
/// <param name="Default">What it is unless said otherwise; null where the description says so, or nothing does.</param>
/// <param name="IsRepeatable">May be given again.</param>
/// <param name="IsRequired">Must be given.</param>
public sealed record OptionModel(
    IReadOnlyList<string> Names, string? ValueName, ValueKind Kind, IReadOnlyList<string> Words, string Description, string? Default, bool IsRepeatable, bool IsRequired)
{
    /// <summary>For a list of completions, which has a line for each.</summary>
    public string Brief => CommandText.FirstSentence(Description);

    internal static OptionModel Of(Option option)
    {
        var names = option.Aliases.Append(option.Name).Where(name => name.StartsWith('-') && name != "-?").Distinct()
            .OrderBy(name => name.StartsWith("--", StringComparison.Ordinal)).ToList();
        var words = CommandModel.WordsOf(option.GetCompletions, option.ValueType);
        var isReason = option.Name.EndsWith("reason", StringComparison.Ordinal);
        var kind = CommandModel.KindOf(option.ValueType, isReason ? option.Name : option.HelpName == "NAME" ? "" : option.HelpName ?? "", words);
        return new OptionModel(
            names, kind == ValueKind.None ? null : option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant(), kind, words, option.Description ?? "",
            DefaultOf(option), option.Arity.MaximumNumberOfValues > 1, option.Required);
    }

    private static string? DefaultOf(Option option) =>
        option.HasDefaultValue && option.GetDefaultValue() is { } value and not bool and not Array ? FormattableString.Invariant($"{value}") : null;
}
