using Spectre.Console;

namespace DropForensics.Analyze.Terminal;

/// <summary>Writes for people: on a terminal, or as plain text where the output goes elsewhere.</summary>
internal static class TerminalOutput
{
    private const int PlainWidth = 100;

    /// <summary>Of column heads, and of what is said in passing.</summary>
    public static Style Dim { get; } = new(decoration: Decoration.Dim);

    /// <param name="plain">No colours, and a width that does not depend on a terminal.</param>
    /// <param name="width">Columns; null for the terminal's own, or 100 where there is none.</param>
    /// <param name="write">Writes what there is to say.</param>
    public static void Write(TextWriter output, bool plain, int? width, Action<IAnsiConsole> write)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(plain ? text : output),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        if ((plain ? width ?? PlainWidth : width) is { } columns) console.Profile.Width = columns;
        write(console);

        // Spectre fills every line up with blanks, which nobody wants in a file or a ticket.
        if (plain) output.WriteLine(string.Join('\n', text.ToString().TrimEnd().Split('\n').Select(line => line.TrimEnd())).Replace("\n\n\n", "\n\n"));
    }
}
