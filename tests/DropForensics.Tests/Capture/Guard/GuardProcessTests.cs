using DropForensics.Capture.Guard;
using DropForensics.Capture.Kernel;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Guard;

public sealed class GuardProcessTests : IDisposable
{
    private const string Stats = "entries: 3\noverrun: 4\ncommit overrun: 0\ndropped events: 0\n";

    private readonly ScratchDirectory _scratch = new();

    [Fact]
    public void What_the_rings_counted_goes_into_the_file_once_however_often_they_were_announced()
    {
        var file = _scratch.File("x.db");
        long inode = 0;
        using (var writer = CaptureWriter.Create(file, force: false, made => inode = made))
        {
            writer.SetCapture(Made.Capture());
            writer.Commit();
        }

        var (ring, drops) = (Instance("ring", UndoStep.Ring), Instance("drops", UndoStep.Drops));

        GuardProcess.Restore([ring, ring, drops, Instance("other", "skb:consume_skb"), new(GuardMessage.File, file, ""), new(GuardMessage.Made, file, $"{inode}")]);

        Assert.Equal([["killed", "7"]], Db.Texts(file, "select ended, witness_drops from capture"));
        Assert.Equal([["0", "stats", "7"]], Db.Texts(file, "select cpu, source, records from loss"));
        Assert.Equal("0\n", File.ReadAllText(Path.Combine(ring.Path, "tracing_on")));
        Assert.Equal("0\n", File.ReadAllText(Path.Combine(drops.Path, "tracing_on")));
    }

    public void Dispose() => _scratch.Dispose();

    private GuardMessage Instance(string name, string use)
    {
        var cpu = Directory.CreateDirectory(_scratch.File($"{name}/per_cpu/cpu0")).FullName;
        File.WriteAllText(Path.Combine(cpu, "stats"), Stats);
        File.WriteAllText(_scratch.File($"{name}/tracing_on"), "1\n");
        return GuardMessage.Of(new UndoStep(UndoKind.RemoveInstance, _scratch.File(name), use));
    }
}
