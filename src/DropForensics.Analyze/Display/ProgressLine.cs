using System.Diagnostics;
using System.Text;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Display;

/// <summary>
/// One line on a terminal that shows how far long work is, written over again in place: <c>reading the drops · 12.0 % · 3 s</c>. Work that is done
/// within a second shows none, and at the end none is left. A thread of its own writes it; the work itself only counts.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private const int Narrowest = 20;
    private const int Widest = 80;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rewrite = TimeSpan.FromMilliseconds(250);

    private readonly Lock _writing = new();
    private readonly TextWriter _terminal;
    private readonly int _width;
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly Timer _timer;
    private volatile Step _step = new("", 0);
    private long _done;
    private bool _isShown, _isOver;

    /// <param name="terminal">Takes the line.</param>
    /// <param name="columns">Of the terminal.</param>
    /// <param name="patience">How long nothing is shown.</param>
    internal ProgressLine(TextWriter terminal, int columns, TimeSpan patience)
    {
        (_terminal, _width) = (terminal, Math.Clamp(columns - 1, Narrowest, Widest));
        _timer = new Timer(_ => Show(), null, patience, Rewrite);
    }

    /// <summary>On standard error; null if it is no terminal, or a program reads the output.</summary>
    /// <param name="json">A JSON document is asked for.</param>
    public static ProgressLine? OnTerminal(bool json = false) =>
        json || Console.IsErrorRedirected || Console.IsOutputRedirected ? null : new ProgressLine(Console.Error, Console.WindowWidth, Patience);

    /// <summary>The prefix of all work that begins from now on: <c>A: </c>, if several things are done in turn.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The next piece of work.</summary>
    /// <param name="what"><c>reading the drops</c></param>
    /// <param name="total">How much there is of it; 0 where that is not known.</param>
    public void Begin(string what, long total = 0)
    {
        At(0);
        _step = new Step(Prefix + what, total);
    }

    /// <summary>How much of it is done.</summary>
    public void At(long done) => Volatile.Write(ref _done, done);

    /// <summary>Removes the line: the next output to the terminal takes its place.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_writing)
        {
            _isOver = true;
            if (_isShown) Write($"\r{new string(' ', _width)}\r");
            _isShown = false;
        }
    }

    private void Show()
    {
        lock (_writing)
        {
            if (_isOver) return;
            Step step = _step;
            string share = step.Total > 0 ? $" · {Units.Percent(Math.Clamp((double)Volatile.Read(ref _done) / step.Total, 0, 1))}" : "";
            string text = $"{step.What}{share} · {(long)_elapsed.Elapsed.TotalSeconds} s";
            Write("\r" + (text.Length > _width ? text[.._width] : text.PadRight(_width)));
            _isShown = true;
        }
    }

    private void Write(string text)
    {
        try
        {
            _terminal.Write(text);
            _terminal.Flush();
        }
        catch (IOException)
        {
            // The terminal is gone; the work is not.
            _isOver = true;
        }
    }

    private sealed record Step(string What, long Total);
}

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
