using DropForensics.Analyze.Commands;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Commands;

/// <summary>The program as it is run, where the system refuses a file: one cause in plain English, one remedy, exit code 3, and nothing left.</summary>
public sealed class RefusedFileTests : IDisposable
{
    // A tmpfs in a mount namespace of the test's own: full, or read-only.
    private static readonly string[] Apart = ["--mount", "--propagation", "private", "sh", "-uc"];
    private static readonly string Example = Repository.At("fixtures", "captures", "example.db");
    private static readonly string Analyze = $"dotnet {typeof(CommandRunner).Assembly.Location}";

    private readonly ScratchDirectory _scratch = new();

    [Theory]
    [InlineData("{0} {1} -o {2}/r", "cannot write {2}/r/report.html: its file system is full.", "Free some space there")]
    [InlineData("{0} export {1} --format csv -o {2}/x.csv", "cannot write {2}/x.csv: its file system is full.", "Free some space there")]
    [InlineData("{0} export {1} --format csv > {2}/x.csv", "cannot write the result: its file system is full.", "Free some space there")]
    [InlineData("{0} redact {1} -o {2}/x.db", "cannot create {2}/x.db: its file system is full.", "Free some space there")]
    public void A_full_file_system(string command, string says, string remedy) =>
        Check($"mount -t tmpfs -o size=64k none {Place}; head -c 60000 /dev/zero >{Place}/others", command, says, remedy);

    [Theory]
    [InlineData("{0} {1} -o {2}/r", "cannot create {2}/r: its file system is read-only.", "another file system")]
    [InlineData("{0} export {1} --format csv -o {2}/x.csv", "cannot create {2}/x.csv: its file system is read-only.", "another file system")]
    [InlineData("{0} redact {1} -o {2}/x.db", "cannot create {2}/x.db: its file system is read-only.", "another file system")]
    public void A_file_system_that_is_read_only(string command, string says, string remedy) => Check($"mount -t tmpfs -o ro none {Place}", command, says, remedy);

    [Theory]
    [InlineData("{0} {2}", "{2} has no captures in it: no file ends in .db.", "Give a folder with captures, or their files.")]
    [InlineData("{0} {2}/none.db", "cannot open {2}/none.db: there is no such file.", "Give a file that `capture` or `analyze import` wrote.")]
    [InlineData("{0} export {1} --format csv -o {2}", "{2} is a directory.", "Choose a file in it with --output.")]
    [InlineData("{0} redact {1} -o {2}", "{2} is a directory.", "Choose a file in it with --output.")]
    [InlineData("{0} redact {1} -o {2}/none/x.db", "cannot create {2}/none/x.db: there is no directory {2}/none.", "Create the directory first")]
    [InlineData("{0} {1} -o {1}", "{1} is a file, but a folder is needed there.", "Choose another folder with --output.")]
    [InlineData("{0} redact {1} -o {3}", "{3} exists already.", "Choose another file with --output, or replace this one with --force.")]
    public void A_name_of_the_wrong_kind(string command, string says, string remedy) => Check(":", command, says, remedy);

    public void Dispose() => _scratch.Dispose();

    private string Place => _scratch.File("place");

    private void Check(string prepare, string command, string says, string remedy)
    {
        Directory.CreateDirectory(Place);
        string At(string text) => string.Format(text, Analyze, Example, Place, _scratch.File("theirs.db"));
        File.WriteAllText(_scratch.File("theirs.db"), "");
        if (prepare != ":") Requires.That(Shell.Run("unshare", [.. Apart, $"mount -t tmpfs none {Place}"]).ExitCode == 0, "nothing may be mounted here");

        Finished refused = prepare == ":" ? Shell.Run("sh", "-uc", At(command)) : Shell.Run("unshare", [.. Apart, $"{prepare}; {At(command)}"]);

        Assert.True(refused.ExitCode == 3, refused.ToString());
        Assert.Contains(At(says), refused.Errors);
        Assert.Contains(remedy, refused.Errors);
        Assert.Equal(2, refused.Errors.TrimEnd().Split('\n').Length);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Place));
    }
}
