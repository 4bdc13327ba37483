using DropForensics.Capture.Host;
using DropForensics.Capture.Network;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Network;

/// <summary>Hosts on which something cannot be read: a tree of files stands for procfs.</summary>
public sealed class NetworkViewsTests : IDisposable
{
    private readonly ScratchDirectory _root = new();

    [Fact]
    public void A_namespace_that_ended_is_noted_and_the_others_are_still_asked_for()
    {
        Write("proc/self/mountinfo",
            "412 31 0:4 net:[4026532178] /run/netns/gone rw shared:214 - nsfs nsfs rw\n413 31 0:4 net:[4026532179] /run/netns/other rw shared:215 - nsfs nsfs rw\n");
        Write("run/netns/other", "a file, and so no namespace of that number");
        Write("proc/modules", "e1000 172032 0 - Live 0x0\n");

        HostView view = HostView.Read(new HostRoot(_root.FullName));

        Assert.Equal(
            [new UnreadEvidence("network namespace 4026532178", NetNamespaces.Ended), new UnreadEvidence("network namespace 4026532179", NetNamespaces.Ended)], view.Unread);
        Assert.Empty(view.Namespaces);
        Assert.Equal(["/proc/modules", NamespaceUser.ArtifactPath], view.Files.Select(file => file.Path));
        Assert.Equal(
            [new NamespaceUser(4026532178, null, "-", "/run/netns/gone"), new NamespaceUser(4026532179, null, "-", "/run/netns/other")],
            NamespaceUser.Parse(view.Files[1].Content));
    }

    // A namespace has to be entered for it.
    [Fact]
    public void What_else_is_read_in_a_namespace_costs_it_nothing_but_itself_when_it_fails()
    {
        Requires.That(Environment.IsPrivilegedProcess, "only root enters network namespaces");
        var unread = new List<UnreadEvidence>();

        var views = NetworkViews.Read(new HostRoot(), unread, [], _ => throw new InvalidOperationException("a defect"));

        Assert.NotEmpty(views);
        Assert.All(views, view => Assert.Contains(new UnreadEvidence($"sockets of network namespace {view.Netns}", "a defect"), unread));
    }

    [Fact]
    public void A_procfs_that_cannot_be_listed_is_noted()
    {
        HostView view = HostView.Read(new HostRoot(_root.File("nowhere")));
        Assert.Equal("network namespaces of processes", Assert.Single(view.Unread).What);
    }

    [Fact]
    public void A_file_that_is_there_and_cannot_be_read_is_noted_and_one_that_is_missing_is_not()
    {
        Directory.CreateDirectory(_root.File("proc"));
        File.CreateSymbolicLink(_root.File("proc/modules"), "/proc/self/mem"); // opens, and refuses to be read from its start

        Assert.Equal("/proc/modules", Assert.Single(HostView.Read(new HostRoot(_root.FullName)).Unread).What);
    }

    public void Dispose() => _root.Dispose();

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root.File(path)) ?? "");
        File.WriteAllText(_root.File(path), text);
    }
}
