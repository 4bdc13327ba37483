using System.Buffers.Binary;
using DropForensics.Core;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Collect;

/// <summary>What runs on the hosts: the agent for each kind of machine, or one shell script for all.</summary>
internal sealed class RemoteProgram
{
    // e_machine of an ELF header, and what `uname -m` prints there.
    private static readonly Dictionary<int, string> Machines = new() { [62] = "x86_64", [183] = "aarch64" };

    private readonly Dictionary<string, byte[]> _agents = [];
    private readonly byte[]? _script;

    /// <exception cref="UserError">A file is missing, or not what it is given for.</exception>
    public RemoteProgram(CollectOptions options)
    {
        if (options.Script is { } script)
        {
            _script = ToHere(File.ReadAllText(Existing(script)), script);
            Command = "sh ./program";
            return;
        }

        foreach (string path in options.Agents.Count > 0 ? options.Agents : Beside())
        {
            byte[] agent = File.ReadAllBytes(Existing(path));
            if (agent.Length < 20 || !agent.AsSpan().StartsWith("\u007FELF"u8) || !Machines.TryGetValue(BinaryPrimitives.ReadUInt16LittleEndian(agent.AsSpan(18)), out string? machine))
                throw new UserError($"{Display.Visible.Text(path)} is no program for Linux on x86-64 or arm64", "Give the published `capture` with --agent.", ExitCode.Usage);
            _agents[machine] = agent;
        }

        Command = string.Join(' ', new[] { "./program" }.Concat(options.Capture.Select(ShellText.Quote)).Append("-o").Append("result"));
    }

    /// <summary>The command that is run in the directory with the program, for a shell.</summary>
    public string Command { get; }

    /// <summary>Whether what it leaves is a directory.</summary>
    public bool MakesDirectory => _script is not null;

    /// <summary>The program for a kind of machine; null if there is none.</summary>
    /// <param name="machine">As <c>uname -m</c> prints it.</param>
    public byte[]? For(string machine) => _script ?? _agents.GetValueOrDefault(machine);

    /// <summary>Where a release's archives and packages put it: beside this program, or in PATH.</summary>
    private static List<string> Beside()
    {
        string[] folders = [Path.GetDirectoryName(Environment.ProcessPath) ?? "", AppContext.BaseDirectory, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)];
        List<string> found = [.. folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, "capture")).Where(File.Exists).Take(1)];
        return found.Count > 0 ? found : throw new UserError(
            "there is no `capture` beside `analyze`, nor in a folder of PATH", "Name it with --agent, once for x86-64 and once for arm64 if there are hosts of both.", ExitCode.Usage);
    }

    private static string Existing(string path) => File.Exists(path) ? path : throw new UserError($"{Display.Visible.Text(path)} does not exist", "Check the path.", ExitCode.Usage);

    /// <summary>The script with another place for what it makes.</summary>
    private static byte[] ToHere(string script, string path)
    {
        string[] lines = script.Split('\n');
        int at = Array.FindIndex(lines, line => line.StartsWith("output=", StringComparison.Ordinal));
        if (at < 0) throw new UserError($"{Display.Visible.Text(path)} is not what `capture script` prints", "Make it with: capture script --duration 60s > FILE", ExitCode.Usage);
        lines[at] = "output=\"$PWD/result\"";
        return System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }
}
