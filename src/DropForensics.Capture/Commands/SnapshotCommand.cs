using System.CommandLine;
using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Commands;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture snapshot</c>.</summary>
internal static class SnapshotCommand
{
    private const string Description =
        """
        Copies a capture that is still running into one whole file.

        OUT holds everything up to the last second, and the capture goes on. Copying FILE and FILE-wal by other means may lose data, because the capture
        moves data between the two.

        Exit codes: 0 done; 2 invalid arguments; 3 this host cannot do it (the message says what to do).
        """;

    private static readonly Argument<string> File = new("FILE") { Description = "The file that a capture is writing." };

    private static readonly Option<string?> Output = SharedOptions.Output<string>("The file to create.", "OUT");

    private static readonly Argument<string?> Name = new("OUT") { Description = "The file to create, as with --output; older scripts use this form.", Arity = ArgumentArity.ZeroOrOne, Hidden = true };

    private static readonly Option<bool> Force = SharedOptions.Force("Replace an existing file that you own.");

    public static Command Create()
    {
        var command = new Command("snapshot", Description) { File, Name, Output, Force };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Name) is null == result.GetValue(Output) is null) result.AddError("snapshot needs exactly one name for the new file: capture snapshot FILE -o OUT");
        });
        command.SetAction(parsed =>
        {
            (string? file, string? output) = (parsed.GetValue(File) ?? "", parsed.GetValue(Output) ?? parsed.GetValue(Name) ?? "");   // the first is required, and one of the others by the validator
            CheckRoom(file, output);
            long drops = CaptureSnapshot.Take(file, output, parsed.GetValue(Force));
            Console.WriteLine($"{Printable.Of(output)} holds {drops:N0} drops so far. Copy it off this host and run: analyze {Printable.Of(Path.GetFileName(output))}");
            return (int)ExitCode.Done;
        });
        return command;
    }

    // Until it is complete, the copy takes twice its size. Filling the disk would end the capture.
    private static void CheckRoom(string file, string output)
    {
        long needed = 2 * new[] { file, $"{file}-wal" }.Select(each => new FileInfo(each)).Sum(each => each.Exists ? each.Length : 0);
        if (FreeDisk.Of(output) is not { } disk || !disk.IsShort(needed)) return;
        throw new UserError(
            $"making {Printable.Of(output)} needs {Math.Max(needed >> 20, 1)} MiB, which would leave less than {Math.Max(disk.Left >> 20, 1)} MiB free on its file system",
            "Choose a file on a larger file system with --output.");
    }
}
