using System.Data.Common;
using System.IO.Compression;
using System.Text;
using Dapper;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Core.Lines;

namespace DropForensics.Analyze.Queries;

/// <summary>Fetches single lines of the raw text by their number, one chunk at a time.</summary>
internal sealed class RawLines(DbConnection connection)
{
    private const int LargestChunk = 4 << 20;
    private const int MostHeadLines = 20;

    private readonly Lazy<HashSet<long?>> _streams = new(() =>
        connection.Query<long?>("SELECT DISTINCT cpu FROM raw_chunk").ToHashSet());

    private ChunkRow? _chunk;
    private string[] _lines = [];

    /// <summary>A drop's line and, where it follows directly, its stack; null where the capture does not have the line as text.</summary>
    public RawExample? Example(int cpu, long line)
    {
        int? stream = _streams.Value.Contains(cpu) ? cpu : null;
        if (At(stream, line) is not { } first)
        {
            return null;
        }

        var text = new StringBuilder(Visible.Lines(first));
        if (At(stream, line + 1) is { } header && header.EndsWith("<stack trace>", StringComparison.Ordinal))
        {
            text.Append('\n').Append(Visible.Lines(header));
            for (int n = 2; n < FactLimits.ExampleLines && At(stream, line + n) is { } frame && frame.StartsWith(" => ", StringComparison.Ordinal); n++)
            {
                text.Append('\n').Append(Visible.Lines(frame));
            }
        }

        return new RawExample(stream, line, text.ToString());
    }

    /// <summary>Records that the head of a printed ring counts as written, where all of them were still in it; null where the text has no such head.</summary>
    public long? HeldRecords()
    {
        for (long line = 1; line <= MostHeadLines && At(null, line) is { } text; line++)
        {
            if (BufferHeading.TryParse(Encoding.UTF8.GetBytes(text), out long held, out long written)) return held == written && held > 0 ? held : null;
        }

        return null;
    }

    /// <summary>Whether some stream's text does not end with a newline, so that its last line may be cut.</summary>
    public bool MayLastLineBeCut() => _streams.Value.Any(cpu => LastChunk(cpu) is { } chunk && !TextOf(chunk).EndsWith('\n'));

    private ChunkRow? LastChunk(long? cpu) => connection.QueryFirstOrDefault<ChunkRow>("""
        SELECT cpu AS Cpu, codec AS Codec, first_line AS FirstLine, lines AS Lines, size AS Size, data AS Data
          FROM raw_chunk
         WHERE cpu IS @cpu
         ORDER BY first_line DESC, id DESC LIMIT 1
        """, new { cpu });

    private string? At(int? cpu, long line)
    {
        if (_chunk is null || _chunk.Cpu != cpu || line < _chunk.FirstLine || line >= _chunk.FirstLine + _chunk.Lines)
        {
            Load(cpu, line);
        }

        long index = line - (_chunk?.FirstLine ?? 0);
        return _chunk is not null && index < _lines.Length ? _lines[index] : null;
    }

    private void Load(int? cpu, long line)
    {
        _chunk = connection.QueryFirstOrDefault<ChunkRow>("""
            SELECT cpu AS Cpu, codec AS Codec, first_line AS FirstLine, lines AS Lines, size AS Size, data AS Data
              FROM raw_chunk
             WHERE cpu IS @cpu AND first_line <= @line AND first_line + lines > @line
             ORDER BY first_line DESC LIMIT 1
            """, new { cpu, line });
        _lines = _chunk is null ? [] : TextOf(_chunk).Split('\n');
    }

    private static string TextOf(ChunkRow chunk)
    {
        if (chunk.Codec == "text")
        {
            return Encoding.UTF8.GetString(chunk.Data);
        }

        if (chunk.Codec != "text+zlib")
        {
            return "";
        }

        // No more is unpacked than a chunk can hold, whatever the file claims.
        byte[] text = new byte[Math.Clamp(chunk.Size, 0, LargestChunk)];
        using var zlib = new ZLibStream(new MemoryStream(chunk.Data), CompressionMode.Decompress);
        return Encoding.UTF8.GetString(text, 0, zlib.ReadAtLeast(text, text.Length, throwOnEndOfStream: false));
    }
}
