using System.CommandLine;

namespace DropForensics.Tests.CommandLine;

/// <summary>What stands on the command line without an option.</summary>
/// <param name="Name">As the help calls it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Words">The values there are, where they are few.</param>
/// <param name="Description">Of the help.</param>
/// <param name="IsRequired">At least one has to be there.</param>
/// <param name="IsRepeated">There may be more than one.</param>
public sealed record ArgumentModel(string Name, ValueKind Kind, IReadOnlyList<string> Words, string Description, bool IsRequired, bool IsRepeated)
{
    internal static ArgumentModel Of(Argument argument)
    {
        var words = CommandModel.WordsOf(argument.GetCompletions, argument.ValueType);
        return new ArgumentModel(argument.Name, CommandModel.KindOf(argument.ValueType, argument.Name, words), words, argument.Description ?? "", argument.Arity.MinimumNumberOfValues > 0, argument.Arity.MaximumNumberOfValues > 1);
    }
}
