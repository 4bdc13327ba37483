using System.CommandLine;
using System.CommandLine.Parsing;

namespace DropForensics.Analyze.Commands;

/// <summary>Options that mean the same in every command that has them.</summary>
internal static class SharedOptions
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

    /// <summary>How long tables are on a terminal.</summary>
    public static Option<int> Top()
    {
        var top = new Option<int>("--top") { Description = "Rows of each table of the summary.", HelpName = "N", DefaultValueFactory = _ => 10 };
        top.Validators.Add(RefuseNoRows);
        return top;
    }

    private static void RefuseNoRows(OptionResult result)
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int rows) && rows < 1)
        {
            result.AddError("--top needs a number of rows, 1 or more.");
        }
    }
}
