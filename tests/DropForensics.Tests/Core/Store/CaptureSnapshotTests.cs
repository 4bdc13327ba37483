using System.Buffers.Binary;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Store;

public sealed class CaptureSnapshotTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    private string Copy => _scratch.File("copy.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_hundred_copies_at_random_moments_across_checkpoints_are_all_whole()
    {
        const int Copies = 100;
        var random = new Random(12);
        using CaptureWriter writer = CaptureWriter.Create(Path, force: false);
        writer.LimitJournal(0);
        writer.SetCapture(Made.Capture());
        writer.Commit();
        using var over = new CancellationTokenSource();
        long committed = 0;
        Task writing = Task.Run(
            () =>
            {
                for (long i = 1; !over.IsCancellationRequested; i++)
                {
                    Add(writer, i);
                    writer.Commit();
                    Volatile.Write(ref committed, i);
                }
            },
            TestContext.Current.CancellationToken);
        uint first = Checkpoints();
        try
        {
            for (int i = 0; i < Copies; i++)
            {
                Thread.SpinWait(random.Next(200_000));
                long before = Volatile.Read(ref committed);
                long drops = CaptureSnapshot.Take(Path, Copy, force: true);
                AssertWhole(drops, before, Volatile.Read(ref committed) + 1);
            }

            Await.Until(() => Checkpoints() >= first + 3);
        }
        finally
        {
            await over.CancelAsync();
            await writing;
        }

        Assert.True(writer.Finish());
    }

    [Fact]
    public void A_snapshot_changes_nothing_of_what_it_copies()
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: false);
        writer.SetCapture(Made.Capture());
        Add(writer, 1);
        writer.Commit();
        Add(writer, 2);
        byte[][] before = [File.ReadAllBytes(Path), File.ReadAllBytes(Path + "-wal")];

        Assert.Equal(1, CaptureSnapshot.Take(Path, Copy, force: false));

        Assert.Equal(before, [File.ReadAllBytes(Path), File.ReadAllBytes(Path + "-wal")]);
        Assert.Equal(["c.db", "c.db-journal", "c.db-shm", "c.db-wal", "copy.db"], _scratch.Names);
        writer.Commit();
        Assert.True(writer.Finish());
    }

    [Fact]
    public void A_capture_that_has_ended_needs_no_snapshot()
    {
        using (CaptureWriter writer = CaptureWriter.Create(Path, force: false)) Assert.True(writer.Finish());

        UserError error = Assert.Throws<UserError>(() => CaptureSnapshot.Take(Path, Copy, force: false));

        Assert.Contains("no capture is writing", error.Message);
        Assert.Contains("Copy the file itself", error.Remedy);
        Assert.Equal(["c.db"], _scratch.Names);
    }

    [Fact]
    public void A_file_that_is_there_already_stays()
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: false);
        File.WriteAllText(Copy, "mine");

        Assert.Contains("exists already", Assert.Throws<UserError>(() => CaptureSnapshot.Take(Path, Copy, force: false)).Message);
        Assert.Contains("exists already", Assert.Throws<UserError>(() => CaptureSnapshot.Take(Path, Path, force: false)).Message);

        Assert.Equal("mine", File.ReadAllText(Copy));
    }

    private static void Add(CaptureWriter writer, long i)
    {
        writer.AddClock(new ClockReading(i, i, i));
        DropEvent drop = Made.Drop(i);
        writer.AddDrop(drop, 0, writer.InternTask(drop), writer.InternSite(drop.Event, null, null, new SiteAttribution()), null);
    }

    private void AssertWhole(long drops, long least, long most)
    {
        Assert.InRange(drops, least, most);
        Assert.Equal("ok", Db.Scalar<string>(Copy, "pragma integrity_check"));
        Assert.Equal("delete", Db.Scalar<string>(Copy, "pragma journal_mode"));
        using CaptureReader reader = CaptureReader.Open(Copy);
        Assert.Equal([drops, drops, drops], Rows.Of(reader, "SELECT (SELECT count(*) FROM drops), (SELECT count(*) FROM clock), (SELECT ifnull(max(mono_ns), 0) FROM clock)")[0].Cast<long>());
    }

    // sqlite.org/fileformat2.html, 4.1: the log's header counts how often it was begun anew.
    private uint Checkpoints()
    {
        Span<byte> header = stackalloc byte[16];
        using var log = new FileStream(Path + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return log.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length ? BinaryPrimitives.ReadUInt32BigEndian(header[12..]) : 0;
    }
}
