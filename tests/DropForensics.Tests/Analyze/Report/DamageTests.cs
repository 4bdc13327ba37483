using DropForensics.Analyze.Html;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Report;

public sealed class DamageTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_damaged_capture_is_reported_or_refused_and_nothing_else()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000) + EventAndStack(102, Backlog) + "CPU:0 [LOST 7 EVENTS]\n" + Event(103) + "garbage\n")]);
        byte[] whole = File.ReadAllBytes(Path);
        var random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. whole];
            for (int n = random.Next(1, 40); n > 0; n--) damaged[random.Next(100, damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(Path, damaged);
            try
            {
                await HtmlReport.RenderAsync(Read(Path));
            }
            catch (UserError)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 299);
    }
}
