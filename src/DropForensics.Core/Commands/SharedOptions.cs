using System.CommandLine;

namespace DropForensics.Core.Commands;

/// <summary>Options that mean the same in every command that has them.</summary>
public static class SharedOptions
{
    /// <summary>Where the result goes.</summary>
    /// <typeparam name="T">A file, a folder, or text if the name may mean something else.</typeparam>
    public static Option<T?> Output<T>(string description, string helpName) => new("--output", "-o") { Description = description, HelpName = helpName };

    /// <summary>The name of <see cref="Output"/> up to version 0.1; scripts may still use it.</summary>
    public static Option<T?> FormerOutput<T>() => new("--out") { Hidden = true };

    /// <summary>An expression that chooses drops: docs/filters.md has its words.</summary>
    public static Option<string?> Filter(string description) => new("--filter") { Description = description, HelpName = "EXPRESSION" };

    /// <summary>Whether an existing file or folder of that name may be replaced.</summary>
    public static Option<bool> Force(string description) => new("--force") { Description = description };

    /// <summary>JSON instead of text for people.</summary>
    public static Option<bool> Json(string inPlaceOf) => new("--json") { Description = $"Print one JSON document instead of {inPlaceOf}." };
}
