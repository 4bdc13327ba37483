using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Store;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class NewFileTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_file_and_what_lies_beside_it_are_for_its_owner_only()
    {
        string path = _scratch.File("c.db");
        using CaptureWriter writer = CaptureWriter.Create(path, force: false);
        writer.SetCapture(Made.Capture());
        writer.Commit();
        Assert.Equal(["c.db", "c.db-journal", "c.db-shm", "c.db-wal"], _scratch.Names);
        foreach (string name in _scratch.Names)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_scratch.File(name)));
    }

    [Fact]
    public void What_exists_stays_and_the_error_names_force()
    {
        string path = Existing("c.db");
        UserError error = Assert.Throws<UserError>(() => CaptureWriter.Create(path, force: false));
        Assert.Contains("--force", error.Remedy);
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Equal("old", File.ReadAllText(path));
    }

    [Fact]
    public void Force_replaces_a_regular_file_and_its_leftovers()
    {
        string path = Existing("c.db");
        Existing("c.db-shm");
        using (CaptureWriter writer = CaptureWriter.Create(path, force: true))
        {
            writer.SetCapture(Made.Capture());
            writer.Finish();
        }

        Assert.Equal(["c.db"], _scratch.Names);
        using CaptureReader reader = CaptureReader.Open(path);
        Assert.Empty(reader.Streams());
    }

    [Fact]
    public void Force_does_not_replace_a_file_that_a_capture_may_be_writing()
    {
        string path = Existing("c.db");
        Existing("c.db-wal");
        Assert.Contains("-wal lies beside it", Assert.Throws<UserError>(() => CaptureWriter.Create(path, force: true)).Message);
        Assert.Equal(["c.db", "c.db-wal"], _scratch.Names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_link_is_never_followed_nor_replaced(bool force)
    {
        string target = Existing("precious");
        File.CreateSymbolicLink(_scratch.File("c.db"), target);
        Assert.Throws<UserError>(() => CaptureWriter.Create(_scratch.File("c.db"), force));
        Assert.Equal("old", File.ReadAllText(target));
        Assert.Equal(["c.db", "precious"], _scratch.Names);
    }

    [Fact]
    public void A_link_to_nothing_is_refused()
    {
        File.CreateSymbolicLink(_scratch.File("c.db"), _scratch.File("nothing"));
        Assert.Throws<UserError>(() => CaptureWriter.Create(_scratch.File("c.db"), force: true));
        Assert.Equal(["c.db"], _scratch.Names);
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData("-journal")]
    public void A_link_laid_beside_the_file_is_refused(string suffix)
    {
        string target = Existing("precious");
        File.CreateSymbolicLink(_scratch.File("c.db" + suffix), target);
        Assert.Throws<UserError>(() => CaptureWriter.Create(_scratch.File("c.db"), force: true));
        Assert.Equal("old", File.ReadAllText(target));
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/proc")]
    public void Force_replaces_no_device_and_no_directory(string path) =>
        Assert.Matches("is (a directory|not a regular file)", Assert.Throws<UserError>(() => CaptureWriter.Create(path, force: true)).Message);

    [Fact]
    public void Force_does_not_replace_what_others_own()
    {
        string path = OtherUser.File(Existing("c.db"));
        Assert.Contains("belongs to user", Assert.Throws<UserError>(() => CaptureWriter.Create(path, force: true)).Message);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_named_at_once()
    {
        UserError error = Assert.Throws<UserError>(() => CaptureWriter.Create(_scratch.File("no/c.db"), force: false));
        Assert.Contains(_scratch.File("no"), error.Message);
    }

    private string Existing(string name)
    {
        File.WriteAllText(_scratch.File(name), "old");
        return _scratch.File(name);
    }
}
