using System.Text;
using DropForensics.Analyze.Export;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
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
        Assert.Equal(("It has those of CPU 0, 2.", ExitCode.Unable), (error.Remedy, error.ExitCode));
    }

    [Fact]
    public void An_imports_stream_has_no_cpu()
    {
        Write(Path, Whole, [(null, Event(101))]);
        Assert.Contains("leave --cpu out", Assert.Throws<UserError>(() => Raw(0)).Remedy);
    }

    private string Raw(int? cpu)
    {
        using var output = new MemoryStream();
        RawExport.Run(Path, cpu, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
