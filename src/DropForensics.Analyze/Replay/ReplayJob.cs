using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Replay;

/// <summary>The drops of all CPUs in the order of their time, a line each: as they happened, or as fast as can be.</summary>
internal static class ReplayJob
{
    // Nothing else takes memory with the length of a capture: the order of the drops is sorted by SQLite, in a temporary file where it is long.
    private const string Order = "SELECT id, t_ns FROM drop_event ORDER BY t_ns, cpu, raw_line";

    /// <param name="options">What is asked for.</param>
    /// <param name="pace">Waits for each drop's moment; null for no waiting.</param>
    /// <param name="output">Takes the lines. Where its reader is gone, the rest is left and that is no failure.</param>
    /// <param name="stop">Ends it between two drops.</param>
    /// <exception cref="UserError">The capture is damaged, or of another version.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static ExitCode Run(ReplayOptions options, Pace? pace, Stream output, CancellationToken stop)
    {
        using CaptureReader capture = CaptureReader.Open(options.Capture);
        capture.RequireTables();
        try
        {
            return UntrustedContent.Read(capture, () => Run(capture.Connection, options, pace, output, stop), stop);
        }
        catch (IOException error) when (RawExport.IsBrokenPipe(error))
        {
            return ExitCode.Done; // as with `| head -1`: the reader has what it wanted
        }
    }

    private static ExitCode Run(SqliteConnection connection, ReplayOptions options, Pace? pace, Stream output, CancellationToken stop)
    {
        using var drop = new IdLookup(connection, "SELECT * FROM drops WHERE id = ?1");
        using var frames = new IdLookup(connection, "SELECT symbol, offset, module FROM frames WHERE stack_id = ?1 ORDER BY depth");
        var lines = new BufferedStream(output, 1 << 16); // whoever opened the output closes it
        using var json = new Utf8JsonWriter(lines, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        int stackColumn = Enumerable.Range(0, drop.Columns).Single(column => drop.Name(column) == "stack_id");
        var text = new TextLine(drop);
        DirectRows.ReadNumbers(connection, Order, row =>
        {
            stop.ThrowIfCancellationRequested();
            if (pace is not null && pace.Remaining(row[1]) > 0)
            {
                lines.Flush();
                pace.Await(row[1], stop);
            }

            if (!drop.Find(row[0]))
            {
                return; // the view joins what a damaged file may lack
            }

            List<string>? stack = options.Stacks && drop.Number(stackColumn) is { } id ? Frames(frames, id) : null;
            if (options.Json)
            {
                WriteJson(json, drop, options.Stacks, stack);
                lines.WriteByte((byte)'\n');
            }
            else
            {
                lines.Write(Encoding.UTF8.GetBytes(text.Of() + "\n" + string.Concat(stack?.Select(frame => $"    {frame}\n") ?? [])));
            }
        });
        lines.Flush();
        return ExitCode.Done;
    }

    // The columns of the view by their names; unknown is null.
    private static void WriteJson(Utf8JsonWriter json, IdLookup drop, bool stacks, List<string>? stack)
    {
        json.WriteStartObject();
        for (int column = 0; column < drop.Columns; column++)
        {
            json.WritePropertyName(drop.Name(column));
            if (drop.IsNumber(column))
            {
                json.WriteNumberValue(drop.Number(column) ?? 0);
            }
            else
            {
                json.WriteStringValue(drop.Text(column) is { } text ? Visible.Text(text) : null);
            }
        }

        if (stacks)
        {
            json.WritePropertyName("stack");
            if (stack is null)
            {
                json.WriteNullValue();
            }
            else
            {
                json.WriteStartArray();
                stack.ForEach(json.WriteStringValue);
                json.WriteEndArray();
            }
        }

        json.WriteEndObject();
        json.Flush();
        json.Reset();
    }

    private static List<string> Frames(IdLookup frames, long stack)
    {
        List<string> found = [];
        for (bool more = frames.Find(stack); more; more = frames.Next())
        {
            string offset = frames.Number(1) is { } bytes ? $"+0x{bytes:x}" : "";
            string module = frames.Text(2) is { } name ? $" [{name}]" : "";
            found.Add(Visible.Text(frames.Text(0) + offset + module));
        }

        return found;
    }
}
