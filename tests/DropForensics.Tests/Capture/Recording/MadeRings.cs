using DropForensics.Capture.Kernel;
using DropForensics.Capture.Recording;
using DropForensics.Core.RingPages;
using DropForensics.Tests.TestKit;

namespace DropForensics.Tests.Capture.Recording;

/// <summary>The per-CPU pipes of an instance, simulated: a tree of files or of named pipes with the kernel's names.</summary>
internal sealed class MadeRings : IDisposable
{
    private readonly List<PerCpuPipe> _open = [];
    private readonly string _root;

    /// <param name="root">Where the tree goes.</param>
    /// <param name="cpus">How many CPUs.</param>
    /// <param name="arePipes">Named pipes, to be written while they are read; else files, written before.</param>
    public MadeRings(string root, int cpus, bool arePipes)
    {
        (_root, Cpus) = (root, cpus);
        for (var cpu = 0; cpu < cpus; cpu++) Directory.CreateDirectory(Path.GetDirectoryName(Text(cpu))!); // it is below the root
        if (arePipes) Shell.Run("mkfifo", [.. Enumerable.Range(0, cpus).SelectMany(cpu => new[] { Text(cpu), Pages(cpu) })]);
    }

    public int Cpus { get; }

    public string Text(int cpu) => Path.Combine(_root, "per_cpu", $"cpu{cpu}", "trace_pipe");

    public string Pages(int cpu) => Path.Combine(_root, "per_cpu", $"cpu{cpu}", "trace_pipe_raw");

    /// <summary>Opens all of it as the agent does.</summary>
    public Lane[] Open(PageRenderer? renderer) => [.. Enumerable.Range(0, Cpus).Select(cpu => new Lane(
        Open(Text(cpu), cpu), renderer is null ? null : Open(Pages(cpu), cpu), renderer?.PageBytes ?? 0, pagesOnly: renderer is not null))];

    public void Dispose() => _open.ForEach(pipe => pipe.Dispose());

    private PerCpuPipe Open(string path, int cpu)
    {
        if (!File.Exists(path)) File.WriteAllBytes(path, []);
        var pipe = PerCpuPipe.Open(path, cpu);
        _open.Add(pipe);
        return pipe;
    }
}
