using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Analyze.Verify;

/// <summary>One stream's text, decoded again chunk by chunk as its drops are requested.</summary>
/// <param name="capture">The capture.</param>
/// <param name="cpu">The stream; null for the merged one.</param>
/// <param name="decoder">Today's.</param>
/// <param name="differences">Receives the faults of chunks.</param>
internal sealed class Reread(CaptureReader capture, int? cpu, DropDecoder decoder, Differences differences) : IDisposable
{
    private readonly ChunkReader _chunks = capture.Chunks(cpu);
    private int _next, _given;
    private bool _isAtEnd;

    public int? Cpu { get; } = cpu;

    public LineCounts Lines => decoder.Lines;

    public long? FirstTimestamp => decoder.FirstTimestamp;

    /// <summary>Its text ends before its end: a chunk is missing or cannot be unpacked.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Chunks read.</summary>
    public long Chunks { get; private set; }

    /// <summary>Bytes of text read.</summary>
    public long Bytes { get; private set; }

    /// <summary>The samples of unparsed lines so far.</summary>
    public List<UnparsedLine> Unparsed { get; } = [];

    /// <summary>Receives each LOST line.</summary>
    public required Action<LossEvent> OnLoss { get; init; }

    /// <summary>Takes each event that is not a drop.</summary>
    public required Action<OtherEvent> OnOther { get; init; }

    /// <summary>The next drop; false at the end of the stored text, where drops may still wait for their stack.</summary>
    public bool TryNext(out DropEvent drop)
    {
        while (_next == decoder.Batch.Drops.Count)
        {
            if (_isAtEnd || !Feed())
            {
                drop = default;
                return false;
            }
        }

        // A line may count several drops; each is a row.
        drop = decoder.Batch.Drops[_next];
        if (++_given == drop.Count)
        {
            (_next, _given) = (_next + 1, 0);
        }

        return true;
    }

    /// <summary>Ends the stream; further drops may follow.</summary>
    public void Complete()
    {
        Clear();
        decoder.Complete();
        Keep();
    }

    /// <inheritdoc/>
    public void Dispose() => _chunks.Dispose();

    private bool Feed()
    {
        Clear();
        if (IsBroken || !_chunks.Next())
        {
            _isAtEnd = true;
            return false;
        }

        Chunks++;
        string row = $"{_chunks.Id}";
        if (_chunks.Fault is { } fault)
        {
            differences.Add("raw_chunk", fault.Column, row, fault.Stored, fault.Found);
            IsBroken = !_chunks.HasText;
            if (IsBroken)
            {
                return true;
            }
        }

        ReadOnlySpan<byte> text = _chunks.Text;
        Bytes += text.Length;
        CheckLines(row, text);
        decoder.Feed(text);
        Keep();
        return true;
    }

    // Lines that end in it; the end of the stream ends a line as well.
    private void CheckLines(string row, ReadOnlySpan<byte> text)
    {
        long ends = text.Count((byte)'\n');
        bool isOpen = text.Length > 0 && text[^1] != '\n';
        if (_chunks.Lines != ends && !(isOpen && _chunks.Lines == ends + 1))
        {
            differences.Add("raw_chunk", "lines", row, Differences.Text(_chunks.Lines), Differences.Text(ends));
        }
    }

    private void Clear()
    {
        decoder.Batch.Clear();
        (_next, _given) = (0, 0);
    }

    private void Keep()
    {
        Unparsed.AddRange(decoder.Batch.Unparsed);
        foreach (OtherEvent other in decoder.Batch.Others)
        {
            OnOther(other);
        }

        foreach (LossEvent loss in decoder.Batch.Losses)
        {
            OnLoss(loss);
        }
    }
}

/// <summary>
/// Checks a capture of an earlier schema: its raw text, the only part that is used. Its rows were made by another decoder and may
/// differ from today's without any damage.
/// </summary>
internal static class EarlierCheck
{
    public static VerifyResult Run(CaptureReader capture, CancellationToken stop)
    {
        var differences = new Differences();
        long lostLines = 0, found = 0;
        string? hitsOf = Recorded(capture, "hits_of");
        TextFormat format = TextDecoders.FormatOf(Recorded(capture, "transport"));
        List<Reread> streams = [];
        try
        {
            foreach (RawStream stream in capture.Streams())
            {
                var text = new Reread(capture, stream.Cpu, TextDecoders.New(format, ReasonTable.Empty, hitsOf), differences) { OnLoss = _ => lostLines++, OnOther = _ => { } };
                streams.Add(text);
                found += Drops(text, stop);
                text.Complete();
                found += Drops(text, stop);
            }

            return new VerifyResult
            {
                File = capture.Path,
                Streams = streams.Count,
                Chunks = streams.Sum(stream => stream.Chunks),
                TextBytes = streams.Sum(stream => stream.Bytes),
                Lines = streams.Sum(stream => stream.Lines.Total),
                DropsStored = Number(capture, "SELECT count(*) FROM drop_event"),
                DropsFound = found,
                DropsNotCompared = 0,
                LostLines = lostLines,
                Differences = [.. differences.Kinds],
                Notes = [$"the stored rows are of schema {capture.Schema}; every command rebuilds them from the text"],
                NotChecked = ["the stored rows: an earlier version wrote them, and nothing uses them"],
            };
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }
    }

    private static long Drops(Reread text, CancellationToken stop)
    {
        long found = 0;
        for (; text.TryNext(out _); found++) stop.ThrowIfCancellationRequested();
        return found;
    }

    // Version 1 has fewer columns.
    private static string? Recorded(CaptureReader capture, string column)
    {
        if (Number(capture, $"SELECT count(*) FROM pragma_table_info('capture') WHERE name = '{column}'") == 0) return null;
        string? found = null;
        SqlRows.Read(capture.Connection, $"SELECT {column} FROM capture WHERE id = 1", row => found = SqlRows.Text(row, 0));
        return found;
    }

    private static long Number(CaptureReader capture, string sql)
    {
        long number = 0;
        SqlRows.Read(capture.Connection, sql, row => number = SqlRows.Number(row, 0) ?? 0);
        return number;
    }
}
