using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Store;

public sealed class DeadWriterTests : IDisposable
{
    private const long Second = 1_000_000_000;

    private static readonly DeadRing[] Rings = [new(0, "entries: 5\n"u8.ToArray(), 5), new(1, "entries: 0\n"u8.ToArray(), 0)];

    private static readonly DeadRing[] Witness = [new(0, [], 7), new(1, [], 2)];

    private readonly ScratchDirectory _scratch = new();
    private long? _inode;

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_was_committed_becomes_one_file_that_says_that_its_agent_was_killed()
    {
        WriteAndDie(writer =>
        {
            writer.SetCapture(Made.Capture());
            writer.AddClock(new ClockReading(Second, Second, Second));
            writer.AddClock(new ClockReading(3 * Second, 3 * Second, 3 * Second));
            writer.Commit();
            writer.AddClock(new ClockReading(4 * Second, 4 * Second, 4 * Second));
        });

        Assert.True(new DeadWriter(Path, _inode).Close(Rings, Witness));

        Assert.Equal(["c.db"], _scratch.Names);
        Assert.Equal([["killed", "1000000000", "3000000000", "9", null]], Db.Texts(Path, "select ended, opened_ns, closed_ns, witness_drops, witness_slack from capture"));
        Assert.Equal([["witness", "0", "7"], ["witness", "1", "2"]], Db.Texts(Path, "select source, cpu, drops from kernel_count"));
        Assert.Equal([["0", "5", "0"]], Db.Texts(Path, "select * from lost"));
        Assert.Equal(["per_cpu/cpu0/stats", "per_cpu/cpu1/stats"], Db.Rows<string>(Path, "select path from artifact where phase = 'after' order by 1"));
        Assert.Equal("ok", Db.Scalar<string>(Path, "pragma integrity_check"));
        Assert.Equal("delete", Db.Scalar<string>(Path, "pragma journal_mode"));
    }

    [Fact]
    public void A_file_that_had_ended_stays_as_it_says()
    {
        WriteAndDie(writer =>
        {
            writer.SetCapture(Made.Capture() with { ClosedNs = 2 * Second, Ended = "duration", WitnessDrops = 3 });
            writer.Commit();
        });

        Assert.True(new DeadWriter(Path, _inode).Close(Rings, Witness));

        Assert.Equal(["c.db"], _scratch.Names);
        Assert.Equal([["duration", "2000000000", "3"]], Db.Texts(Path, "select ended, closed_ns, witness_drops from capture"));
        Assert.Empty(Db.Texts(Path, "select * from lost"));
    }

