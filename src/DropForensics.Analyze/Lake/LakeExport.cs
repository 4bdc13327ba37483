using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Lake;

/// <summary>The drops of one capture as one Parquet file: the table <c>drops</c> of <see cref="LakeSchema"/>.</summary>
internal static class LakeExport
{
    /// <param name="capture">The capture.</param>
    /// <param name="output">Takes the file; it need not seek.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <param name="stop">Ends it between two drops.</param>
    public static void Write(CaptureReader capture, Stream output, ProgressLine? progress, CancellationToken stop)
    {
        CaptureInfo info = new CaptureQueries(capture.Connection).Capture();
        var table = new ParquetTable(LakeSchema.Drops, output);
        var rows = new CaptureRows(capture.Connection, new CaptureName(info.Uuid, info.KnownHost), new CaptureStacks(capture.Connection, stop));
        rows.WriteDrops(_ => table, progress, stop);
        table.Finish();
    }
}
