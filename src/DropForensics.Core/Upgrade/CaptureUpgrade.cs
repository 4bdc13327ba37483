using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Core.Upgrade;

/// <summary>
/// Opens a capture of any version, as this version reads it; the file itself is never written to. Of an earlier schema it makes a private copy in
/// today's: the raw text goes through today's decoder and attribution, as when it was recorded; what the text cannot tell goes over as it is. Of
/// today's schema with another attribution it makes a copy in which that is today's (<see cref="Reattribution"/>).
/// </summary>
public static class CaptureUpgrade
{
    // The same text and the same drops take about the same room again; forged text may unpack to thousands of times its size.
    private const long LeastCopyBytes = 16 << 20;
    private const long CopyBytesPerByte = 4;

    /// <summary>Opens a capture.</summary>
    /// <param name="path">The capture.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="upgrading">Called before the long work that an earlier schema is.</param>
    /// <exception cref="UserError">As <see cref="CaptureReader.Open"/>; or an earlier file's text is damaged, or there is no room for the copy.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static CaptureReader Open(string path, CancellationToken stop, Action? upgrading = null)
    {
        CaptureReader capture = CaptureReader.Open(path);
        Reattribution? attribution;
        try
        {
            attribution = capture.IsEarlier ? null : Reattribution.Of(capture);
            if (attribution is { Sites: 0 }) return capture;
        }
        catch (SqliteException error)
        {
            UserError damaged = capture.Damaged(error);
            capture.Dispose();
            throw damaged;
        }

        if (attribution is null) upgrading?.Invoke();
        using (capture) return attribution is null ? Upgrade(capture, stop) : Attribute(capture, attribution);
    }

    private static CaptureReader Attribute(CaptureReader capture, Reattribution attribution)
    {
        NamelessFile? copy = null;
        try
        {
            copy = NamelessFile.CopyOf(capture);
            attribution.Apply(copy);
            return CaptureReader.OfCopy(capture, copy, attribution.Sites);
        }
        catch (Exception error)
        {
            copy?.Dispose();
            throw error switch
            {
                SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => NoRoom(capture),
                SqliteException sqlite => capture.Damaged(sqlite),
                _ => error,
            };
        }
    }

    private static CaptureReader Upgrade(CaptureReader capture, CancellationToken stop)
    {
        var copy = new NamelessFile();
        try
        {
            using (CaptureWriter writer = CaptureWriter.Into(copy, $"the temporary copy of {capture.Path}"))
            {
                Fill(capture, writer, stop);
                writer.Finish();
            }

            copy.Execute("PRAGMA temp_store = DEFAULT"); // a reader's sorts may take more than memory
            return CaptureReader.OfCopy(capture, copy);
        }
        catch (Exception error)
        {
            copy.Dispose();
            throw error switch
            {
                SqliteException sqlite => capture.Damaged(sqlite),
                CaptureWriteException write => CannotCopy(capture, write),
                InvalidDataException data => Damaged(capture, data.Message),
                _ => error,
            };
        }
    }

    private static void Fill(CaptureReader capture, CaptureWriter writer, CancellationToken stop)
    {
        var carried = new CarriedRows(capture, writer);
        CaptureRow row = carried.Capture();
        writer.SetCapture(row);
        ReasonTable reasons = ReasonTable.FromArtifacts(carried.Host()).With(carried.Reasons());
        CgroupList cgroups = carried.Cgroups;
        Dictionary<int, long> netns = carried.NamespacesOfTasks();
        TextFormat format = TextDecoders.FormatOf(row.Transport);
        IReadOnlyList<RawStream> streams = capture.Streams();
        long mostBytes = Math.Max(LeastCopyBytes, CopyBytesPerByte * ReadableCopy.SizeOf(capture.Path));
        var recorder = new Recorder(writer, reasons, pid => netns.TryGetValue(pid, out long inode) ? inode : null)
        {
            OpenedNs = row.OpenedNs ?? FirstTimestamp(capture, streams, format, row.HitsOf),
            HitsOf = row.HitsOf,
            CgroupPathOf = cgroups.PathOf,
            Format = format,
            KeepPayload = true, // what is not to be kept was zeroed before it was stored
        };
        foreach (RawStream stream in streams)
        {
            ReadChunks(capture, stream.Cpu, chunk =>
            {
                stop.ThrowIfCancellationRequested();
                recorder.WasMasked = chunk.IsMasked;
                recorder.Feed(stream.Cpu, chunk.Text);
                recorder.Commit(); // so that the chunks are the same
                if (writer.SizeBytes > mostBytes) throw Damaged(capture, "its text makes more rows than a capture of its size can have");
                return true;
            });
        }

        recorder.Complete();
        carried.Ledger(recorder);
        carried.BacklogDrivers();
        writer.SetCapture(row with { OpenedNs = recorder.OpenedNs });
    }

    /// <summary>The earliest record's, of a file whose agent died before it could say when the window opened.</summary>
    private static long? FirstTimestamp(CaptureReader capture, IReadOnlyList<RawStream> streams, TextFormat format, string? hitsOf)
    {
        long? first = null;
        foreach (RawStream stream in streams)
        {
            DropDecoder decoder = TextDecoders.New(format, ReasonTable.Empty, hitsOf);
            ReadChunks(capture, stream.Cpu, chunk =>
            {
                decoder.Feed(chunk.Text);
                decoder.Batch.Clear();
                return decoder.FirstTimestamp is null;
            });
            decoder.Complete();
            if (decoder.FirstTimestamp is { } own && !(own >= first)) first = own;
        }

        return first;
    }

    private static void ReadChunks(CaptureReader capture, int? cpu, Func<ChunkReader, bool> goesOn)
    {
        using ChunkReader chunks = capture.Chunks(cpu);
        while (chunks.Next())
        {
            if (chunks.Fault is { } fault) throw Damaged(capture, $"chunk {chunks.Id} of the raw text {fault.What}");
            if (!goesOn(chunks)) return;
        }
    }

    private static UserError CannotCopy(CaptureReader capture, CaptureWriteException error) => (error.SqliteCode & 0xff) switch
    {
        raw.SQLITE_FULL => NoRoom(capture),
        raw.SQLITE_CONSTRAINT => Damaged(capture, error.Message),
        _ => new(error.Message, "Name another folder for temporary files: TMPDIR=DIR (TMP on Windows)."),
    };

    private static UserError NoRoom(CaptureReader capture) => new(
        $"no room for the temporary copy of {capture.Path} in today's schema", "Make room there, or name another folder for it: TMPDIR=DIR (TMP on Windows).");

    private static UserError Damaged(CaptureReader capture, string what) => new($"{capture.Path} is damaged: {what}", "Copy it again from where it was captured.");
}
