using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Store;

/// <summary>What the system refuses is told in plain English, with one remedy; the framework's words and the system's numbers stay out.</summary>
public sealed class FileTroubleTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    [Theory]
    [InlineData(28, "its file system is full", "Free some space there")]
    [InlineData(122, "your disk quota is used up", "Free some space there")]
    [InlineData(30, "its file system is read-only", "another file system")]
    [InlineData(20, "a part of the path is a file and not a directory", "another place")]
    [InlineData(36, "the name is too long", "shorter")]
    [InlineData(40, "its symbolic links form a loop", "another place")]
    [InlineData(24, "too many files are open", "ulimit -n")]
    [InlineData(5, "the disk reports an error", "dmesg")]
    [InlineData(13, "you have no permission to write in ", "--output")]
    public void Errors_of_the_system_are_told_in_plain_English(int number, string why, string remedy)
    {
        string path = _scratch.File("x.db");
        UserError told = FileTrouble.Creating(path, FileTrouble.OfNumber(number, "errno"));

        Assert.StartsWith($"cannot create {path}: {why}", told.Message);
        Assert.Contains(remedy, told.Remedy);
        Assert.Equal(ExitCode.Unable, told.ExitCode);
    }

    [Fact]
    public void A_database_that_fills_the_disk_is_no_other_case() =>
        Assert.Equal("cannot write x.db: its file system is full", FileTrouble.Writing("x.db", new CaptureWriteException("x.db", 13, "database or disk is full")).Message);

    [Fact]
    public void What_cannot_be_read_is_told_by_what_it_is()
    {
        Assert.EndsWith(": it is a directory", Reading(_scratch.FullName));
        Assert.EndsWith(": there is no such file", Reading(_scratch.File("none")));
        Assert.EndsWith(": there is no such file", Reading(_scratch.File("none/none")));
    }

    [Fact]
    public void A_missing_directory_is_told_apart_from_a_file_in_its_place()
    {
        File.WriteAllText(_scratch.File("file"), "");

        Assert.EndsWith($"there is no directory {_scratch.File("no")}", Assert.Throws<UserError>(() => FileTrouble.RequireDirectoryOf(_scratch.File("no/x.db"))).Message);
        Assert.EndsWith($"{_scratch.File("file")} is a file and not a directory", Assert.Throws<UserError>(() => FileTrouble.RequireDirectoryOf(_scratch.File("file/a/x.db"))).Message);
        FileTrouble.RequireDirectoryOf(_scratch.File("x.db"));
    }

    [Fact]
    public void A_directory_is_no_place_for_a_file()
    {
        UserError told = Assert.Throws<UserError>(() => NewFile.MayGo(_scratch.FullName, force: true));

        Assert.Equal(($"{_scratch.FullName} is a directory", "Choose a file in it with --output."), (told.Message, told.Remedy));
    }

    public void Dispose() => _scratch.Dispose();

    private static string Reading(string path)
    {
        try
        {
            File.OpenRead(path).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return FileTrouble.Reading(path, error, "").Message;
        }

        return "";
    }
}
