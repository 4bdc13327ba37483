using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Host;

public sealed class DescriptorLimitTests
{
    [Fact]
    public void Each_CPU_takes_two_files_and_the_rest_some() => Assert.Equal(64 + 1024, DescriptorLimit.Needed(512));

    [Fact]
    public void Too_few_for_a_host_is_an_error_with_the_number_that_would_do()
    {
        var error = Assert.Throws<UserError>(() => DescriptorLimit.Require(int.MaxValue));
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Contains("ulimit -Hn 4294967358", error.Remedy, StringComparison.Ordinal);
        DescriptorLimit.Require(1);
    }

    // 512 CPUs, as a tree of files. The limit is a process's own, so the agent is asked, from a shell with another.
    [Theory]
    [InlineData("ulimit -Sn 64", "ok", "enough for 512 CPUs")]
    [InlineData("ulimit -n 256; set -- setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource", "no", "512 CPUs need 1088, but only 256 are allowed")]
    public void The_soft_limit_is_raised_and_a_hard_one_that_may_not_be_is_told(string limit, string state, string finding)
    {
        Requires.LiveKernel();
        using var host = new LiveHost();
        host.Sh("mkdir /run/per_cpu && cd /run/per_cpu && for i in $(seq 0 511); do mkdir cpu$i; done && mount --bind /run/per_cpu /sys/kernel/tracing/per_cpu");

        var finished = host.Run("bash", "-c", $"{limit}; exec \"$@\" {string.Join(' ', Agent.Command)} doctor -o /run/x.db");

        Assert.Matches($"open files +{state} +{finding}", finished.Output);
    }
}
