using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace DropForensics.Lake;

/// <summary>Asks DuckDB, and writes its answer as lines of JSON.</summary>
internal static class Answer
{
    private const int BufferBytes = 1 << 16;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Runs one query in a database of its own, which is in memory and reads files below one folder only.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="setup">Statements that come first: the views.</param>
    /// <param name="query">One statement or more; the last one's rows are the answer.</param>
    /// <param name="output">Takes the lines.</param>
    /// <exception cref="DuckDBException">DuckDB refuses a statement.</exception>
    /// <exception cref="IOException">Nobody reads the output.</exception>
    public static void Write(string directory, IEnumerable<string> setup, string query, Stream output)
    {
        string spill = Path.Combine(Path.GetTempPath(), $"analyze-lake-{Environment.ProcessId}");
        try
        {
            using var connection = new DuckDBConnection("DataSource=:memory:");
            connection.Open();
            void Run(string statement)
            {
                using DuckDBCommand command = connection.CreateCommand();
                command.CommandText = statement;
                command.ExecuteNonQuery();
            }

            // It fetches nothing, and a statement cannot read or write elsewhere.
            Run("SET TimeZone = 'UTC'");
            Run("SET autoinstall_known_extensions = false");
            Run($"SET temp_directory = {Quoted(spill)}");
            Run($"SET allowed_directories = [{Quoted(directory)}]");
            Run("SET enable_external_access = false");
            Run("SET lock_configuration = true");
            foreach (string statement in setup) Run(statement);
            using DuckDBCommand command = connection.CreateCommand();
            command.CommandText = query;
            using DuckDBDataReader reader = command.ExecuteReader();
            Write(reader, output);
        }
        finally
        {
            if (Directory.Exists(spill)) Directory.Delete(spill, recursive: true);
        }
    }

    private static void Write(DuckDBDataReader reader, Stream output)
    {
        var buffer = new ArrayBufferWriter<byte>(BufferBytes);
        using var json = new Utf8JsonWriter(buffer, Options);
        void Line(Action write)
        {
            json.WriteStartArray();
            write();
            json.WriteEndArray();
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
            if (buffer.WrittenCount < BufferBytes / 2) return;
            output.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }

        int columns = reader.FieldCount;
        Line(() =>
        {
            for (int i = 0; i < columns; i++) json.WriteStringValue(reader.GetName(i));
        });
        Line(() =>
        {
            for (int i = 0; i < columns; i++) json.WriteStringValue(reader.GetDataTypeName(i));
        });
        while (reader.Read())
        {
            Line(() =>
            {
                for (int i = 0; i < columns; i++) Write(json, reader.IsDBNull(i) ? null : reader.GetValue(i));
            });
        }

        output.Write(buffer.WrittenSpan);
        output.Flush();
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or BigInteger or decimal:
                json.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture), skipInputValidation: true);
                break;
            case float or double when Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case DateTime time:
                json.WriteStringValue(time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
                break;
            case DateOnly date:
                json.WriteStringValue(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            case DuckDBDateOnly date:
                json.WriteStringValue(((DateOnly)date).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            case Stream bytes:
                using (var copy = new MemoryStream())
                {
                    bytes.CopyTo(copy);
                    json.WriteStringValue(Convert.ToHexStringLower(copy.ToArray()));
                }

                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case IDictionary map:
                json.WriteStartObject();
                foreach (DictionaryEntry entry in map)
                {
                    json.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "");
                    Write(json, entry.Value);
                }

                json.WriteEndObject();
                break;
            case IEnumerable list:
                json.WriteStartArray();
                foreach (object? each in list) Write(json, each);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
