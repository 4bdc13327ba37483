using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DropForensics.Tests.Core.Store;

/// <summary>What the analyzer does with paths on systems that are not Linux, as far as another one can try it.</summary>
public sealed class PortablePathTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    [Theory]
    [InlineData(false, "/tmp/web 1.db", "file:///tmp/web%201.db?immutable=1")]
    [InlineData(false, @"/tmp/a\b?mode=rw#%41.db", "file:///tmp/a%5Cb%3Fmode%3Drw%23%2541.db?immutable=1")]
    [InlineData(true, @"C:\Users\Ann Lee\web1.db", "file:///C%3A/Users/Ann%20Lee/web1.db?immutable=1")]
    [InlineData(true, "D:/captures/web1.db", "file:///D%3A/captures/web1.db?immutable=1")]
    [InlineData(true, @"\\files\team\web1.db", "file:////files/team/web1.db?immutable=1")]
    public void SQLite_is_given_a_path_of_either_kind_as_an_address(bool windows, string path, string address) =>
        Assert.Equal(address, ReadableCopy.UriOf(path, windows));

    [Theory]
    [InlineData("plain.db")]
    [InlineData("with blanks and ünïcode.db")]
    [InlineData("?mode=rw&immutable=0#.db")]
    [InlineData(@"back\slash:colon%41.db")]
    public void A_capture_of_any_name_is_read(string name)
    {
        var path = _directory.File(name);
        File.Copy(Repository.At("fixtures", "captures", "example.db"), path);

        using var capture = CaptureReader.Open(path);
        using SqliteCommand count = capture.Connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM drop_event";

        Assert.Equal(874L, count.ExecuteScalar());
        Assert.Equal([name], _directory.Names);
    }

    [Fact]
    public void What_every_system_tells_of_a_path_agrees_with_what_Linux_does()
    {
        var (file, link, dangling) = (_directory.File("file"), _directory.File("link"), _directory.File("dangling"));
        File.WriteAllText(file, "12345");
        File.CreateSymbolicLink(link, file);
        File.CreateSymbolicLink(dangling, _directory.File("nowhere"));

        Assert.Equal(LinkStatus.Of(file) is { } of ? of with { Identity = default, Owner = 0 } : null, LinkStatus.Elsewhere(file));
        Assert.Equal(5, LinkStatus.Elsewhere(file)?.Length);
        Assert.False(LinkStatus.Elsewhere(link)?.IsRegularFile);
        Assert.False(LinkStatus.Elsewhere(dangling)?.IsRegularFile);
        Assert.False(LinkStatus.Elsewhere(_directory.FullName)?.IsRegularFile);
        Assert.Null(LinkStatus.Elsewhere(_directory.File("nothing")));
        Assert.Null(LinkStatus.Elsewhere(_directory.File("no/directory")));
    }

    public void Dispose() => _directory.Dispose();
}
