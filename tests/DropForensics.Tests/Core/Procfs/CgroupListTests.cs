using DropForensics.Core.Procfs;
using Xunit;

namespace DropForensics.Tests.Core.Procfs;

public sealed class CgroupListTests
{
    [Fact]
    public void What_is_written_is_read_again_and_other_lines_are_left_out()
    {
        var written = new CgroupList();
        written.Add(4711, "/system.slice/a b.service");
        written.Add(1, "/");
        written.Add(1, "/another");
        Assert.Equal("1 /\n4711 /system.slice/a b.service\n"u8.ToArray(), written.Format());

        var read = new CgroupList();
        read.Add([.. "x /y\n99\n-1 /z\n"u8, .. written.Format()]);
        Assert.Equal((2, "/", "/system.slice/a b.service", null), (read.Count, read.PathOf(1), read.PathOf(4711), read.PathOf(99)));
    }
}
