using DropForensics.Capture.Host;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Host;

/// <summary>Against the control groups of this host.</summary>
public sealed class ControlGroupsTests
{
    [Fact]
    public void A_group_is_found_by_its_id_when_it_is_asked_for_and_is_listed_when_it_is_there()
    {
        using var groups = ControlGroups.Find(new HostRoot());
        Requires.That(groups is not null, "no cgroup version 2 is mounted");
        groups!.List();   // that would have thrown
        using var group = ControlGroup.Killable();
        var path = $"/{Path.GetFileName(group.Directory)}";

        Assert.Equal(path, groups.PathOf(group.Id));
        Assert.Contains($"{group.Id} {path}\n", System.Text.Encoding.UTF8.GetString(groups.Text));
        Assert.StartsWith("1 /\n", System.Text.Encoding.UTF8.GetString(groups.Text));

        using var later = ControlGroups.Find(new HostRoot())!;
        later.List();
        Assert.Contains($"{group.Id} {path}\n", System.Text.Encoding.UTF8.GetString(later.Text));
    }

    [Fact]
    public void A_group_that_is_gone_has_no_path_unless_somebody_asked_while_it_was_there()
    {
        using var groups = ControlGroups.Find(new HostRoot());
        Requires.That(groups is not null, "no cgroup version 2 is mounted");
        long asked, missed;
        string path;
        using (var one = ControlGroup.Killable())
        using (var other = ControlGroup.Killable())
        {
            (asked, missed, path) = (one.Id, other.Id, $"/{Path.GetFileName(one.Directory)}");
            _ = groups!.PathOf(asked);   // as above
        }

        Assert.Equal(path, groups!.PathOf(asked));
        Assert.Null(groups.PathOf(missed));
        Assert.Null(groups.PathOf(long.MaxValue));
    }

    [Fact]
    public void A_host_without_any_has_none()
    {
        using var root = new ScratchDirectory();
        Assert.Null(ControlGroups.Find(new HostRoot(root.FullName)));
        Assert.False(ControlGroups.AreMounted(new HostRoot(root.FullName)));
    }
}
