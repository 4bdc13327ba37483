using System.CommandLine;
using System.CommandLine.Parsing;

namespace DropForensics.Core.Commands;

/// <summary>Options whose value is more than text; both programs read and reject each kind in the same way.</summary>
public static class TypedOptions
{
    /// <summary>Reads a value; returns null and an error text if it is invalid.</summary>
    public delegate T? Reader<T>(string text, out string problem) where T : struct;

    /// <summary>A duration: see <see cref="Quantities.Duration"/>.</summary>
    public static Option<TimeSpan?> Duration(string name, string description, params string[] aliases) => Of<TimeSpan>(name, "TIME", description, Quantities.Duration, aliases);

    /// <summary>A number of bytes: see <see cref="Quantities.Size"/>.</summary>
    public static Option<long?> Size(string name, string description) => Of<long>(name, "SIZE", description, Quantities.Size);

    /// <summary>A whole number: see <see cref="Quantities.Count"/>.</summary>
    public static Option<long?> Count(string name, string description, long least, long most) =>
        Of(name, "N", description, (text, out problem) => Quantities.Count(text, least, most, out problem));

    /// <summary>A value of another kind.</summary>
    /// <param name="name">Of the option, with its dashes.</param>
    /// <param name="helpName">What the help calls the value.</param>
    /// <param name="description">Of the help.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="aliases">Other names of the option.</param>
    public static Option<T?> Of<T>(string name, string helpName, string description, Reader<T> read, params string[] aliases) where T : struct => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => Read(result, name, read),
    };

    /// <summary>One of a few words, in any case. The value is spelled as in <paramref name="words"/>.</summary>
    public static Option<string> Choice(string name, string helpName, string description, string[] words, string? byDefault = null)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => Choose(result, name, TextOf(result), words),
        };
        if (byDefault is not null) option.DefaultValueFactory = _ => byDefault;
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>Some of a few words, in any case, with commas between them or with the option repeated; none by default.</summary>
    public static Option<string[]> Choices(string name, string helpName, string description, string[] words)
    {
        var option = new Option<string[]>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',')).Select(text => Choose(result, name, text, words))],
            DefaultValueFactory = _ => [],
        };
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>The matching word of the list, ignoring case; otherwise an error text.</summary>
    internal static string? Word(string text, string[] words, out string problem)
    {
        string? word = Array.Find(words, each => each.Equals(text, StringComparison.OrdinalIgnoreCase));
        problem = word is null ? $"there is no '{text}'.{NearNames.Question(text, words)} Accepted: {string.Join(", ", words)}." : "";
        return word;
    }

    private static T? Read<T>(ArgumentResult result, string name, Reader<T> read) where T : struct
    {
        T? value = read(TextOf(result), out string problem);
        if (value is null) result.AddError($"{name}: {problem}");
        return value;
    }

    private static string Choose(ArgumentResult result, string name, string text, string[] words)
    {
        string? word = Word(text, words, out string problem);
        if (word is null) result.AddError($"{name}: {problem}");
        return word ?? "";
    }

    private static string TextOf(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
}
