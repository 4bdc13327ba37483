using System.IO.Pipes;
using System.Text;
using DropForensics.Analyze.Export;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Microsoft.Win32.SafeHandles;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Export;

public sealed class RawExportTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void One_cpu_or_all_in_order()
    {
        Write(Path, Whole, [(2, Event(103, cpu: 2)), (0, Event(101)), (10, Event(102, cpu: 10))]);
        Assert.Equal(Event(102, cpu: 10), Raw(10));
        Assert.Equal(Event(101) + Event(103, cpu: 2) + Event(102, cpu: 10), Raw(null));
    }

    [Fact]
    public void A_cpu_that_is_not_there_is_answered_with_those_that_are()
    {
        Write(Path, Whole, [(0, Event(101)), (2, Event(103, cpu: 2))]);
        UserError error = Assert.Throws<UserError>(() => Raw(1));
        Assert.Equal(("It has the streams of CPU 0, 2.", ExitCode.Unable), (error.Remedy, error.ExitCode));
    }

    [Fact]
    public void An_imports_stream_has_no_cpu()
    {
        Write(Path, Whole, [(null, Event(101))]);
        Assert.Contains("leave --cpu out", Assert.Throws<UserError>(() => Raw(0)).Remedy);
    }

    [Fact]
    public void It_stops_when_it_is_asked_to()
    {
        Write(Path, Whole, [(0, Event(101))]);
        using var output = new MemoryStream();
        Assert.Throws<OperationCanceledException>(() => RawExport.Run(Path, null, output, new CancellationToken(canceled: true)));
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public void It_ends_quietly_when_its_reader_is_gone_and_writes_no_more()
    {
        Write(Path, Whole, [(0, Event(101)), (1, Event(102, cpu: 1)), (2, Event(103, cpu: 2))]);
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.DisposeLocalCopyOfClientHandle(); // the only reader there was
        using var output = new CountingStream(new SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false));
        Assert.Equal(ExitCode.Done, RawExport.Run(Path, null, output, CancellationToken.None));
        Assert.Equal(1, output.Writes);
    }

    [Fact]
    public void Other_failures_to_write_are_told()
    {
        Write(Path, Whole, [(0, Event(101))]);
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        Assert.Throws<IOException>(() => RawExport.Run(Path, null, full, CancellationToken.None));
    }

    private sealed class CountingStream(SafeFileHandle handle) : FileStream(handle, FileAccess.Write, 0)
    {
        public int Writes { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes++;
            base.Write(buffer);
        }
    }

    private string Raw(int? cpu)
    {
        using var output = new MemoryStream();
        RawExport.Run(Path, cpu, output, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
