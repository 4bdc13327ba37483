using DropForensics.Core.Store;
using Xunit;

namespace DropForensics.Tests.Core.Store;

public sealed class NamelessFileTests
{
    [Fact]
    public void It_begins_as_an_empty_capture_of_todays_schema()
    {
        using var file = new NamelessFile();
        Assert.Null(SchemaCheck.Difference(file.Connection));
    }

    [Fact]
    public void What_memory_does_not_hold_is_in_a_private_file_that_has_no_name_and_goes_when_it_is_closed()
    {
        const long Bytes = 16 << 20; // SQLite keeps 2 MB of it in memory
        string[] own;
        using (var file = new NamelessFile())
        {
            file.Execute($"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 16) INSERT INTO artifact SELECT 'before', i, 'x', zeroblob({Bytes / 16}) FROM n");
            (string Fd, string Target)[] held = [.. Temporary().Where(link => Length(link.Fd) > Bytes / 2)];
            Assert.NotEmpty(held);
            Assert.All(held, link => Assert.EndsWith(" (deleted)", link.Target));
            Assert.All(held, link => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(link.Fd)));
            own = [.. held.Select(link => link.Target)];
        }

        Assert.Empty(Temporary().Select(link => link.Target).Intersect(own));
    }

    /// <summary>SQLite's temporary files that this process has open, those of other tests too.</summary>
    private static IEnumerable<(string Fd, string Target)> Temporary() =>
        from fd in Directory.EnumerateFileSystemEntries("/proc/self/fd")
        let target = Target(fd)
        where target.Contains("/etilqs_", StringComparison.Ordinal)
        select (fd, target);

    private static long Length(string fd)
    {
        try
        {
            using FileStream file = File.OpenRead(fd);
            return file.Length;
        }
        catch (IOException)
        {
            return 0; // closed meanwhile
        }
    }

    private static string Target(string fd)
    {
        try
        {
            return new FileInfo(fd).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return ""; // closed meanwhile
        }
    }
}
