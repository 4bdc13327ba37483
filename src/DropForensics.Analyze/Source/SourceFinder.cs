using System.Diagnostics;
using System.Globalization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Core;

namespace DropForensics.Analyze.Source;

/// <summary>
/// Finds the lines of the kernel's source at which packets were dropped, by debug information of the very kernel that was captured: a file (vmlinux, a module's
/// <c>.debug</c>), or a folder of them as debuginfod's cache and <c>/usr/lib/debug</c> are. The program <c>addr2line</c> of binutils reads the lines.
/// </summary>
internal static class SourceFinder
{
    private const int MostSites = 20, MostFiles = 20_000;

    /// <summary>The facts with the lines of the source at which the sites with the most drops are.</summary>
    /// <param name="facts">Of the capture.</param>
    /// <param name="path">The file, or the folder.</param>
    /// <exception cref="UserError">There is no such file, it is of another kernel, or the program is missing.</exception>
    public static CaptureFacts AddTo(CaptureFacts facts, string path)
    {
        Dictionary<SourcePlace, IReadOnlyList<SourceFrame>> lines = Find(facts, path);
        return facts with { Sites = [.. facts.Sites.Select(site => site with { Source = site.Places.Select(lines.GetValueOrDefault).FirstOrDefault(found => found is not null) })] };
    }

    private static Dictionary<SourcePlace, IReadOnlyList<SourceFrame>> Find(CaptureFacts facts, string path)
    {
        IReadOnlyDictionary<string, string> ids = facts.Host.ModuleBuildIds;
        if (ids.Count == 0)
        {
            throw new UserError(
                "the capture has no build ids, so nobody can tell which debug information fits",
                facts.Capture.IsImport ? "Text that was imported has none; a capture of `capture` has." : "Capture again with this version, and without --no-host-state.");
        }

        List<SourcePlace> places = [.. facts.Sites.SelectMany(site => site.Places).Distinct().Take(MostSites)];
        Dictionary<string, ElfImage> images = Images(path, ids);
        var lines = new Dictionary<SourcePlace, IReadOnlyList<SourceFrame>>();
        foreach (IGrouping<string, SourcePlace> module in places.GroupBy(place => place.Module ?? "kernel"))
        {
            if (!images.TryGetValue(module.Key, out ElfImage? image)) continue;
            IReadOnlyDictionary<string, (ulong Address, string Section)> functions = image.Functions(module.Select(place => place.Symbol).ToHashSet());
            foreach (SourcePlace place in module)
            {
                // A frame holds the address behind the call.
                if (functions.TryGetValue(place.Symbol, out (ulong Address, string Section) function)
                    && Lines(image, function.Section, function.Address + (ulong)Math.Max(0, place.Offset - 1)) is { Count: > 0 } found)
                {
                    lines[place] = found;
                }
            }
        }

        return lines;
    }

    // By module; "kernel" is the kernel.
    private static Dictionary<string, ElfImage> Images(string path, IReadOnlyDictionary<string, string> ids)
    {
        var images = new Dictionary<string, ElfImage>();
        if (Directory.Exists(path))
        {
            Dictionary<string, string> modules = ids.GroupBy(each => each.Value).ToDictionary(same => same.Key, same => same.First().Key);
            foreach (string file in Candidates(path, ids))
            {
                if (TryOpen(file) is { BuildId: { } id } image && modules.TryGetValue(id, out string? module)) images.TryAdd(module, image);
            }

            return images.Count > 0 ? images : throw new UserError(
                $"no file below {Visible.Text(path)} has debug information of the captured kernel, whose build id is {ids.GetValueOrDefault("kernel") ?? "unknown"}",
                $"debuginfod-find debuginfo {ids.GetValueOrDefault("kernel") ?? "BUILD-ID"} fetches it; or install the distribution's debug package of that kernel.");
        }

        if (!File.Exists(path)) throw new UserError($"{Visible.Text(path)} is no file and no folder", "Give --debuginfo a vmlinux, a .debug file, or a folder of them.");
        ElfImage only = TryOpen(path) ?? throw new UserError($"{Visible.Text(path)} is no ELF file of 64 bits", "Give --debuginfo a vmlinux (not a vmlinuz, which is packed) or a .debug file.");
        string? owner = ids.FirstOrDefault(each => each.Value == only.BuildId).Key;
        images[owner ?? throw new UserError(
            $"{Visible.Text(path)} is of another kernel: its build id is {only.BuildId ?? "missing"}, and the captured kernel's is {ids.GetValueOrDefault("kernel") ?? "unknown"}",
            "Give the debug information of the very kernel that was captured.")] = only;
        return images;
    }

    // As debuginfod (BUILD-ID/debuginfo) and distributions (.build-id/ab/cdef….debug) lay them out; in any other folder all files are looked at.
    private static IEnumerable<string> Candidates(string folder, IReadOnlyDictionary<string, string> ids)
    {
        List<string> known = [.. ids.Values.Where(id => id.Length > 2).SelectMany(id => new[]
        {
            Path.Combine(folder, id, "debuginfo"), Path.Combine(folder, ".build-id", id[..2], id[2..] + ".debug"),
        }).Where(File.Exists)];
        var deep = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 8 };
        return known.Count > 0 ? known : Directory.EnumerateFiles(folder, "*", deep).Take(MostFiles)
            .Where(file => Path.GetFileName(file).StartsWith("vmlinux", StringComparison.Ordinal) || file.EndsWith(".debug", StringComparison.Ordinal) || file.EndsWith(".ko", StringComparison.Ordinal));
    }

    private static ElfImage? TryOpen(string path)
    {
        try
        {
            return ElfImage.TryOpen(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{Visible.Text(path)} cannot be read: {e.Message}", "Give a file that you may read.");
        }
    }

    // Two lines for each function, the innermost first: its name, then file and line.
    private static List<SourceFrame> Lines(ElfImage image, string section, ulong address)
    {
        string[] output = Run("addr2line", ["-f", "-i", "-e", image.Path, .. image.IsRelocatable ? ["-j", section] : Array.Empty<string>(), $"0x{address:x}"]);
        List<SourceFrame> frames = [];
        for (int i = 0; i + 1 < output.Length; i += 2)
        {
            string place = output[i + 1].Split(" (discriminator")[0];
            int colon = place.LastIndexOf(':');
            if (colon > 0 && int.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int line)) frames.Add(new SourceFrame(Visible.Text(output[i]), Short(place[..colon]), line));
        }

        return frames;
    }

    // Without where it was built: /build/linux-6.12/net/ipv4/udp.c.
    private static string Short(string file)
    {
        string[] roots = ["arch", "block", "crypto", "drivers", "fs", "include", "io_uring", "ipc", "kernel", "lib", "mm", "net", "security", "virt"];
        string[] parts = file.Split('/').Where(part => part != ".").ToArray();
        int first = Array.FindIndex(parts, part => roots.Contains(part));
        return Visible.Text(first < 0 ? file : string.Join('/', parts[first..]));
    }

    private static string[] Run(string program, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
                ?? throw new UserError($"{program} did not start", "Install binutils.");
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new UserError($"the program {program} is missing, which reads the lines of debug information", "Install binutils, or leave --debuginfo out.");
        }
    }
}
