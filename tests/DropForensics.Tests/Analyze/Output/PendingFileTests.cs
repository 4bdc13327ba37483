using DropForensics.Analyze.Export;
using DropForensics.Analyze.Import;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Redact;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Output;

public sealed class PendingFileTests : IDisposable
{
    // A directory in which nobody makes a file, root neither.
    private const string Nowhere = "/proc/out";

    private static readonly string Packets = Repository.At("fixtures", "captures", "packets.db");

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Where_no_file_can_be_made_the_message_has_the_name_that_was_asked_for()
    {
        Action[] made =
        [
            () => RedactJob.Run(Packets, Nowhere, TextWriter.Null, CancellationToken.None),
            () => ImportJob.Run(new ImportOptions("-", Nowhere, Force: false, Format: null), () => Stream.Null, TextWriter.Null, TextWriter.Null, CancellationToken.None),
            () => ExportJob.Run(new ExportOptions(Packets, ExportFormat.Csv, Nowhere, false, false), () => Stream.Null, false, TextWriter.Null, CancellationToken.None),
            () => new OutputFolder("/proc", ["out"]).Dispose(),
        ];
        foreach (Action make in made)
        {
            string message = Assert.Throws<UserError>(make).Message;
            Assert.Contains(Nowhere, message);
            Assert.DoesNotContain("/.out", message);
        }
    }

    [Fact]
    public void An_error_of_writing_has_it_too_with_the_cause_in_plain_English()
    {
        using var file = new PendingFile(_scratch.File("out"));
        var full = new IOException($"no room for {file.Part}") { HResult = 28 };
        UserError told = Assert.Throws<UserError>(() => file.Named<int>(() => throw full));
        Assert.Equal($"cannot write {_scratch.File("out")}: its file system is full", told.Message);
        Assert.Contains("no permission", Assert.Throws<UserError>(() => file.Named<int>(() => throw new UnauthorizedAccessException(file.Part))).Message);
        Assert.Throws<IOException>(() => file.Named<int>(() => throw new IOException("of another file")));
        Assert.Equal(ExitCode.Usage, Assert.Throws<UserError>(() => file.Named<int>(() => throw new UserError(file.Part, "", ExitCode.Usage))).ExitCode);
    }

    [Fact]
    public void What_cannot_be_taken_away_is_no_second_error()
    {
        Directory.CreateDirectory(_scratch.File("folder"));
        var file = new PendingFile(Path.Combine(_scratch.File("folder"), "out"));
        file.Open();
        Directory.Delete(_scratch.File("folder"), recursive: true);
        file.Dispose();
        Assert.Empty(_scratch.Names);
    }
}
