using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Replay;
using DropForensics.Analyze.Selection;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Commands;
using DropForensics.Core.Filters;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Follow;

/// <summary>Prints the ways of dropped packets.</summary>
internal static class FollowJob
{
    // Ways come in the order of time, and so do drops; of one time they may come in another order.
    private const int MostAhead = 10_000;

    /// <param name="options">The options.</param>
    /// <param name="output">Takes the lines. If its reader is gone, the rest is dropped; that is no failure.</param>
    /// <param name="notes">Takes a note of what a filter leaves out.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="UserError">The capture did not follow packets, or is damaged, or the filter is none.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static ExitCode Run(FollowOptions options, Stream output, TextWriter notes, CancellationToken stop)
    {
        using CaptureReader capture = AnyCapture.Open(options.Capture, stop);
        try
        {
            return UntrustedContent.Read(capture, () => Run(capture, options, output, notes, stop), stop);
        }
        catch (IOException error) when (StandardOutput.IsBrokenPipe(error))
        {
            return ExitCode.Done; // as with `| head -1`: the reader has what it wanted
        }
    }

    private static ExitCode Run(CaptureReader capture, FollowOptions options, Stream output, TextWriter notes, CancellationToken stop)
    {
        if (!FollowedWays.AreIn(capture))
            throw new UserError($"{capture.Path} holds drops but no packet's way", $"Record it: capture --follow {FollowedPackets.All}");
        var ways = new FollowedWays(capture, stop);
        string? expression = options.Filter ?? (ways.Asked is null or FollowedPackets.All ? null : ways.Asked);
        DropFilter? filter = expression is null ? null : DropFilter.Parse(expression);
        DropSelection.Apply(capture, expression, stop, passed: ways.Passed(filter))?.Note(notes);
        HashSet<long>? among = filter is null ? null : FollowedWays.Selected(capture);
        var lines = new BufferedStream(output, 1 << 16); // the opener of the output closes it
        if (options.Json) WriteJson(capture, among, lines, stop);
        else WriteText(capture, ways.Summarize(options.Top, among ?? FollowedWays.Selected(capture)) with { IsSelection = options.Filter is not null }, options, lines, stop);
        lines.Flush();
        return ExitCode.Done;
    }

    private static void WriteText(CaptureReader capture, PacketWays ways, FollowOptions options, Stream output, CancellationToken stop)
    {
        Write(WayText.Summary(ways, options.Top));
        Dictionary<long, PacketWay> first = ways.First.ToDictionary(shown => shown.Way.Drop, shown => shown.Way);
        using var drops = new DropRows(capture.Connection);
        var line = new TextLine(drops);
        int id = drops["id"];
        drops.Read(
            _ =>
            {
                if (first.Remove(drops.Row.Number(id) ?? 0, out PacketWay? way)) Write($"\n{line.Of()}\n{WayText.Of(way)}");
            },
            stop);

        void Write(string text) => output.Write(Encoding.UTF8.GetBytes(options.Ascii ? TerminalText.Ascii(text) : text));
    }

    private static void WriteJson(CaptureReader capture, HashSet<long>? among, Stream output, CancellationToken stop)
    {
        using var reader = new WayReader(capture);
        using var drops = new DropRows(capture.Connection);
        using var json = new JsonLine(drops, output);
        Dictionary<long, PacketWay> ahead = [];
        (int id, int reason, int function) = (drops["id"], drops["reason"], drops["function"]);
        drops.Read(
            _ =>
            {
                long drop = drops.Row.Number(id) ?? 0;
                PacketWay? way;
                while (!ahead.Remove(drop, out way) && ahead.Count < MostAhead && reader.Next(stop) is { } next)
                {
                    if (among?.Contains(next.Drop) != false) ahead.Add(next.Drop, next);
                }

                way = way is null ? null : WayWords.AtItsEnd(way, drops.Row.Text(reason), drops.Row.Text(function));
                json.Write(withStack: false, stack: null, writer => Write(writer, way));
            },
            stop);
    }

    private static void Write(Utf8JsonWriter json, PacketWay? way)
    {
        json.WriteString("beginning", way?.Beginning.ToString().ToLowerInvariant());
        json.WriteStartArray("stops");
        foreach (WayStop stop in way?.Stops ?? [])
        {
            json.WriteStartObject();
            json.WriteString("event", stop.Kind.Event());
            json.WriteString("interface", stop.Interface);
            json.WriteNumber("t_ns", stop.TNs);
            json.WriteNumber("cpu", stop.Cpu);
            json.WriteNumber("raw_line", stop.RawLine);
            Write(json, "length", stop.Length);
            Write(json, "result", stop.Result);
            json.WriteBoolean("sure", stop.IsSure);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}

/// <summary>The options.</summary>
/// <param name="Capture">Path of the capture.</param>
/// <param name="Filter">Only the drops that match; null: those that the capture was to follow.</param>
/// <param name="Top">Drops whose stops are printed, and ways that are listed.</param>
/// <param name="Json">JSON lines instead of text.</param>
/// <param name="Ascii">The terminal shows no other character; JSON is the same everywhere.</param>
internal sealed record FollowOptions(string Capture, string? Filter, int Top, bool Json, bool Ascii = false);
