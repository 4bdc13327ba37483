using System.Buffers;
using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Display;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Analyze.Export;

/// <summary>The view <c>events</c>, drops and all other events in the order of their time: as a table in text (RFC 4180), or a JSON document on each line.</summary>
internal static class EventExport
{
    private const string Sql = "SELECT * FROM events ORDER BY t_ns, cpu, raw_line", Fields = "fields";

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    /// <param name="connection">The capture.</param>
    /// <param name="output">Takes the lines.</param>
    /// <param name="stop">Ends it between two events.</param>
    public static void WriteCsv(SqliteConnection connection, Stream output, CancellationToken stop)
    {
        var lines = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 14, leaveOpen: true);
        string[] columns = Columns(connection);
        lines.Write(string.Join(',', columns) + "\r\n");
        SqlRows.Read(connection, Sql, row =>
        {
            stop.ThrowIfCancellationRequested();
            for (int i = 0; i < columns.Length; i++)
            {
                if (i > 0) lines.Write(',');
                if (IsNumber(row, i)) lines.Write(raw.sqlite3_column_int64(row, i));
                else if (SqlRows.Text(row, i) is { } text) lines.Write(CsvCell.Of(text));
            }

            lines.Write("\r\n");
        });
        lines.Flush();
    }

    /// <inheritdoc cref="WriteCsv"/>
    public static void WriteJson(SqliteConnection connection, Stream output, CancellationToken stop)
    {
        string[] columns = Columns(connection);
        var line = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(line, Options);
        SqlRows.Read(connection, Sql, row =>
        {
            stop.ThrowIfCancellationRequested();
            line.ResetWrittenCount();
            json.Reset();
            json.WriteStartObject();
            for (int i = 0; i < columns.Length; i++)
            {
                json.WritePropertyName(columns[i]);
                if (IsNumber(row, i)) json.WriteNumberValue(raw.sqlite3_column_int64(row, i));
                else if (SqlRows.Text(row, i) is not { } text) json.WriteNullValue();
                else if (columns[i] == Fields && IsJson(text)) json.WriteRawValue(text, skipInputValidation: true);
                else json.WriteStringValue(text);
            }

            json.WriteEndObject();
            json.Flush();
            output.Write(line.WrittenSpan);
            output.WriteByte((byte)'\n');
        });
    }

    private static string[] Columns(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM pragma_table_info('events')";
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> names = [];
        while (reader.Read()) names.Add(reader.GetString(0));
        return [.. names];
    }

    private static bool IsNumber(sqlite3_stmt row, int column) => raw.sqlite3_column_type(row, column) == raw.SQLITE_INTEGER;

    // A file may come from anywhere.
    private static bool IsJson(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
