using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Verify;

/// <summary>
/// Checks a capture against itself: the database, the hashes of its raw text, and every row of that text, made again with
/// today's decoder and attribution. Needs memory for the distinct sites, tasks and flows, not for the drops.
/// </summary>
internal static class VerifyJob
{
    private const int MaxArtifacts = 100_000;

    /// <param name="path">The capture.</param>
    /// <param name="json">One JSON document instead of text.</param>
    /// <param name="output">Takes the result.</param>
    /// <param name="stop">Stops the work.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <returns><see cref="ExitCode.Incomplete"/> if anything differs.</returns>
    /// <exception cref="UserError">The database itself is damaged, or is not a capture of this version.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static ExitCode Run(string path, bool json, TextWriter output, CancellationToken stop, ProgressLine? progress = null)
    {
        using CaptureReader capture = CaptureReader.Open(path);
        VerifyResult result = Check(capture, stop, progress);
        progress?.Dispose();
        if (json)
        {
            VerifyJson.Write(result, output);
        }
        else
        {
            VerifyText.Write(result, output);
        }

        return result.Agrees ? ExitCode.Done : ExitCode.Incomplete;
    }

    /// <summary>Checks an open capture.</summary>
    public static VerifyResult Check(CaptureReader capture, CancellationToken stop, ProgressLine? progress = null)
    {
        try
        {
            progress?.Begin("checking the database");
            CheckDatabase(capture);
            progress?.Begin("reading the text again", capture.IsEarlier ? 0 : new CaptureQueries(capture.Connection).LastDrop());
            return capture.IsEarlier ? EarlierCheck.Run(capture, stop) : Compare(capture, progress, stop);
        }
        catch (SqliteException error)
        {
            throw capture.Damaged(error);
        }
    }

    /// <summary>Checks the database itself for damage.</summary>
    /// <exception cref="UserError">It is damaged.</exception>
    public static void CheckDatabase(CaptureReader capture)
    {
        List<string> damage = [];
        SqlRows.Read(capture.Connection, "PRAGMA integrity_check(3)", row => damage.Add(SqlRows.Text(row, 0) ?? ""));
        if (damage is not ["ok"])
        {
            throw new UserError(
                $"{capture.Path} is damaged: {Display.Visible.Text(string.Join("; ", damage))}",
                "Copy it again from where it was captured, after its -wal file if there is one.");
        }
    }

    private static VerifyResult Compare(CaptureReader capture, ProgressLine? progress, CancellationToken stop)
    {
        SqliteConnection connection = capture.Connection;
        var differences = new Differences();
        var notes = new List<string>();
        (long? openedNs, string? ended, string? hitsOf, string tool, TextFormat format) = ReadCapture(connection);
        ReasonTable reasons = ReasonTable.FromArtifacts(ReadArtifacts(connection));
        var losses = new LossCheck(connection, openedNs, differences);
        var others = new OtherEventCheck(connection, openedNs, differences);
        Reread[] streams = [.. capture.Streams().Select(stream =>
            new Reread(capture, stream.Cpu, TextDecoders.New(format, reasons, hitsOf), differences) { OnLoss = losses.Add, OnOther = others.Add })];
        try
        {
            using var drops = new DropCheck(connection, streams, openedNs, differences);
            var lines = new LineCheck(connection, differences);
            drops.Run(stop, progress);
            foreach (Reread stream in streams)
            {
                EndStream(stream, drops, lines, ended is null or "killed" or "write error", notes);
            }

            drops.End();
            bool isWhole = !streams.Any(stream => stream.IsBroken);
            losses.End(isWhole);
            others.End(isWhole);
            lines.CompareSamples(streams);
            if (drops.Found > 0 && (openedNs is null || tool == "analyze import"))
            {
                differences.Compare("capture", "opened_ns", "first record", openedNs, streams.Min(stream => stream.FirstTimestamp));
            }

            new LedgerCheck(connection, differences).Run();
            return new VerifyResult
            {
                File = capture.Path,
                Streams = streams.Length,
                Chunks = streams.Sum(stream => stream.Chunks),
                TextBytes = streams.Sum(stream => stream.Bytes),
                Lines = streams.Sum(stream => stream.Lines.Total),
                DropsStored = drops.Stored,
                DropsFound = drops.Found,
                DropsNotCompared = drops.NotCompared,
                LostLines = losses.Found,
                Differences = [.. differences.Kinds],
                Notes = notes,
                NotChecked = NotChecked(drops.Sites.SawBacklog),
            };
        }
        finally
        {
            foreach (Reread stream in streams)
            {
                stream.Dispose();
            }
        }
    }

    // If the agent died, its last lines may be incomplete: an open stack is not counted yet, its drop not written.
    private static void EndStream(Reread stream, DropCheck drops, LineCheck lines, bool mayBeOpen, List<string> notes)
    {
        if (stream.IsBroken)
        {
            return;
        }

        long before = stream.Lines.Total;
        bool isOpen = mayBeOpen && lines.Matches(stream.Cpu, stream.Lines);
        LineCounts counted = isOpen ? stream.Lines.Copy() : stream.Lines;
        stream.Complete();
        long waiting = 0;
        while (stream.TryNext(out DropEvent drop))
        {
            waiting++;
            if (!isOpen)
            {
                drops.AddFound(drop);
            }
        }

        lines.Compare(stream.Cpu, counted);
        if (isOpen && stream.Lines.Total - before + waiting > 0)
        {
            notes.Add(
                $"{(stream.Cpu is { } cpu ? $"CPU {cpu}" : "the merged stream")} ends where the agent died: {Display.Units.Count(waiting, "drop")} in the last lines still waited for a stack and were not stored");
        }
    }

    private static (long? OpenedNs, string? Ended, string? HitsOf, string Tool, TextFormat Format) ReadCapture(SqliteConnection connection)
    {
        (long?, string?, string?, string, TextFormat) found = default;
        SqlRows.Read(connection, "SELECT opened_ns, ended, hits_of, tool, transport FROM capture WHERE id = 1", row =>
            found = (SqlRows.Number(row, 0), SqlRows.Text(row, 1), SqlRows.Text(row, 2), SqlRows.Text(row, 3) ?? "", TextDecoders.FormatOf(SqlRows.Text(row, 4))));
        return found;
    }

    /// <summary>The artifacts that name reasons: the event's format and the enums of BTF.</summary>
    private static List<HostFile> ReadArtifacts(SqliteConnection connection)
    {
        List<HostFile> found = [];
        SqlRows.Read(
            connection,
            $"""
            SELECT path, content FROM artifact
             WHERE phase = 'before' AND netns = 0 AND (path GLOB 'events/*' OR path GLOB 'btf/*') AND length(content) < 1 << 24
             LIMIT {MaxArtifacts}
            """,
            row => found.Add(new HostFile(SqlRows.Text(row, 0) ?? "", SQLitePCL.raw.sqlite3_column_blob(row, 1).ToArray())));
        return found;
    }

    private static List<string> NotChecked(bool sawBacklog) =>
    [
        .. sawBacklog
            ? ["drivers inferred from the backlog (driver_rule 'backlog', driver_candidates): they also depend on packet steering, which is not in the file"]
            : Array.Empty<string>(),
        "what only the host can know: the capture's own row, clock, artifacts, interfaces and the network namespaces of tasks",
    ];
}
