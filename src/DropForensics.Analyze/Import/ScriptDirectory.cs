using System.Globalization;
using System.Text;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Analyze.Import;

/// <summary>
/// The directory of a <c>capture script</c>: <c>capture</c> (its description, KEY=VALUE lines), <c>clock</c>, <c>trace/cpuN</c> (what each CPU's
/// trace_pipe printed), <c>before</c> and <c>after</c> (host files), <c>witness</c> (counters of the instance without a reader).
/// </summary>
internal sealed class ScriptDirectory
{
    private const string FirstLine = "drop capture by shell, layout 1";

    // BTF has 5 to 10 MB; everything else is far smaller.
    private const long LargestFile = 64L << 20;

    private readonly string _path;
    private readonly Dictionary<string, string> _entries = [];

    private ScriptDirectory(string path) => _path = path;

    /// <summary>Checks that it is one.</summary>
    /// <exception cref="UserError">It is not one, or has another layout.</exception>
    public static ScriptDirectory Open(string path)
    {
        var directory = new ScriptDirectory(path);
        string[] lines = Encoding.UTF8.GetString(directory.TryRead("capture") ?? []).Split('\n');
        if (lines[0] != FirstLine)
        {
            throw lines[0].StartsWith("drop capture by shell", StringComparison.Ordinal)
                ? directory.Malformed($"its layout is not one that this program reads ('{lines[0]}')", "Use the `analyze` of the version that made the script.")
                : directory.Malformed("its file 'capture' is missing, or no script wrote it", "Give the directory that the script of `capture script` left, or a file with trace text.");
        }

        foreach (string line in lines.Skip(1))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                directory._entries[line[..equals]] = line[(equals + 1)..];
            }
        }

        if (directory.Ns("opened_s") is null)
        {
            throw directory.Malformed("its window never opened: the script was ended before", "Run the script again.");
        }

        return directory;
    }

    /// <summary>An entry of <c>capture</c>; null if it is missing or empty.</summary>
    public string? Entry(string key) => _entries.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;

    /// <summary>An entry that is a whole number; null if it is missing or not a number.</summary>
    public long? Number(string key) => long.TryParse(Entry(key), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>An entry in seconds, as ns.</summary>
    public long? Ns(string key) => Entry(key) is { } text ? Nanoseconds(text) : null;

    /// <summary>Each CPU's stream, by number.</summary>
    public IReadOnlyList<(int Cpu, string Path)> Traces => [.. Files("trace")
        .Where(name => name.StartsWith("cpu", StringComparison.Ordinal) && int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .Select(name => (Cpu: int.Parse(name.AsSpan(3), CultureInfo.InvariantCulture), Path.Combine(_path, "trace", name))).OrderBy(trace => trace.Cpu)];

    /// <summary>The readings of the clocks in order; the trace clock is the middle of its two values. Other lines are skipped.</summary>
    public IEnumerable<ClockReading> Clock()
    {
        foreach (string line in Lines("clock"))
        {
            // Trace clock, uptime, time of day, trace clock again: 2675.194524 2675.19 1795675091.143441176 2675.202641
            if (line.Split(' ').Select(Nanoseconds).ToArray() is not [{ } first, { } boot, { } real, { } last])
            {
                continue;
            }

            // The uptime has steps of 10 ms, and a reading takes some: a smaller difference is not a suspend.
            long mono = first + ((last - first) / 2);
            yield return new ClockReading(mono, Math.Abs(boot - mono) < 50_000_000 ? mono : boot, real);
        }
    }

    /// <summary>The <c>stats</c> of each CPU's ring; empty if the file is missing.</summary>
    /// <param name="file"><c>before/stats</c>, <c>witness/after</c> …</param>
    public IReadOnlyList<(int Cpu, byte[] Content)> Stats(string file)
    {
        // A line with the CPUs in order, "cpus 0 1 10", then one ring's counters after the other.
        string text = Encoding.ASCII.GetString(TryRead(file) ?? []);
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || !text.StartsWith("cpus ", StringComparison.Ordinal))
        {
            return [];
        }

        string[] cpus = text[5..end].Split(' ');
        string[] rings = text[end..].Split("\nentries: ").Skip(1).Select(ring => $"entries: {ring.TrimEnd('\n')}\n").ToArray();
        if (cpus.Length != rings.Length)
        {
            return [];
        }

        return [.. cpus.Zip(rings)
            .Where(pair => int.TryParse(pair.First, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(pair => (int.Parse(pair.First, CultureInfo.InvariantCulture), Encoding.ASCII.GetBytes(pair.Second)))];
    }

    /// <summary>Records that each CPU's ring had been written when a file of counters was made; null if a counter is missing.</summary>
    public IReadOnlyList<(int Cpu, long Records)>? Written(string file)
    {
        var rings = Stats(file).Select(ring => (ring.Cpu, RingStats.TryParse(ring.Content)?.Written)).ToList();
        return rings.Count == 0 || rings.Any(ring => ring.Written is null) ? null : [.. rings.Select(ring => (ring.Cpu, ring.Written!.Value))]; // none is null
    }

    /// <summary>Names of the entries of a directory; empty if it does not exist.</summary>
    public IEnumerable<string> Files(string directory)
    {
        string path = Path.Combine(_path, directory);
        return Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)) : [];
    }

    /// <summary>The lines of a file; none if the file is missing.</summary>
    public IEnumerable<string> Lines(string file) => Encoding.UTF8.GetString(TryRead(file) ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A whole file; null if it is missing or empty.</summary>
    /// <exception cref="UserError">It is not a regular file, too large, or not readable.</exception>
    public byte[]? TryRead(string file)
    {
        string path = Path.Combine(_path, file);
        if (!Path.Exists(path))
        {
            return null;
        }

        using FileStream stream = OpenRegular(path);
        if (stream.Length > LargestFile)
        {
            throw Malformed($"{file} is larger than anything a script keeps", "Copy the directory again.");
        }

        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content.Length > 0 ? content : null;
    }

    /// <summary>Opens a regular file of it, never a link or a pipe.</summary>
    public FileStream OpenRegular(string path)
    {
        if (!RegularFile.Is(path))
        {
            throw Malformed($"{path} is not a regular file", "Copy the directory again.");
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Reading(path, error, "Copy the directory as the user who is to read it.");
        }
    }

    // More do not fit a long in ns.
    private const long MostSeconds = (long.MaxValue / 1_000_000_000) - 1;

    /// <summary>ns from seconds with up to nine decimals, without floating point; null for anything else.</summary>
    internal static long? Nanoseconds(string text)
    {
        string[] parts = text.Trim().Split('.');
        if (parts.Length > 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            return null;
        }

        string decimals = parts.Length == 2 ? parts[1] : "0";
        return seconds <= MostSeconds && decimals.Length is > 0 and <= 9 && long.TryParse(decimals.PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out long fraction)
            ? (seconds * 1_000_000_000) + fraction : null;
    }

    private UserError Malformed(string why, string remedy) => new($"cannot import {_path}: {why}", remedy);
}
