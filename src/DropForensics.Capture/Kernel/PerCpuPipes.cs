namespace DropForensics.Capture.Kernel;

/// <summary>The pipes of all CPUs of an instance. While they are open the instance cannot be removed.</summary>
internal sealed class PerCpuPipes : IDisposable
{
    private readonly List<PerCpuPipe> _pipes = [];
    private readonly List<PerCpuPipe> _pages = [];

    /// <summary>CPUs that an instance has rings for: those that can ever be online.</summary>
    public static int Count(string tracefs)
    {
        var directory = Path.Combine(tracefs, "per_cpu");
        return Directory.Exists(directory) ? Directory.EnumerateDirectories(directory, "cpu*").Count() : 0;
    }

    /// <param name="instance">Whose rings they read.</param>
    /// <param name="withPages">trace_pipe_raw of each is opened as well.</param>
    /// <exception cref="Core.UserError">One cannot be opened.</exception>
    public PerCpuPipes(TraceInstance instance, bool withPages)
    {
        try
        {
            foreach (var cpu in instance.Cpus)
            {
                _pipes.Add(PerCpuPipe.Open(instance, cpu));
                if (withPages) _pages.Add(PerCpuPipe.Open(instance, cpu, "trace_pipe_raw"));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>In CPU order.</summary>
    public IReadOnlyList<PerCpuPipe> All => _pipes;

    /// <summary>The same for pages, in the same order; empty where they were not asked for.</summary>
    public IReadOnlyList<PerCpuPipe> Pages => _pages;

    public void Dispose()
    {
        _pipes.ForEach(pipe => pipe.Dispose());
        _pages.ForEach(pipe => pipe.Dispose());
    }
}
