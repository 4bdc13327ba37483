using System.Text.Encodings.Web;
using System.Text.Json;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Replay;

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
    public void Write(bool withStack, List<string>? stack)
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
