using System.Text;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Selection;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Commands;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Replay;

/// <summary>The drops of all CPUs in the order of their time, a line each: as they happened, or as fast as can be.</summary>
internal static class ReplayJob
{
    /// <param name="options">The options.</param>
    /// <param name="pace">Waits for each drop's moment; null for no waiting.</param>
    /// <param name="output">Takes the lines. If its reader is gone, the rest is dropped; that is no failure.</param>
    /// <param name="stop">Ends it between two drops.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <param name="notes">Takes a note of what a filter leaves out; null: no one reads it.</param>
    /// <exception cref="UserError">The capture is damaged, or of another version.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static ExitCode Run(ReplayOptions options, Pace? pace, Stream output, CancellationToken stop, ProgressLine? progress = null, TextWriter? notes = null)
    {
        using CaptureReader capture = AnyCapture.Open(options.Capture, stop, progress);
        try
        {
            return UntrustedContent.Read(
                capture,
                () =>
                {
                    DropSelection.Apply(capture, options.Filter, stop, progress)?.Note(notes ?? TextWriter.Null);
                    return Run(capture.Connection, options, pace, output, progress, stop);
                },
                stop);
        }
        catch (IOException error) when (StandardOutput.IsBrokenPipe(error))
        {
            return ExitCode.Done; // as with `| head -1`: the reader has what it wanted
        }
    }

    private static ExitCode Run(
        SqliteConnection connection, ReplayOptions options, Pace? pace, Stream output, ProgressLine? progress, CancellationToken stop)
    {
        using var drops = new DropRows(connection);
        using var stacks = new StackText(connection);
        var lines = new BufferedStream(output, 1 << 16); // the opener of the output closes it
        using var json = new JsonLine(drops, lines);
        var text = new TextLine(drops);
        int stackColumn = drops["stack_id"];
        drops.Read(
            tNs =>
            {
                if (pace is not null && pace.Remaining(tNs) > 0)
                {
                    lines.Flush();
                    pace.Await(tNs, stop);
                }

                List<string>? stack = options.Stacks && drops.Row.Number(stackColumn) is { } id ? stacks.Of(id) : null;
                if (options.Json)
                {
                    json.Write(options.Stacks, stack);
                }
                else
                {
                    string block = text.Of() + "\n" + string.Concat(stack?.Select(frame => $"    {frame}\n") ?? []);
                    lines.Write(Encoding.UTF8.GetBytes(options.Ascii ? TerminalText.Ascii(block) : block));
                }
            },
            stop,
            progress);
        lines.Flush();
        return ExitCode.Done;
    }
}

/// <summary>The options.</summary>
/// <param name="Capture">Path of the capture.</param>
/// <param name="Json">JSON lines instead of text.</param>
/// <param name="Stacks">With each drop's stack.</param>
/// <param name="Ascii">The terminal shows no other character; JSON is the same everywhere.</param>
internal sealed record ReplayOptions(string Capture, bool Json, bool Stacks, bool Ascii = false)
{
    /// <summary>Only the drops that match; null: all.</summary>
    public string? Filter { get; init; }
}

/// <summary>Says when a drop's moment has come.</summary>
/// <param name="speed">How many ns of the window pass in one.</param>
/// <param name="nowNs">A clock that never goes back.</param>
/// <param name="wait">Waits so many ns, or less.</param>
internal sealed class Pace(double speed, Func<long> nowNs, Action<long> wait)
{
    private (long Now, long T)? _start;

    /// <summary>How long it is until the moment of <paramref name="tNs"/>, 0 where it has come; the first one's is now.</summary>
    public long Remaining(long tNs)
    {
        (long now, long t) = _start ??= (nowNs(), tNs);
        double due = ((double)tNs - t) / speed;
        return (long)Math.Clamp(due - (nowNs() - now), 0, long.MaxValue / 2);
    }

    /// <summary>Waits for it.</summary>
    public void Await(long tNs, CancellationToken stop)
    {
        while (Remaining(tNs) is > 0 and var left)
        {
            stop.ThrowIfCancellationRequested();
            wait(left);
        }
    }
}
