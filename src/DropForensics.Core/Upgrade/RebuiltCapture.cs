using DropForensics.Core.Decoding;
using DropForensics.Core.Ledger;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using Microsoft.Data.Sqlite;

namespace DropForensics.Core.Upgrade;

/// <summary>
/// Makes one capture in today's schema of the raw text of others: of one with an earlier schema, or of the parts of a flight recorder, each of which
/// begins where the one before it ends. The text goes through today's decoder and attribution, as when it was recorded; what it cannot tell goes over
/// as it is.
/// </summary>
/// <param name="writer">Takes it; the caller finishes it.</param>
/// <param name="stop">Gives up.</param>
internal sealed class RebuiltCapture(CaptureWriter writer, CancellationToken stop)
{
    // The same text and the same drops take about the same room again; forged text may unpack to thousands of times its size.
    private const long LeastBytes = 16 << 20;
    private const long BytesPerByte = 4;

    private readonly Dictionary<int, long> _netns = [];
    private readonly LedgerSums _sums = new();
    private CgroupList _cgroups = new();
    private CaptureRow? _row;
    private Recorder? _recorder;
    private long _mostBytes = LeastBytes;

    /// <summary>Reads parts, or one capture of any version, into an empty one.</summary>
    /// <param name="schema">The earliest version of a part's schema.</param>
    internal static void Fill(CaptureWriter writer, IReadOnlyList<string> parts, CancellationToken stop, out int schema)
    {
        var rebuilt = new RebuiltCapture(writer, stop);
        schema = CaptureFile.Version;
        for (int i = 0; i < parts.Count; i++)
        {
            using CaptureReader part = CaptureReader.Open(parts[i]);
            schema = Math.Min(schema, part.Schema);
            try
            {
                rebuilt.Add(part, isLast: i == parts.Count - 1);
            }
            catch (SqliteException error)
            {
                throw part.Damaged(error);
            }
            catch (InvalidDataException error)
            {
                throw CaptureReader.IsDamagedBy(part.Path, error.Message);
            }
        }

        rebuilt.Complete();
    }

    /// <summary>Adds a capture; it may be closed afterwards.</summary>
    /// <param name="capture">Its window begins where that of the one before ends.</param>
    /// <param name="isLast">None follows: what it tells of the host after its window is kept.</param>
    /// <exception cref="InvalidDataException">It has no row of itself.</exception>
    /// <exception cref="UserError">Its text is damaged, or makes too many rows.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public void Add(CaptureReader capture, bool isLast)
    {
        var carried = new CarriedRows(capture, writer);
        CaptureRow row = carried.Capture();
        if (_row is not null && !Follows(row, _row))
            throw new UserError($"{capture.Path} does not begin where the file before it ends", "Copy the folder again, with all files that are in it.");
        _row = _row is null ? row : Joined(_row, row);
        writer.SetCapture(_row);
        List<HostFile> files = carried.Host(isFirst: _recorder is null, isLast);
        _cgroups = carried.Cgroups;
        foreach ((int pid, long netns) in carried.NamespacesOfTasks()) _netns[pid] = netns;
        _mostBytes += BytesPerByte * ReadableCopy.SizeOf(capture.Path);

        IReadOnlyList<RawStream> streams = capture.Streams();
        Recorder recorder = _recorder ??= RecorderOf(capture, row, ReasonTable.FromArtifacts(files).With(carried.Reasons()), streams);
        foreach (RawStream stream in streams) Feed(recorder, capture, stream.Cpu);
        carried.Ledger(_sums, shiftNs: (row.OpenedNs ?? 0) - (_row.OpenedNs ?? 0));
        carried.BacklogDrivers();
    }

    /// <summary>Ends it: no further capture is added.</summary>
    public void Complete()
    {
        if (_recorder is null || _row is null) return;
        _recorder.Complete();
        _sums.Write(_recorder, writer);
        writer.SetCapture(_row with { OpenedNs = _recorder.OpenedNs });
    }

    // Of an agent that was killed while one part ended and the next began, neither could be closed: what it had read of the first meanwhile is lost.
    private static bool Follows(CaptureRow next, CaptureRow row) => next.BootId == row.BootId
        && (next.OpenedNs == row.ClosedNs || (row.Ended == WindowEnds.Killed && next.Ended == WindowEnds.Killed && next.OpenedNs > row.ClosedNs));

    /// <summary>What two captures that follow each other say of themselves together; only numbers that both know can be added.</summary>
    private static CaptureRow Joined(CaptureRow first, CaptureRow next) => first with
    {
        ClosedNs = next.ClosedNs,
        Ended = next.Ended,
        WitnessDrops = first.WitnessDrops + next.WitnessDrops,
        WitnessSlack = first.WitnessSlack + next.WitnessSlack,
        Disturbance = first.Disturbance ?? next.Disturbance,
        Transport = next.Transport ?? first.Transport,
        ProbeWhy = next.ProbeWhy,
    };

    private Recorder RecorderOf(CaptureReader capture, CaptureRow row, ReasonTable reasons, IReadOnlyList<RawStream> streams)
    {
        TextFormat format = TextDecoders.FormatOf(row.Transport);
        return new Recorder(writer, reasons, pid => _netns.TryGetValue(pid, out long inode) ? inode : null)
        {
            OpenedNs = row.OpenedNs ?? FirstTimestamp(capture, streams, format, row.HitsOf),
            HitsOf = row.HitsOf,
            CgroupPathOf = id => _cgroups.PathOf(id),
            Format = format,
            KeepPayload = true, // what is not to be kept was zeroed before it was stored
        };
    }

    private void Feed(Recorder recorder, CaptureReader capture, int? cpu) => ReadChunks(capture, cpu, chunk =>
    {
        stop.ThrowIfCancellationRequested();
        recorder.WasMasked = chunk.IsMasked;
        recorder.Feed(cpu, chunk.Text);
        recorder.Commit(); // so that the chunks are the same
        if (writer.SizeBytes > _mostBytes) throw CaptureReader.IsDamagedBy(capture.Path, "its text makes more rows than a capture of its size can have");
        return true;
    });

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
            if (chunks.Fault is { } fault) throw CaptureReader.IsDamagedBy(capture.Path, $"chunk {chunks.Id} of the raw text {fault.What}");
            if (!goesOn(chunks)) return;
        }
    }
}
