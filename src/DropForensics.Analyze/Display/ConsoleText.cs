using System.Text;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Display;

/// <summary>What goes to the console is the same bytes on every system, because it may be redirected: UTF-8, or ASCII where the locale shows no more, and lines that end in one character.</summary>
internal static class ConsoleText
{
    /// <summary>Call it before anything is written.</summary>
    /// <param name="args">The command line: documents for programs and tickets are UTF-8 in every locale.</param>
    public static void Settle(string[] args)
    {
        // Windows has a code page there, and some locales have another charset, in which "·" and "µ" are question marks.
        if (Console.OutputEncoding.CodePage != Encoding.UTF8.CodePage) Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        TerminalText.FitConsole(isDocument: args.Contains("--json") || args.Contains("--markdown"));
        Console.Out.NewLine = "\n";
        Console.Error.NewLine = "\n";
    }
}
