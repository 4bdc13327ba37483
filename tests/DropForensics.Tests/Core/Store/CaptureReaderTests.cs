using System.Text;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DropForensics.Tests.Core.Store;

public sealed class CaptureReaderTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c#1 %?.db"); // every character a URI treats apart

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Text_comes_back_byte_for_byte_from_packed_and_plain_chunks()
    {
        byte[] repetitive = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("the same line\n", 1000)));
        byte[] noise = new byte[5000];
        new Random(3).NextBytes(noise);
        Write(writer =>
        {
            writer.AddChunk(3, 1, 1000, repetitive);
            writer.AddChunk(3, 1001, noise.Count(b => b == '\n'), noise);
            writer.AddChunk(null, 1, 1, "merged"u8);
        });

        using CaptureReader reader = CaptureReader.Open(Path);
        Assert.Equal([new RawStream(null, 1, 6), new RawStream(3, 1000 + noise.Count(b => b == '\n'), 19_000)], reader.Streams());
        Assert.Equal([.. repetitive, .. noise], Raw(reader, 3));
        Assert.Equal("merged"u8, Raw(reader, null));
        Assert.Empty(Raw(reader, 0));
        using SqliteCommand command = reader.Connection.CreateCommand();
        command.CommandText = "SELECT group_concat(codec || masked, ' ') FROM (SELECT * FROM raw_chunk ORDER BY id)";
        Assert.Equal("text+zlib0 text0 text0", command.ExecuteScalar());
    }

    [Theory]
    [InlineData("UPDATE raw_chunk SET data = zeroblob(length(data)) WHERE id = 2", "SHA-256")]
    [InlineData("UPDATE raw_chunk SET size = size - 1 WHERE id = 2", "does not unpack")]
    [InlineData("UPDATE raw_chunk SET size = size + 1 WHERE id = 2", "does not unpack")]
    [InlineData("UPDATE raw_chunk SET size = 1 << 40 WHERE id = 2", "larger than any chunk")]
    [InlineData("UPDATE raw_chunk SET size = -1 WHERE id = 2", "larger than any chunk")]
    [InlineData("UPDATE raw_chunk SET codec = 'zip' WHERE id = 2", "does not unpack")]
    [InlineData("DELETE FROM raw_chunk WHERE id = 2", "begins with line")]
    public void A_chunk_that_is_not_what_was_stored_is_refused(string damage, string what)
    {
        Write(writer =>
        {
            for (int i = 0; i < 3; i++) writer.AddChunk(0, 1 + (100 * i), 100, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("line\n", 100))));
        });
        Change(damage);
        using CaptureReader reader = CaptureReader.Open(Path);
        UserError error = Assert.Throws<UserError>(() => Raw(reader, 0));
        Assert.Contains(what, error.Message);
    }

    [Fact]
    public void A_capture_with_a_journal_beside_it_is_read_whole_and_left_alone()
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: false);
        writer.SetCapture(Made.Capture());
        writer.AddRingLoss(0, 11);
        writer.Commit();
        Dictionary<string, byte[]> before = Bytes();
        Assert.NotEmpty(before[System.IO.Path.GetFileName(Path) + "-wal"]);

        using (CaptureReader reader = CaptureReader.Open(Path))
        {
            using SqliteCommand command = reader.Connection.CreateCommand();
            command.CommandText = "SELECT records FROM loss";
            Assert.Equal(11L, command.ExecuteScalar());
        }

        Assert.Equal(before, Bytes());
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-journal")]
    public void A_journal_of_somebody_else_beside_a_capture_is_not_read_and_that_is_said(string suffix)
    {
        Requires.That(Environment.IsPrivilegedProcess, "only root can give a file away");
        Write(_ => { });
        File.WriteAllText(Path + suffix, "somebody's");
        OtherUser.File(Path + suffix);

        UserError error = Refused();

        Assert.Contains($"{suffix} belongs to user 65534", error.Message);
        Assert.Contains("remove", error.Remedy);
    }

    [Fact]
    public void A_private_copy_is_private_and_goes_away()
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: false);
        writer.SetCapture(Made.Capture());
        writer.AddRingLoss(0, 11);
        writer.Commit();
        string directory;
        using (var copy = new ReadableCopy(Path))
        {
            Assert.True(copy.IsPrivate);
            directory = System.IO.Path.GetDirectoryName(copy.DataSource)!; // it has one: it is an absolute path
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(directory) == (UnixFileMode)0b111_000_000);
        }

        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public void Nothing_can_be_written_through_it()
    {
        Write(_ => { });
        using CaptureReader reader = CaptureReader.Open(Path);
        using SqliteCommand command = reader.Connection.CreateCommand();
        command.CommandText = "DELETE FROM capture";
        Assert.Throws<SqliteException>(() => command.ExecuteNonQuery());
    }

    [Fact]
    public void What_is_no_capture_is_told_so()
    {
        File.WriteAllText(Path, "          <idle>-0       [000] ..s1.    11.231914: kfree_skb: …");
        Assert.Contains("not an SQLite database", Refused().Message);
        File.WriteAllText(Path, "");
        Assert.Contains("not an SQLite database", Refused().Message);
        File.Delete(Path);
        Assert.Contains("cannot open", Refused().Message);
        Directory.CreateDirectory(Path);
        Assert.Contains("cannot open", Refused().Message);
    }

    [Fact]
    public void Another_programs_database_is_refused()
    {
        Write(_ => { });
        Change("PRAGMA application_id = 1");
        Assert.Contains("another program's", Refused().Message);
    }

    [Theory]
    [InlineData("0.1.0")]
    [InlineData("0.1.0 (commit 1a2b3c4d5e6f, build c6b9595cc85c787ceb303845e4b7d420b2817b18)")]
    public void A_newer_capture_names_both_versions(string writer)
    {
        Write(_ => { });
        Change($"UPDATE capture SET tool_version = '{writer}'; PRAGMA user_version = 9");
        UserError error = Refused();
        Assert.Contains("uses schema 9", error.Message);
        Assert.Contains($"up to {CaptureFile.Version}", error.Message);
        Assert.Equal("Get a newer `analyze`: 0.1.0, the version that wrote it, or later.", error.Remedy);
        Assert.Equal(ExitCode.Unable, error.ExitCode);
    }

    [Fact]
    public void A_file_without_its_capture_row_is_told_what_it_lacks()
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: false); // died, or copied, before the first checkpoint
        UserError error = Refused();
        Assert.Contains("has no capture in it", error.Message);
        Assert.Contains("-wal", error.Remedy);
        Assert.Equal(ExitCode.Unable, error.ExitCode);
    }

    [Theory]
    [InlineData("ALTER TABLE raw_chunk RENAME COLUMN sha256 TO digest", "table raw_chunk is another")]
    [InlineData("PRAGMA foreign_keys = 0; DROP TABLE raw_chunk", "raw_chunk_by_stream is missing")]
    [InlineData("CREATE TABLE more (x)", "table more is added")]
    public void Tables_of_another_schema_are_named_and_not_called_damage(string change, string what)
    {
        Write(_ => { });
        Change(change);
        UserError error = Refused();
        Assert.Contains(what, error.Message);
        Assert.DoesNotContain("damaged", error.Message);
    }

    [Fact]
    public void A_capture_cut_off_anywhere_is_an_error_for_its_user()
    {
        byte[] noise = new byte[100_000];
        new Random(3).NextBytes(noise);
        Write(writer => writer.AddChunk(0, 1, 1, noise));
        byte[] whole = File.ReadAllBytes(Path);
        foreach (int length in (int[])[15, 16, 99, 100, 4095, 4096, 10_000, 40_960, whole.Length - 4096, whole.Length - 1])
        {
            File.WriteAllBytes(Path, whole[..length]);
            Assert.Throws<UserError>(() =>
            {
                using CaptureReader reader = CaptureReader.Open(Path);
                Raw(reader, 0);
            });
        }
    }

    private void Write(Action<CaptureWriter> write)
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: true);
        writer.SetCapture(Made.Capture());
        write(writer);
        Assert.True(writer.Finish());
    }

    private void Change(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private UserError Refused() => Assert.Throws<UserError>(() => CaptureReader.Open(Path));

    private static byte[] Raw(CaptureReader reader, int? cpu)
    {
        using var text = new MemoryStream();
        reader.ReadRaw(cpu, text);
        return text.ToArray();
    }

    private Dictionary<string, byte[]> Bytes() => _scratch.Names.ToDictionary(name => name, name => File.ReadAllBytes(_scratch.File(name)));
}
