namespace DropForensics.Capture.Kernel;

/// <summary>The pipes of all CPUs of an instance. While they are open the instance cannot be removed.</summary>
internal sealed class PerCpuPipes : IDisposable
{
    private readonly List<PerCpuPipe> _pipes = [];

    public PerCpuPipes(TraceInstance instance)
    {
        try
        {
            foreach (var cpu in instance.Cpus) _pipes.Add(PerCpuPipe.Open(instance, cpu));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>In CPU order.</summary>
    public IReadOnlyList<PerCpuPipe> All => _pipes;

    public void Dispose() => _pipes.ForEach(pipe => pipe.Dispose());
}
