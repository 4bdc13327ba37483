using System.Diagnostics;
using System.Globalization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Core;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Source;

/// <summary>The program <c>addr2line</c> of binutils, which reads lines out of debug information.</summary>
internal static class Addr2Line
{
    private const string Program = "addr2line";
    private const int MostCharacters = 1 << 20;

    // Debug information of a whole kernel takes seconds.
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(2);

    /// <summary>The lines of each address, the innermost function first; none if the file does not know them.</summary>
    /// <param name="image">Of which file.</param>
    /// <param name="section">Of a file whose addresses count from their sections: which.</param>
    /// <param name="addresses">At least one.</param>
    /// <exception cref="UserError">The program is missing, prints far too much, or does not finish in time.</exception>
    public static List<SourceFrame>[] Lines(ElfImage image, string section, ulong[] addresses)
    {
        string[] output = Run(["-a", "-f", "-i", "-e", image.Path, .. image.IsRelocatable ? ["-j", section] : Array.Empty<string>(), .. addresses.Select(address => $"0x{address:x}")]);
        List<SourceFrame>[] lines = [.. addresses.Select(_ => new List<SourceFrame>())];

        // Each address on a line, then two lines for each function: its name, then file and line.
        int at = -1;
        for (int i = 0; i < output.Length; i++)
        {
            if (output[i].StartsWith("0x", StringComparison.Ordinal))
            {
                if (++at == lines.Length) break;
                continue;
            }

            if (at < 0 || ++i == output.Length) break;
            string place = output[i].Split(" (discriminator")[0];
            int colon = place.LastIndexOf(':');
            if (colon > 0 && int.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int line) && line > 0)
                lines[at].Add(new SourceFrame(Visible.Text(output[i - 1]), Short(place[..colon]), line));
        }

        return lines;
    }

    // Without where it was built: /build/linux-6.12/net/ipv4/udp.c.
    private static string Short(string file)
    {
        string[] roots = ["arch", "block", "crypto", "drivers", "fs", "include", "io_uring", "ipc", "kernel", "lib", "mm", "net", "security", "virt"];
        string[] parts = file.Split('/').Where(part => part != ".").ToArray();
        int first = Array.FindIndex(parts, part => roots.Contains(part));
        return Visible.Text(first < 0 ? file : string.Join('/', parts[first..]));
    }

    private static string[] Run(string[] arguments)
    {
        // By PATH alone: .NET would look into the current folder first, which may be somebody else's evidence.
        string program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists)
            ?? throw new UserError($"cannot find {Program}, which reads source lines from debug information", "Install binutils, or leave --debuginfo out.");
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new UserError($"cannot start {Program}", "Reinstall binutils, or leave --debuginfo out.");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        Task<string> output = ReadAsync(process.StandardOutput);
        bool hasEnded = output.Wait(MostTime);
        if (hasEnded && output.Result.Length < MostCharacters) return output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.Kill();
        string why = hasEnded ? $"printed more than {Bytes(MostCharacters)}" : $"did not finish within {MostTime.TotalMinutes:0} minutes";
        throw new UserError($"{Program} {why}", "The debug information may be damaged. Give another file, or leave --debuginfo out.");
    }

    private static async Task<string> ReadAsync(StreamReader reader)
    {
        char[] text = new char[MostCharacters];
        int read = await reader.ReadBlockAsync(text);
        return new string(text, 0, read);
    }
}
