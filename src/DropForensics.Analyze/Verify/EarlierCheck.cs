using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Analyze.Verify;

/// <summary>
/// Checks a capture of an earlier schema: its raw text, which is all that is used of what was made of it. Its rows were made by another decoder and may
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
