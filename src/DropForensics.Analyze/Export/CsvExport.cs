using System.Text;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Export;

/// <summary>The view <c>drops</c> as a table in text: RFC 4180, UTF-8, the columns' names first; an unknown value is an empty cell.</summary>
internal static class CsvExport
{
    /// <param name="connection">The capture.</param>
    /// <param name="output">Takes the lines.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <param name="stop">Ends it between two drops.</param>
    public static void Write(SqliteConnection connection, Stream output, ProgressLine? progress, CancellationToken stop)
    {
        using var drops = new DropRows(connection);
        DropRow row = drops.Row;
        int columns = row.Columns;
        var lines = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 14, leaveOpen: true);
        lines.Write(string.Join(',', Enumerable.Range(0, columns).Select(row.Name)) + "\r\n");
        char[] number = new char[20]; // the digits of any
        drops.Read(
            _ =>
            {
                for (int column = 0; column < columns; column++)
                {
                    if (column > 0)
                    {
                        lines.Write(',');
                    }

                    if (row.IsNumber(column))
                    {
                        (row.Number(column) ?? 0).TryFormat(number, out int length);
                        lines.Write(number, 0, length);
                    }
                    else if (row.Text(column) is { } text)
                    {
                        lines.Write(CsvCell.Of(text));
                    }
                }

                lines.Write("\r\n");
            },
            stop,
            progress);
        lines.Flush();
    }
}
