using System.CommandLine;
using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture snapshot</c>.</summary>
internal static class SnapshotCommand
{
    private const string Description =
        """
        Copies the capture file FILE to OUT while a capture still writes it: OUT is one whole file with everything up to the last second. The capture
        goes on. Copying FILE and FILE-wal by other means may lose data, because the capture moves data between the two.

        Exit codes: 0 done; 2 wrong usage; 3 this host can't (the message says what to do).
        """;

    private static readonly Argument<string> File = new("FILE") { Description = "The file that a capture is writing." };

    private static readonly Argument<string> Out = new("OUT") { Description = "The file to make." };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace OUT if it is there and yours." };

    public static Command Create()
    {
        var command = new Command("snapshot", Description) { File, Out, Force };
        command.SetAction(parsed =>
        {
            var (file, output) = (parsed.GetValue(File) ?? "", parsed.GetValue(Out) ?? "");   // both are required
            CheckRoom(file, output);
            var drops = CaptureSnapshot.Take(file, output, parsed.GetValue(Force));
            Console.WriteLine($"{Printable.Of(output)} holds {drops:N0} drops so far. Copy it off this host and run: analyze {Printable.Of(Path.GetFileName(output))}");
            return (int)ExitCode.Done;
        });
        return command;
    }

    // Until it is whole, the copy takes twice its room. A disk that it fills would end the capture.
    private static void CheckRoom(string file, string output)
    {
        var needed = 2 * new[] { file, $"{file}-wal" }.Select(each => new FileInfo(each)).Sum(each => each.Exists ? each.Length : 0);
        if (FreeDisk.Of(output) is not { } disk || !disk.IsShort(needed)) return;
        throw new UserError(
            $"making {Printable.Of(output)} needs {Math.Max(needed >> 20, 1)} MiB, which would leave less than {Math.Max(disk.Left >> 20, 1)} MiB free on its file system",
            "Name a file on a larger file system.");
    }
}
