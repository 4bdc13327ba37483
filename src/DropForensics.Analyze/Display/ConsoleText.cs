using System.Text;

namespace DropForensics.Analyze.Display;

/// <summary>What goes to the console is the same bytes on every system, for it may be redirected: UTF-8, and lines that end in one character.</summary>
internal static class ConsoleText
{
    /// <summary>Before anything is written.</summary>
    public static void Settle()
    {
        // Windows has a code page there, in which "·" and "µ" are question marks.
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Console.Out.NewLine = "\n";
        Console.Error.NewLine = "\n";
    }
}
