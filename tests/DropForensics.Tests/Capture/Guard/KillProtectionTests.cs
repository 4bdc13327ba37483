using DropForensics.Capture.Guard;
using Xunit;

namespace DropForensics.Tests.Capture.Guard;

public sealed class KillProtectionTests
{
    [Fact]
    public void It_leaves_the_hierarchies_by_which_services_are_stopped_and_memory_is_limited()
    {
        const string Mounts =
            """
            24 30 0:22 / /proc rw,nosuid - proc proc rw
            36 32 0:31 / /sys/fs/cgroup/memory rw,nosuid shared:15 master:2 - cgroup cgroup rw,memory
            37 32 0:32 / /sys/fs/cgroup/cpu rw,nosuid shared:16 - cgroup cgroup rw,cpu,cpuacct
            38 32 0:33 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
            39 32 0:34 / /sys/fs/cgroup/unified rw shared:17 - cgroup2 cgroup2 rw,nsdelegate
            40 32 0:35
            """;

        Assert.Equal(
            ["/sys/fs/cgroup/memory", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"], KillProtection.CgroupMounts(Mounts));
    }
}
