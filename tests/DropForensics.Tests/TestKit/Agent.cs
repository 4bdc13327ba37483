using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace DropForensics.Tests.TestKit;

/// <summary>The agent as a user runs it: the published executable named by DROPFORENSICS_CAPTURE, else the one just built.</summary>
internal static class Agent
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>The published native executable to use in place of the one just built; null where none is named.</summary>
    public static string? Native => Environment.GetEnvironmentVariable("DROPFORENSICS_CAPTURE") is { Length: > 0 } path ? Path.GetFullPath(path) : null;

    /// <summary>The native executable; skips the test where nobody has published it.</summary>
    public static string Published()
    {
        var path = Native ?? Repository.At("dist", "capture");
        Requires.That(File.Exists(path), "no published agent: dotnet publish src/DropForensics.Capture -o dist");
        return path;
    }

    /// <summary>Program and first arguments.</summary>
    public static string[] Command => Native is { } native ? [native] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "capture.dll")];

    /// <summary>Runs a capture around <paramref name="traffic"/>: the window is open when it begins, and is ended by SIGINT after it.</summary>
    public static Finished Around(LiveHost host, Action traffic, params string[] arguments) => Around(host, traffic, "INT", arguments);

    /// <summary>The same, ended by another signal, or by its duration where <paramref name="signal"/> is null.</summary>
    public static Finished Around(LiveHost host, Action traffic, string? signal, string[] arguments)
    {
        using var process = host.Start([.. Command, .. arguments]);
        return Around(process, traffic, signal);
    }

    /// <summary>The same for an agent already started.</summary>
    public static Finished Around(Process process, Action traffic, string? signal = null)
    {
        var said = AwaitOpenWindow(process);
        traffic();
        if (signal is not null) Signal(process, signal);
        var finished = Shell.Wait(process);
        return finished with { Errors = said + finished.Errors };
    }

    /// <summary>The document of <c>capture --json</c>.</summary>
    public static JsonElement Json(Finished finished)
    {
        try
        {
            return JsonDocument.Parse(finished.Output).RootElement;
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"no JSON: {finished}", e);
        }
    }

    public static void Signal(Process process, string signal) =>
        Shell.Run("kill", $"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>The agent says "Recording …" as soon as the gate is open.</summary>
    public static string AwaitOpenWindow(Process process)
    {
        var said = "";
        using var late = new Timer(_ => process.Kill(), null, Deadline, Timeout.InfiniteTimeSpan);
        while (process.StandardError.ReadLine() is { } line)
        {
            said += line + "\n";
            if (line.StartsWith("Recording ", StringComparison.Ordinal)) return said;
        }

        throw new InvalidOperationException($"the window never opened: {said}");
    }
}
