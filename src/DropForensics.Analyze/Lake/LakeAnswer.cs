using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Display;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Lake;

/// <summary>How an answer is printed.</summary>
internal enum AnswerFormat
{
    /// <summary>Aligned columns, for people.</summary>
    Table,

    /// <summary>RFC 4180.</summary>
    Csv,

    /// <summary>One JSON array, an object for each row.</summary>
    Json,

    /// <summary>A JSON object for each row, on a line of its own.</summary>
    Jsonl,
}

/// <summary>Prints an answer's rows.</summary>
/// <param name="format">How.</param>
/// <param name="output">Takes the lines.</param>
internal sealed class LakeAnswer(AnswerFormat format, TextWriter output)
{
    /// <summary>Rows of a table for people; whoever wants more of them takes another format.</summary>
    public const int MostTableRows = 1000;

    private const int WidestColumn = 60;

    private readonly List<string[]> _table = [];
    private string[] _names = [];
    private bool[] _isNumber = [];
    private bool _isCut;
    private long _rows;

    /// <summary>The names and types of the columns.</summary>
    public void Columns(string[] names, string[] types)
    {
        _names = names;
        _isNumber = Array.ConvertAll(types, type => type is "TinyInt" or "SmallInt" or "Integer" or "BigInt" or "HugeInt" or "UnsignedBigInt" or "UnsignedInteger" or "Double" or "Float" or "Decimal"
            or "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT" or "UBIGINT" or "UINTEGER" or "DOUBLE" or "FLOAT" || type.StartsWith("DECIMAL", StringComparison.OrdinalIgnoreCase));
        if (format == AnswerFormat.Csv) Line(names.Select(CsvCell.Of));
        if (format == AnswerFormat.Json) output.Write('[');
    }

    /// <summary>A row; false: no more are printed.</summary>
    public bool Row(JsonElement[] values)
    {
        if (format == AnswerFormat.Table && _table.Count == MostTableRows)
        {
            _isCut = true;
            return false;
        }

        switch (format)
        {
            case AnswerFormat.Csv:
                Line(values.Select(value => value.ValueKind == JsonValueKind.Null ? "" : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : CsvCell.Of(value.ToString())));
                break;
            case AnswerFormat.Json:
                output.Write((_rows == 0 ? "\n" : ",\n") + Object(values));
                break;
            case AnswerFormat.Jsonl:
                output.Write(Object(values) + "\n");
                break;
            default:
                _table.Add(Array.ConvertAll(values, value => value.ValueKind == JsonValueKind.Null ? "" : Visible.Text(value.ToString())));
                break;
        }

        _rows++;
        return true;
    }

    /// <summary>What comes after the last row; what is to be said beside it, or null.</summary>
    public string? End()
    {
        if (format == AnswerFormat.Json) output.WriteLine(_rows == 0 ? "]" : "\n]");
        if (format == AnswerFormat.Table) Table();
        return _isCut ? $"only the first {Units.Count(MostTableRows)} rows are shown; --format csv or json prints all" : null;
    }

    private string Object(JsonElement[] values) => JsonText.Readable($"{{{string.Join(", ", values.Select((value, i) =>
        $"{JsonSerializer.Serialize(_names[i])}: {(value.ValueKind is JsonValueKind.Number ? value.GetRawText() : JsonSerializer.Serialize(value))}"))}}}");

    private void Line(IEnumerable<string> cells) => output.Write(string.Join(',', cells) + "\r\n");

    private void Table()
    {
        int[] widths = [.. _names.Select((name, i) => Math.Min(WidestColumn, _table.Select(row => row[i].Length).Append(name.Length).Max()))];
        void Line(string[] cells)
        {
            var line = new StringBuilder();
            for (int i = 0; i < cells.Length; i++)
            {
                string cell = cells[i].Length > widths[i] ? cells[i][..(widths[i] - 1)] + "…" : cells[i];
                line.Append(i > 0 ? "  " : "").Append(_isNumber[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            }

            output.WriteLine(line.ToString().TrimEnd());
        }

        Line(_names);
        Line([.. widths.Select(width => new string('-', width))]);
        _table.ForEach(Line);
        if (_table.Count == 0) output.WriteLine("(no rows)");
    }
}
