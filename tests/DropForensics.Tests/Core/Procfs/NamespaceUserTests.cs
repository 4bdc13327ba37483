using DropForensics.Core.Procfs;
using Xunit;

namespace DropForensics.Tests.Core.Procfs;

public sealed class NamespaceUserTests
{
    [Fact]
    public void What_is_written_is_read_again_whatever_a_process_calls_itself()
    {
        NamespaceUser[] users = [new(4026532178, 1234, "ng\tin\nx", "/kubepods/a"), new(4026532178, null, "-", "/run/netns/blue")];

        IReadOnlyList<NamespaceUser> read = NamespaceUser.Parse([.. NamespaceUser.Format(users), .. "4026532178\tx\ty\tz\nother line\n"u8]);

        Assert.Equal([users[0] with { Comm = "ng in x" }, users[1]], read);
    }

    [Theory]
    [InlineData("0::/system.slice/nginx.service\n", "/system.slice/nginx.service")]
    [InlineData("12:memory:/user.slice\n1:name=systemd:/system.slice/ssh.service\n0::/\n", "/system.slice/ssh.service")]
    [InlineData("12:memory:/docker/0123456789abcdef\n1:name=systemd:/\n0::/system.slice/containerd.service\n", "/docker/0123456789abcdef")]
    [InlineData("0::/\n", "/")]
    [InlineData("", null)]
    [InlineData("nonsense\n", null)]
    public void A_process_is_in_the_container_that_a_hierarchy_names_else_in_its_unit(string text, string? path) =>
        Assert.Equal(path, NamespaceUser.CgroupOf(text, each => each.StartsWith("/docker/", StringComparison.Ordinal)));
}
