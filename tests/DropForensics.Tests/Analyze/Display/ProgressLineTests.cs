using DropForensics.Analyze.Display;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Display;

public sealed class ProgressLineTests : IDisposable
{
    private const int Columns = 60;
    private readonly StringWriter _written = new();
    private readonly TextWriter _terminal;

    public ProgressLineTests() => _terminal = TextWriter.Synchronized(_written);

    [Fact]
    public void Work_that_is_done_in_time_shows_nothing()
    {
        using (var progress = new ProgressLine(_terminal, Columns, TimeSpan.FromHours(1)))
        {
            progress.Begin("reading the drops", 10);
            progress.At(10);
        }

        Assert.Equal("", Written());
    }

    [Fact]
    public void Longer_work_shows_how_far_it_is_in_one_line_and_leaves_none()
    {
        using (var progress = new ProgressLine(_terminal, Columns, TimeSpan.Zero))
        {
            progress.Begin("reading the drops", 200);
            progress.At(25);
            Await.Until(() => Written().Contains("reading the drops · 12.5 % · ", StringComparison.Ordinal));
            progress.Prefix = "B: ";
            progress.Begin("making report.html");
            Await.Until(() => Written().Contains("\rB: making report.html · ", StringComparison.Ordinal));
        }

        string written = Written();
        Assert.DoesNotContain('\n', written);
        Assert.EndsWith($"\r{new string(' ', Columns - 1)}\r", written);
        Assert.All(written.Split('\r'), line => Assert.True(line.Length is 0 or Columns - 1, line));
    }

    [Fact]
    public void More_than_there_is_and_a_narrow_terminal_do_no_harm()
    {
        using (var progress = new ProgressLine(_terminal, 5, TimeSpan.Zero))
        {
            progress.Begin("reading the drops", 10);
            progress.At(1_000);
            Await.Until(() => Written().Contains("reading the drops · ", StringComparison.Ordinal));
        }

        Assert.DoesNotContain("10000", Written());
    }

    [Fact]
    public void Nothing_is_written_once_it_is_over()
    {
        var progress = new ProgressLine(_terminal, Columns, TimeSpan.Zero);
        Await.Until(() => Written().Length > 0);
        progress.Dispose();
        string written = Written();

        progress.Begin("more", 1);
        progress.Dispose();

        Assert.Equal(written, Written());
    }

    public void Dispose() => _terminal.Dispose();

    // A synchronized writer takes itself for its lock.
    private string Written()
    {
        lock (_terminal) return _written.ToString();
    }
}
