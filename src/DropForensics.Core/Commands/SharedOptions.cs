using System.CommandLine;

namespace DropForensics.Core.Commands;

/// <summary>Options that mean the same in every command that has them.</summary>
public static class SharedOptions
{
    /// <summary>Where the result goes.</summary>
    /// <typeparam name="T">A file, a folder, or text where a name may mean something else.</typeparam>
    public static Option<T?> Output<T>(string description, string helpName) => new("--output", "-o") { Description = description, HelpName = helpName };

    /// <summary>The name that <see cref="Output"/> had until version 0.1, which scripts may use.</summary>
    public static Option<T?> FormerOutput<T>() => new("--out") { Hidden = true };

    /// <summary>Whether what has the result's name already may go.</summary>
    public static Option<bool> Force(string description) => new("--force") { Description = description };

    /// <summary>JSON in place of what people read.</summary>
    public static Option<bool> Json(string inPlaceOf) => new("--json") { Description = $"Print one JSON document instead of {inPlaceOf}." };
}
