using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Replay;

/// <summary>
/// One drop as a line for people, what is not known left out:
/// <code>2026-11-22T09:02:16.773512Z +1.204117 CPU 1 NO_SOCKET in __udp4_lib_rcv, driver e1000, eth0, UDP 192.0.2.1:40000 > 192.0.2.9:53, 60 B, task sshd-811</code>
/// </summary>
internal sealed class TextLine(DropRows drops)
{
    /// <summary>The line of the current row, without its end.</summary>
    public string Of()
    {
        string function = Text("function") ?? Text("location") ?? "an unknown function";
        string module = Text("module") is { } name ? $" [{name}]" : "";
        string?[] parts =
        [
            $"{Text("reason") ?? "no reason"} in {function}{module}",
            Text("driver") is { } driver ? $"driver {driver}" : null,
            Text("interface"),
            Flow(),
            Number("length") is { } length ? $"{length.ToString(CultureInfo.InvariantCulture)} B" : null,
            Text("comm") is { } task ? $"task {task}-{Text("pid")}" : null,
        ];
        return $"{(Text("time_utc") is { } time ? time + " " : "")}{Seconds(Number("t_ns") ?? 0)}{(Text("cpu") is { } cpu ? $" CPU {cpu}" : "")} {string.Join(", ", parts.OfType<string>())}";
    }

    private string? Flow()
    {
        if (Text("src") is not { } src)
        {
            return EtherTypes.NameOf((int?)Number("ethertype"));
        }

        // Only the flow itself: what a tunnel carries is in the JSON.
        string protocol = Protocols.Name((int)(Number("ethertype") ?? 0), (int?)Number("ip_protocol"));
        return $"{protocol} {End(src, Text("sport"))} > {End(Text("dst") ?? "?", Text("dport"))}";
    }

    private static string End(string address, string? port) =>
        port is null ? address : address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";

    private static string Seconds(long ns) =>
        string.Create(CultureInfo.InvariantCulture, $"{(ns < 0 ? '-' : '+')}{Math.Abs(ns / 1_000_000_000)}.{Math.Abs(ns / 1000 % 1_000_000):d6}");

    private long? Number(string column) => drops.Row.Number(drops[column]);

    private string? Text(string column) => drops.Row.Text(drops[column]) is { } text ? Visible.Text(text) : null;
}

/// <summary>Stacks as text, a line for each frame, the deciding function first. What was read is kept, up to a bound: a forged name has any length.</summary>
internal sealed class StackText(SqliteConnection connection) : IDisposable
{
    // In characters. A frame counts for some more than its text has; then thousands of stacks have room.
    private const int MostKept = 1 << 24, LeastOfFrame = 32;

    private readonly IdLookup _frames = new(connection, "SELECT symbol, offset, module FROM frames WHERE stack_id = ?1 ORDER BY depth");
    private readonly Dictionary<long, List<string>> _known = [];
    private long _kept;

    /// <summary>The frames of a stack: <c>e1000_clean+0x296 [e1000]</c>.</summary>
    public List<string> Of(long stack)
    {
        if (_known.TryGetValue(stack, out List<string>? known))
        {
            return known;
        }

        List<string> found = [];
        for (bool more = _frames.Find(stack); more; more = _frames.Next())
        {
            found.Add(Visible.Text(SymbolText.Of(_frames.Text(0), _frames.Number(1), _frames.Text(2))));
        }

        int size = LeastOfFrame + found.Sum(frame => LeastOfFrame + frame.Length);
        _kept += size;
        if (_kept > MostKept)
        {
            _known.Clear();
            _kept = size;
        }

        _known.Add(stack, found);
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _frames.Dispose();
}

/// <summary>
/// One drop as a line of JSON: the columns of the view <c>drops</c> by their names, unknown is null, and its stack where that is asked for.
/// <c>docs/drops.schema.json</c> describes it.
/// </summary>
/// <param name="drops">Where the drop is taken from.</param>
/// <param name="output">Takes the lines.</param>
internal sealed class JsonLine(DropRows drops, Stream output) : IDisposable
{
    private readonly JsonEncodedText[] _names = [.. Enumerable.Range(0, drops.Row.Columns).Select(column => JsonEncodedText.Encode(drops.Row.Name(column)))];
    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes the current drop.</summary>
    /// <param name="withStack">Whether the stack belongs to it.</param>
    /// <param name="stack">The stack; null where it has none.</param>
    /// <param name="more">Writes further members; null: there are none.</param>
    public void Write(bool withStack, List<string>? stack, Action<Utf8JsonWriter>? more = null)
    {
        _json.WriteStartObject();
        DropRow row = drops.Row;
        for (int column = 0; column < _names.Length; column++)
        {
            _json.WritePropertyName(_names[column]);
            if (row.IsNumber(column))
            {
                _json.WriteNumberValue(row.Number(column) ?? 0);
            }
            else
            {
                _json.WriteStringValue(row.Text(column) is { } text ? Visible.Text(text) : null);
            }
        }

        if (withStack)
        {
            WriteStack(stack);
        }

        more?.Invoke(_json);
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        output.WriteByte((byte)'\n');
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteStack(List<string>? stack)
    {
        _json.WritePropertyName("stack");
        if (stack is null)
        {
            _json.WriteNullValue();
            return;
        }

        _json.WriteStartArray();
        stack.ForEach(_json.WriteStringValue);
        _json.WriteEndArray();
    }
}