    [Fact]
    public void A_file_whose_window_never_opened_is_removed()
    {
        WriteAndDie(writer =>
        {
            writer.SetCapture(Made.Capture() with { OpenedNs = null });
            writer.Commit();
        });

        Assert.True(new DeadWriter(Path, _inode).Close([], []));

        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void An_empty_file_goes_and_one_with_something_in_it_stays_where_nobody_knows_whose_it_is()
    {
        File.WriteAllText(Path, "");
        Assert.True(new DeadWriter(Path, null).Close([], []));
        Assert.Empty(_scratch.Names);

        File.WriteAllText(Path, "somebody's");
        Assert.True(new DeadWriter(Path, null).Close([], []));
        Assert.Equal("somebody's", File.ReadAllText(Path));
    }

    [Fact]
    public void Another_file_in_its_place_is_not_touched()
    {
        WriteAndDie(writer =>
        {
            writer.SetCapture(Made.Capture());
            writer.Commit();
        });
        File.Move(Path, _scratch.File("moved.db"));
        File.Copy(_scratch.File("moved.db"), Path);
        byte[] bytes = File.ReadAllBytes(Path);

        Assert.True(new DeadWriter(Path, _inode).Close(Rings, Witness));

        Assert.Equal(bytes, File.ReadAllBytes(Path));
    }

    [Fact]
    public void A_link_in_its_place_is_not_followed()
    {
        WriteAndDie(writer =>
        {
            writer.SetCapture(Made.Capture());
            writer.Commit();
        });
        File.Move(Path, _scratch.File("moved.db"));
        File.CreateSymbolicLink(Path, _scratch.File("moved.db"));
        byte[] bytes = File.ReadAllBytes(_scratch.File("moved.db"));

        Assert.True(new DeadWriter(Path, _inode).Close(Rings, Witness));

        Assert.Equal(bytes, File.ReadAllBytes(_scratch.File("moved.db")));
        Assert.NotNull(new FileInfo(Path).LinkTarget);
    }

    [Fact]
    public void Nothing_is_ever_written_through_a_link_laid_in_between()
    {
        File.WriteAllText(_scratch.File("victim"), "");
        OwnFiles files = OwnFiles.Create(Path, force: false);
        File.Delete(Path);
        File.CreateSymbolicLink(Path, _scratch.File("victim"));

        Assert.Throws<CaptureWriteException>(() =>
        {
            using var database = new Database(files);
            database.Execute("PRAGMA user_version = 1");
        });
        Assert.Equal("", File.ReadAllText(_scratch.File("victim")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData("-journal")]
    public void A_file_that_was_replaced_before_it_was_opened_is_noticed(string suffix)
    {
        OwnFiles files = OwnFiles.Create(Path, force: false);
        File.Delete(Path + suffix); // in a directory that is not sticky
        File.WriteAllBytes(Path + suffix, suffix == "" ? EmptyCapture.Bytes.ToArray() : []);

        UserError error = Assert.Throws<UserError>(() => new Database(files));

        Assert.Contains($"c.db{suffix} was replaced", error.Message);
    }

    [Fact]
    public void What_a_neighbour_left_in_the_place_of_a_dead_writers_files_is_not_used()
    {
        WriteAndDie(writer =>
        {
            writer.SetCapture(Made.Capture());
            writer.AddClock(new ClockReading(Second, Second, Second));
            writer.Commit();
        });
        foreach (string suffix in (string[])["-shm", "-journal"])
        {
            File.WriteAllText(Path + suffix, "somebody's");
            OtherUser.File(Path + suffix);
        }

        Requires.That(Environment.IsPrivilegedProcess, "only root can give a file away");
        Assert.True(new DeadWriter(Path, _inode).Close([], []));

        Assert.Equal(["c.db"], _scratch.Names);
        Assert.Equal("killed", Db.Scalar<string>(Path, "select ended from capture"));
        Assert.Equal("ok", Db.Scalar<string>(Path, "pragma integrity_check"));
    }

    [Fact]
    public void A_file_that_was_whole_when_its_agent_was_killed_only_loses_what_lies_beside_it()
    {
        using (CaptureWriter writer = CaptureWriter.Create(Path, force: false))
        {
            writer.SetCapture(Made.Capture() with { Ended = "duration" });
            Assert.True(writer.Finish());
        }

        _inode = LinkStatus.Of(Path)?.Identity.Inode;
        byte[] bytes = File.ReadAllBytes(Path);
        foreach (string suffix in CaptureFile.CompanionSuffixes) File.WriteAllText(Path + suffix, "");

        Assert.True(new DeadWriter(Path, _inode).Close(Rings, Witness));

        Assert.Equal(["c.db"], _scratch.Names);
        Assert.Equal(bytes, File.ReadAllBytes(Path));
    }

    [Fact]
    public void An_agent_killed_before_its_file_was_there_leaves_nothing()
    {
        foreach (string suffix in CaptureFile.CompanionSuffixes) File.WriteAllText(Path + suffix, "");

        Assert.True(new DeadWriter(Path, null).Close([], []));

        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void A_file_that_was_not_written_to_its_end_when_it_was_made_goes()
    {
        File.WriteAllBytes(Path, EmptyCapture.Bytes[..8192].ToArray());
        File.WriteAllText(Path + "-wal", "");

        Assert.True(new DeadWriter(Path, LinkStatus.Of(Path)?.Identity.Inode).Close([], []));

        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void A_directory_that_is_a_link_is_as_good_as_another()
    {
        string directory = Directory.CreateDirectory(_scratch.File("real")).FullName;
        Directory.CreateSymbolicLink(_scratch.File("link"), directory);

        using (CaptureWriter writer = CaptureWriter.Create(_scratch.File("link/c.db"), force: false))
        {
            writer.SetCapture(Made.Capture());
            Assert.True(writer.Finish());
        }

        Assert.Equal("ok", Db.Scalar<string>(System.IO.Path.Combine(directory, "c.db"), "pragma integrity_check"));
    }

    /// <summary>As a process leaves it that is killed: a copy of what was on disk in the middle.</summary>
    private void WriteAndDie(Action<CaptureWriter> write)
    {
        string living = _scratch.File("living.db");
        using (CaptureWriter writer = CaptureWriter.Create(living, force: false))
        {
            write(writer);
            File.Copy(living, Path);
            File.Copy(living + "-wal", Path + "-wal");
        }

        foreach (string name in _scratch.Names.Where(name => name.StartsWith("living", StringComparison.Ordinal))) File.Delete(_scratch.File(name));
        _inode = LinkStatus.Of(Path)?.Identity.Inode;
    }
}
