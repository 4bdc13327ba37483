using System.Globalization;
using DropForensics.Core;
using DropForensics.Core.Btf;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Import;

/// <summary>Stores the host's files of a script's directory as an agent would have stored them.</summary>
/// <param name="directory">The directory.</param>
/// <param name="writer">The capture.</param>
internal sealed class ScriptHost(ScriptDirectory directory, CaptureWriter writer)
{
    private static readonly (string File, string Path)[] HostFiles = [("softnet_stat", "/proc/net/softnet_stat"), ("modules", "/proc/modules"), ("namespaces", NamespaceUser.ArtifactPath)];

    /// <summary>Stores the drop-reason enums of the kernel's BTF.</summary>
    public ReasonEnums StoreReasons()
    {
        if (directory.TryRead("before/btf/vmlinux") is not { } vmlinux || BtfFile.TryRead(vmlinux) is not { } kernel)
        {
            return ReasonEnums.Empty;
        }

        List<(string, BtfFile)> files = [("vmlinux", kernel)];
        foreach (string module in directory.Files("before/btf").Where(name => name != "vmlinux").Order(StringComparer.Ordinal))
        {
            if (directory.TryRead($"before/btf/{module}") is { } content && BtfFile.TryRead(content, kernel) is { } btf)
            {
                files.Add((module, btf));
            }
        }

        var enums = ReasonEnums.From(files);
        foreach (ReasonEnum each in enums.All)
        {
            writer.AddArtifact(ArtifactPhase.Before, 0, each.Path, each.Content);
        }

        return enums;
    }

    /// <summary>Stores host files and interfaces of one moment.</summary>
    /// <param name="phase">Before or after the window.</param>
    /// <param name="before">The interfaces before the window, if this is after it.</param>
    public InterfaceSnapshot Store(ArtifactPhase phase, InterfaceSnapshot? before = null)
    {
        string room = phase == ArtifactPhase.Before ? "before" : "after";
        foreach ((string file, string path) in HostFiles)
        {
            Add(phase, 0, path, directory.TryRead($"{room}/host/{file}"));
        }

        foreach ((int cpu, byte[] stats) in directory.Stats($"{room}/stats"))
        {
            Add(phase, 0, $"per_cpu/cpu{cpu.ToString(CultureInfo.InvariantCulture)}/stats", stats);
        }

        List<NetworkView> views = [.. directory.Files($"{room}/netns").Select(name => View($"{room}/netns/{name}", name)).OfType<NetworkView>()];
        foreach (NetworkView view in views)
        {
            foreach ((string path, byte[] content) in view.Files)
            {
                writer.AddArtifact(phase, view.Netns, path, content);
            }
        }

        var snapshot = new InterfaceSnapshot(views, before);
        foreach (InterfaceRow row in snapshot.Interfaces)
        {
            writer.AddInterface(row);
        }

        return snapshot;
    }

    /// <summary>The network namespace of each process before or after the window; null for one that was seen in two.</summary>
    public Func<int, long?> Namespaces()
    {
        var known = new Dictionary<int, long?>();
        foreach (string line in directory.Lines("before/tasks").Concat(directory.Lines("after/tasks")))
        {
            if (line.Split(' ') is [var inode, var pid] && TryNumber(inode) is { } netns && TryNumber(pid) is { } task and <= int.MaxValue && !known.TryAdd((int)task, netns) && known[(int)task] != netns)
            {
                known[(int)task] = null;
            }
        }

        return pid => known.GetValueOrDefault(pid);
    }

    private NetworkView? View(string room, string name)
    {
        if (TryNumber(name) is not { } netns)
        {
            return null;
        }

        var files = NetworkView.CounterFiles.Select(file => directory.TryRead($"{room}/{Path.GetFileName(file)}") is { } content ? new HostFile($"/proc/net/{file}", content) : null)
            .OfType<HostFile>().ToList();
        return new NetworkView(netns, files, [.. directory.Lines($"{room}/interfaces").Select(line => Interface(netns, line)).OfType<InterfaceRow>()]);
    }

    /// <summary>Index, name, driver, and the indexes of its lower interfaces, separated by tabs.</summary>
    private static InterfaceRow? Interface(long netns, string line) =>
        line.Split('\t') is [var index, var name, var driver, var lower] && TryNumber(index) is { } number and <= int.MaxValue
            ? new InterfaceRow(netns, (int)number, name, driver.Length > 0 ? driver : null, lower.Length > 0 ? lower : null) : null;

    private void Add(ArtifactPhase phase, long netns, string path, byte[]? content)
    {
        if (content is not null)
        {
            writer.AddArtifact(phase, netns, path, content);
        }
    }

    private static long? TryNumber(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
