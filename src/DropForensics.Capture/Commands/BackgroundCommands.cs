using System.CommandLine;
using System.Text.Json;
using DropForensics.Capture.Background;
using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Commands;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture start</c>, <c>status</c> and <c>stop</c>: a capture that goes on when its terminal is closed.</summary>
internal static class BackgroundCommands
{
    private const string StartDescription =
        """
        Starts a capture in the background: it goes on when you log out.

        It takes the options of `capture`, and returns as soon as drops are recorded. `capture status` says how it goes, and `capture stop` ends it.

        Exit codes: 0 it records; else those of `capture`, which ended before it could record.
        """;

    private const string StatusDescription =
        """
        Shows the captures in the background: how long they have recorded, how many drops, what the most frequent reason is.

        Those that have ended are listed until `capture stop` has shown their result.

        Exit codes: 0 done; 2 invalid arguments.
        """;

    private const string StopDescription =
        """
        Ends a capture in the background as Ctrl-C does, waits until its file is whole, and prints its result.

        One that has ended by itself has its result printed. Afterwards `capture status` does not list it any more.

        Exit codes: those of the capture; 2 invalid arguments, or there is no such capture; 3 this host cannot do it (the message says what to do).
        """;

    // A guard takes two at most.
    private static readonly TimeSpan MostWaitForGuard = TimeSpan.FromSeconds(3);

    private static readonly Option<bool> Json = SharedOptions.Json("text");

    private static readonly Argument<string?> File = new("FILE")
    {
        Description = "The file that it was asked for. Not needed where there is one capture only.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command CreateStart()
    {
        var command = new Command("start", StartDescription);
        CaptureCommand.AddOptionsTo(command);
        command.SetAction(parsed =>
        {
            if (BackgroundCapture.Start(new HostRoot(), CaptureCommand.WordsOf(parsed), out int code) is not { } capture) return code;
            Console.WriteLine($"It goes on in the background. To see how: capture status. To end it: capture stop {Shown(capture.Status?.File ?? "")}");
            return (int)ExitCode.Done;
        });
        return command;
    }

    public static Command CreateStatus()
    {
        var command = new Command("status", StatusDescription) { Json };
        command.SetAction(parsed =>
        {
            IReadOnlyList<BackgroundCapture> all = BackgroundCapture.All(new HostRoot());
            if (parsed.GetValue(Json)) WriteJson(all);
            else WriteText(all);
            return (int)ExitCode.Done;
        });
        return command;
    }

    public static Command CreateStop()
    {
        var command = new Command("stop", StopDescription) { File };
        command.SetAction(parsed =>
        {
            BackgroundCapture capture = Choose(BackgroundCapture.All(new HostRoot()), parsed.GetValue(File));
            if (capture.Status is not { } last) return (int)ExitCode.Done;   // another command has shown its result
            capture.Stop();
            Console.Error.Write(capture.LogText);
            Console.Write(capture.ResultText);
            int? code = (capture.Status ?? last).ExitCode;
            if (code is null) SayKilled(last.File);
            capture.Remove();
            return code ?? (int)ExitCode.Incomplete;
        });
        return command;
    }

    /// <summary>Waits for its guard, which makes the file whole, and says where that is.</summary>
    private static void SayKilled(string asked)
    {
        string[] files = Directory.Exists(asked + CaptureParts.FolderSuffix) ? Directory.GetFiles(asked + CaptureParts.FolderSuffix, "*.db") : [asked];
        bool isWhole = SpinWait.SpinUntil(() => !files.Any(file => System.IO.File.Exists(file + "-wal")), MostWaitForGuard);
        string shown = Shown(files is [var only] && only == asked ? asked : asked + CaptureParts.FolderSuffix);
        Console.WriteLine($"It was killed. What it had recorded is in {shown}{(isWhole ? "" : ", part of it in a file with -wal behind its name: copy that first. `capture cleanup` removes what is left in tracefs")}");
    }

    private static BackgroundCapture Choose(IReadOnlyList<BackgroundCapture> all, string? file)
    {
        if (all.Count == 0) throw new UserError("no capture was started in the background", "Start one with: capture start", ExitCode.Usage);
        BackgroundCapture[] named = file is null ? [.. all] : [.. all.Where(each => IsOf(each.Status?.File, file))];
        BackgroundCapture[] running = [.. named.Where(each => each.IsRunning)];
        if (running is [var only]) return only;
        if (named.Length > 0 && running.Length == 0 && named.Select(each => each.Status?.File).Distinct().Count() == 1) return named[^1];   // the later one of those that wrote one file
        throw new UserError(
            file is null ? "there is more than one capture in the background"
            : named.Length == 0 ? $"no capture in the background writes {Printable.Of(file)}" : $"more than one capture was started for {Printable.Of(file)}",
            $"Name one: {string.Join(", ", all.Select(each => Shown(each.Status?.File ?? "")).Distinct())}", ExitCode.Usage);
    }

    private static bool IsOf(string? started, string file)
    {
        string asked = file.TrimEnd('/');
        if (asked.EndsWith(CaptureParts.FolderSuffix, StringComparison.Ordinal)) asked = asked[..^CaptureParts.FolderSuffix.Length];
        return started == Path.GetFullPath(asked) || Path.GetFileName(started) == asked;
    }

    /// <summary>A path as a word of a command.</summary>
    private static string Shown(string path) => Printable.Of(ShellText.Word(path));

    private static string StateOf(BackgroundCapture capture, BackgroundStatus status) =>
        capture.IsRunning ? (status.IsEnding ? "ending" : "recording") : status.ExitCode is null ? "killed" : "ended";

    private static void WriteText(IReadOnlyList<BackgroundCapture> all)
    {
        if (all.Count == 0) Console.WriteLine("No capture was started in the background.");
        foreach (BackgroundCapture capture in all)
        {
            if (capture.Status is not { } status) continue;
            string state = StateOf(capture, status);
            string file = Shown(status.File);
            string lost = status.Lost == 0 ? "" : $", {status.Lost:N0} lost";
            string top = status.TopReason is { } reason ? $", above all {Printable.Of(reason)}" : "";
            Console.WriteLine($"{file}: {(status.ExitCode is { } code ? $"ended with exit code {code}" : state)}, {TimeSpan.FromSeconds(status.Seconds):g}, {status.Drops:N0} drops{(state == "recording" ? $" ({status.Rate:N0} in the last second)" : "")}{lost}{top}");
            Console.WriteLine($"  {(state is "recording" or "ending" ? "To end it" : "For its result")}: capture stop {file}");
        }
    }

    /// <summary>The document of <c>--json</c>; names stay.</summary>
    private static void WriteJson(IReadOnlyList<BackgroundCapture> all)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (BackgroundCapture capture in all)
            {
                if (capture.Status is not { } status) continue;
                json.WriteStartObject();
                json.WriteString("file", status.File);
                json.WriteString("state", StateOf(capture, status));
                json.WriteString("begun", status.Begun);
                json.WriteNumber("seconds", status.Seconds);
                json.WriteNumber("drops", status.Drops);
                json.WriteNumber("drops_last_second", status.Rate);
                json.WriteNumber("lost", status.Lost);
                json.WriteString("top_reason", status.TopReason);
                if (status.ExitCode is { } code) json.WriteNumber("exit_code", code);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        Console.WriteLine(JsonText.Readable(System.Text.Encoding.UTF8.GetString(bytes.ToArray())));
    }
}
