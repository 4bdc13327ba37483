using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Source;

/// <summary>
/// Finds the lines of the kernel's source at which packets were dropped, by debug information of exactly the kernel that was captured: a file (vmlinux, a module's
/// <c>.debug</c>), or a folder of them as debuginfod's cache and <c>/usr/lib/debug</c> are.
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
                "the capture has no build ids, so debug information that fits cannot be found",
                facts.Capture.IsImport ? "Record with `capture`: imported text has no build ids." : "Capture again with this version, and without --no-host-state.");
        }

        List<SourcePlace> places = [.. facts.Sites.SelectMany(site => site.Places).Distinct().Take(MostSites)];
        Dictionary<string, ElfImage> images = Images(path, ids);
        var lines = new Dictionary<SourcePlace, IReadOnlyList<SourceFrame>>();
        foreach (IGrouping<string, SourcePlace> module in places.GroupBy(place => place.Module ?? "kernel"))
        {
            if (!images.TryGetValue(module.Key, out ElfImage? image)) continue;
            IReadOnlyDictionary<string, (ulong Address, string Section)> functions = image.Functions(module.Select(place => place.Symbol).ToHashSet());
            foreach (IGrouping<string, SourcePlace> section in module.Where(place => functions.ContainsKey(place.Symbol)).GroupBy(place => functions[place.Symbol].Section))
            {
                // A frame holds the address behind the call.
                List<SourcePlace> these = [.. section];
                List<SourceFrame>[] found = Addr2Line.Lines(image, section.Key, [.. these.Select(place => functions[place.Symbol].Address + (ulong)Math.Max(0, place.Offset - 1))]);
                for (int i = 0; i < these.Count; i++)
                {
                    if (found[i].Count > 0) lines[these[i]] = found[i];
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
                if (TryOpen(file, isOneOfMany: true) is { BuildId: { } id } image && modules.TryGetValue(id, out string? module)) images.TryAdd(module, image);
            }

            return images.Count > 0 ? images : throw new UserError(
                $"no file below {Visible.Text(path)} has debug information of the captured kernel, whose build id is {ids.GetValueOrDefault("kernel") ?? "unknown"}",
                $"debuginfod-find debuginfo {ids.GetValueOrDefault("kernel") ?? "BUILD-ID"} fetches it; or install the distribution's debug package of that kernel.");
        }

        if (!File.Exists(path)) throw new UserError($"{Visible.Text(path)} is neither a file nor a folder", "Give --debuginfo a vmlinux, a .debug file, or a folder of them.");
        ElfImage only = TryOpen(path) ?? throw new UserError($"{Visible.Text(path)} is not a 64-bit ELF file", "Give --debuginfo a vmlinux (not a vmlinuz, which is packed) or a .debug file.");
        string? owner = ids.FirstOrDefault(each => each.Value == only.BuildId).Key;
        images[owner ?? throw new UserError(
            $"{Visible.Text(path)} is of another kernel: its build id is {only.BuildId ?? "missing"}, and the captured kernel's is {ids.GetValueOrDefault("kernel") ?? "unknown"}",
            "Give the debug information of exactly the kernel that was captured.")] = only;
        return images;
    }

    // As debuginfod (BUILD-ID/debuginfo) and distributions (.build-id/ab/cdef….debug) lay them out; in any other folder all files are looked at.
    private static IEnumerable<string> Candidates(string folder, IReadOnlyDictionary<string, string> ids)
    {
        List<string> known = [.. ids.Values.SelectMany(id => new[]
        {
            Path.Combine(folder, id, "debuginfo"), Path.Combine(folder, ".build-id", id[..2], id[2..] + ".debug"),
        }).Where(File.Exists)];
        var deep = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0, MaxRecursionDepth = 8 };
        return known.Count > 0 ? known : Directory.EnumerateFiles(folder, "*", deep)
            .Where(file => Path.GetFileName(file).StartsWith("vmlinux", StringComparison.Ordinal) || file.EndsWith(".debug", StringComparison.Ordinal) || file.EndsWith(".ko", StringComparison.Ordinal)).Take(MostFiles);
    }

    private static ElfImage? TryOpen(string path, bool isOneOfMany = false)
    {
        try
        {
            // A pipe would be waited for.
            return RegularFile.Is(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) ? ElfImage.TryOpen(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (isOneOfMany) return null;
            throw new UserError($"{Visible.Text(path)} cannot be read: {e.Message}", "Give a file that you may read.");
        }
    }
}
