using System.Runtime.InteropServices;
using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Kernel;

/// <summary>The pipes of all CPUs of an instance. While they are open the instance cannot be removed.</summary>
internal sealed class PerCpuPipes : IDisposable
{
    private readonly List<PerCpuPipe> _pipes = [];
    private readonly List<PerCpuPipe> _pages = [];

    /// <summary>The number of CPUs with a ring in an instance: those that can ever be online.</summary>
    public static int Count(string tracefs)
    {
        string directory = Path.Combine(tracefs, "per_cpu");
        return Directory.Exists(directory) ? Directory.EnumerateDirectories(directory, "cpu*").Count() : 0;
    }

    /// <summary>None: nobody reads.</summary>
    public PerCpuPipes()
    {
    }

    /// <param name="instance">Whose rings they read.</param>
    /// <param name="withPages">trace_pipe_raw of each is opened as well.</param>
    /// <exception cref="UserError">One cannot be opened.</exception>
    public PerCpuPipes(TraceInstance instance, bool withPages)
    {
        try
        {
            foreach (int cpu in instance.Cpus)
            {
                _pipes.Add(PerCpuPipe.Open(instance.At($"per_cpu/cpu{cpu}/trace_pipe"), cpu));
                if (withPages) _pages.Add(PerCpuPipe.Open(instance.At($"per_cpu/cpu{cpu}/trace_pipe_raw"), cpu));
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

    /// <summary>The same for pages, in the same order; empty if they were not requested.</summary>
    public IReadOnlyList<PerCpuPipe> Pages => _pages;

    public void Dispose()
    {
        _pipes.ForEach(pipe => pipe.Dispose());
        _pages.ForEach(pipe => pipe.Dispose());
    }
}

/// <summary>One CPU's trace_pipe or trace_pipe_raw: reading consumes. Never blocks.</summary>
internal sealed unsafe class PerCpuPipe : IDisposable
{
    private PerCpuPipe(int cpu, int fd) => (Cpu, Fd) = (cpu, fd);

    public int Cpu { get; }

    /// <summary>For poll; closed by <see cref="Dispose"/>.</summary>
    public int Fd { get; private set; }

    /// <exception cref="UserError">Somebody else reads this instance, or no permission.</exception>
    public static PerCpuPipe Open(string path, int cpu)
    {
        int fd = Libc.Open(path, Libc.ORdOnly | Libc.ONonBlock | Libc.OCloExec);
        if (fd >= 0) return new PerCpuPipe(cpu, fd);
        string remedy = Marshal.GetLastPInvokeError() switch
        {
            Libc.EAcces => "Run as root (sudo capture …).",
            Libc.EMFile => "Allow more open files (two for each CPU, and some) in the shell that starts it, for instance: ulimit -n 65536",
            Libc.EBusy => "Another program reads every trace instance; stop it during the capture.",
            _ => "'dmesg' may show the cause.",
        };
        throw new UserError($"cannot open {path}: {Marshal.GetLastPInvokeErrorMessage()}", remedy);
    }

    /// <summary>Reads what is available, at most the buffer's length.</summary>
    /// <returns>Bytes read; 0 when the ring is empty.</returns>
    /// <exception cref="IOException">The read failed.</exception>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint read = Libc.Read(Fd, start, buffer.Length);
                if (read >= 0) return (int)read;
                switch (Marshal.GetLastPInvokeError())
                {
                    case Libc.EIntr: continue;
                    case Libc.EAgain: return 0;
                    case Libc.ENoDev: return 0;   // pages of a CPU that has not been online since the ring was made
                    default: throw new IOException($"reading the ring of CPU {Cpu}: {Marshal.GetLastPInvokeErrorMessage()}");
                }
            }
        }
    }

    public void Dispose()
    {
        if (Fd >= 0) _ = Libc.Close(Fd);
        Fd = -1;
    }
}
