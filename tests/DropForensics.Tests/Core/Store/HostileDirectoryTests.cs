using DropForensics.Analyze.Redact;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Store;

/// <summary>Captures in a directory that others may write to as well, such as /tmp.</summary>
public sealed class HostileDirectoryTests : IDisposable
{
    // Part of what is redacted, too.
    private const string Secret = "6.1.0-nobodys-business";

    private readonly NeighbourAttack _neighbour = new();
    private readonly ScratchDirectory _private = new();

    private string Private => _private.File("c.db");

    public void Dispose()
    {
        _private.Dispose();
        _neighbour.Dispose();
    }

    [Fact]
    public void No_other_user_gets_hold_of_a_file_of_a_capture() => Attack(400, (path, look) =>
    {
        using CaptureWriter writer = Begin(path);
        look();
        writer.Finish();
    });

    [Fact]
    public void No_other_user_gets_hold_of_a_file_that_is_written_anew() => Attack(100, (path, _) =>
    {
        using CaptureWriter writer = Begin(path);
        foreach (string name in Directory.GetFiles(Path.GetDirectoryName(path)!, "c.db*").Order(StringComparer.Ordinal).Reverse()) File.Delete(name); // it has one
        writer.FinishAnew();
    });

    [Fact]
    public void No_other_user_gets_hold_of_a_file_that_the_guard_of_a_dead_agent_closes()
    {
        using (Begin(Private))
        {
            File.Copy(Private, _private.File("dead.db"));
            File.Copy($"{Private}-wal", _private.File("dead.db-wal"));
        }

        Attack(100, (path, _) =>
        {
            File.Copy(_private.File("dead.db-wal"), $"{path}-wal");
            File.Copy(_private.File("dead.db"), path);
            new DeadWriter(path, LinkStatus.Of(path)?.Identity.Inode).Close([], []);
        });
    }

    [Fact]
    public void No_other_user_gets_hold_of_a_file_of_a_snapshot()
    {
        using CaptureWriter writer = Begin(Private);
        Attack(100, (path, _) => CaptureSnapshot.Take(Private, path, force: false));
    }

    [Fact]
    public void No_other_user_gets_hold_of_a_file_of_what_the_analyzer_makes()
    {
        using (CaptureWriter writer = Begin(Private)) writer.Finish();
        Attack(100, (path, _) => RedactJob.Run(Private, path, TextWriter.Null, CancellationToken.None));
    }

    private static CaptureWriter Begin(string path)
    {
        CaptureWriter writer = CaptureWriter.Create(path, force: false);
        writer.SetCapture(Made.Capture() with { KernelRelease = Secret });
        writer.Commit();
        return writer;
    }

    /// <summary>Half of the time she only waits for the database, comes too late then, and spoils nothing.</summary>
    private void Attack(int attempts, Action<string, Action> write)
    {
        int read = 0, whole = 0;
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            bool isEager = attempt % 2 == 1;
            bool wasRead = _neighbour.Reads(isEager, Secret, (directory, look) =>
            {
                string path = Path.Combine(directory, "c.db");
                try
                {
                    write(path, look);
                    using CaptureReader reader = CaptureReader.Open(path);
                    whole++;
                }
                catch (UserError)
                {
                }
            });
            if (wasRead) read++;
        }

        Assert.Equal(0, read);
        Assert.InRange(whole, 1, attempts);
    }
}
