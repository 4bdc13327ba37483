using System.Diagnostics;
using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Display;
using DropForensics.Core;

namespace DropForensics.Analyze.Lake;

/// <summary>
/// Asks DuckDB, which is a program of its own (the package DropForensics.Lake): `analyze` would weigh several times as much with it.
/// </summary>
/// <param name="lake">The lake.</param>
/// <param name="program">See <see cref="Find()"/>.</param>
internal sealed class LakeQuery(LakeFolder lake, string program)
{
    /// <summary>The name of the program.</summary>
    public const string Program = "analyze-lake";

    private const int Refused = 2;

    /// <summary>Where the program is: beside this one, or in a folder of PATH.</summary>
    /// <exception cref="UserError">It is not installed.</exception>
    public static string Find() => Find(
        [Path.GetDirectoryName(Environment.ProcessPath) ?? "", AppContext.BaseDirectory, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)]);

    /// <inheritdoc cref="Find()"/>
    /// <param name="folders">Where it is looked for.</param>
    internal static string Find(IEnumerable<string> folders)
    {
        string name = OperatingSystem.IsWindows() ? Program + ".exe" : Program;
        return folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new UserError(
                $"questions need DuckDB, which is a package of its own: there is no {Program} beside `analyze`, nor in a folder of PATH",
                "Install it: dotnet tool install --global DropForensics.Lake. Or ask another engine: docs/lake.md has the statements.");
    }

    /// <summary>Asks, and gives the answer row by row.</summary>
    /// <param name="sql">One statement or more.</param>
    /// <param name="columns">Receives the names and types of the columns, once.</param>
    /// <param name="row">Receives each row; false: no more are wanted.</param>
    /// <param name="stop">Ends the program.</param>
    /// <exception cref="UserError">DuckDB refuses the statement.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public void Ask(string sql, Action<string[], string[]> columns, Func<JsonElement[], bool> row, CancellationToken stop)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using Process process = Process.Start(start) ?? throw new UserError($"{program} did not start", "Install it again: dotnet tool install --global DropForensics.Lake.");
        using CancellationTokenRegistration kill = stop.Register(() => End(process));
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        Write(process, JsonSerializer.Serialize(new { directory = lake.FullName, setup = LakeViews.Of(lake), query = sql }));
        bool isEnough = Read(process.StandardOutput, columns, row);
        if (isEnough) End(process);
        process.WaitForExit();
        stop.ThrowIfCancellationRequested();
        if (isEnough || process.ExitCode == 0) return;
        string why = Visible.Lines(errors.GetAwaiter().GetResult()).Trim();
        throw process.ExitCode == Refused ? new UserError($"DuckDB refuses: {why}", "`analyze lake DIR 'DESCRIBE drops'` lists columns; docs/lake.md has the tables.", ExitCode.Usage)
            : new UserError($"{Program} failed: {why}", "If it is of another version than `analyze`, install both again.", ExitCode.Failed);
    }

    private static void Write(Process process, string request)
    {
        try
        {
            process.StandardInput.Write(request);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read: its exit code and what it said follow.
        }
    }

    private static bool Read(StreamReader output, Action<string[], string[]> columns, Func<JsonElement[], bool> row)
    {
        if (Line(output) is not { } names || Line(output) is not { } types) return false;
        columns(Array.ConvertAll(names, name => name.ToString()), Array.ConvertAll(types, type => type.ToString()));
        while (Line(output) is { } values)
        {
            if (!row(values)) return true;
        }

        return false;
    }

    private static JsonElement[]? Line(StreamReader output) =>
        output.ReadLine() is { } line ? [.. JsonDocument.Parse(line).RootElement.EnumerateArray()] : null;

    private static void End(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
