using DropForensics.Analyze.Analysis;
using Xunit;

namespace DropForensics.Tests.Analyze.Analysis;

public sealed class NamespaceNamesTests
{
    private const string Id = "3f4e5d6c7b8a90123f4e5d6c7b8a90123f4e5d6c7b8a90123f4e5d6c7b8a9012";

    [Fact]
    public void A_namespace_is_used_by_its_container_else_kept_by_its_file_else_by_its_first_process()
    {
        var names = new NamespaceNames(
        [
            new(1, 1, "systemd", "/init.scope"), new(1, 400, "sshd", "/system.slice/ssh.service"),
            new(2, 900, "pause", "/"), new(2, 901, "nginx", $"/docker/{Id}"),
            new(3, null, "-", "/run/netns/blue"), new(3, 950, "bash", "/user.slice/user-0.slice/session-1.scope"),
            new(4, 960, "sleep", "/"), new(5, 970, "redis", "/system.slice/redis.service"), new(6, 980, "x\u001b[31m", "-"),
        ]);

        Assert.Equal(1, names.Own);
        Assert.Equal(
            ["init.scope (systemd)", "docker://3f4e5d6c7b8a (nginx)", "/run/netns/blue", "sleep", "redis.service (redis)", @"x\x1b[31m", null, null],
            new long?[] { 1, 2, 3, 4, 5, 6, 7, null }.Select(names.Of));
        Assert.Null(new NamespaceNames([new(4, 960, "sleep", "/")]).Own);
    }
}
