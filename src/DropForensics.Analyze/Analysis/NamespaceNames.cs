using DropForensics.Analyze.Display;
using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;

namespace DropForensics.Analyze.Analysis;

/// <summary>Who uses network namespaces: a packet that no socket takes still has a namespace, and that has processes.</summary>
/// <param name="users">Processes in namespaces and files that keep them; of a namespace the oldest process first.</param>
internal sealed class NamespaceNames(IReadOnlyList<NamespaceUser> users)
{
    private const int Init = 1;

    private readonly ILookup<long, NamespaceUser> _users = users.ToLookup(user => user.Netns);

    /// <summary>The namespace of the host's first process; null where that was not seen.</summary>
    public long? Own => users.FirstOrDefault(user => user.Pid == Init)?.Netns;

    /// <summary><c>containerd://0123456789ab, pod 4b1d8a52 (nginx)</c>, <c>nginx.service</c>, <c>/run/netns/blue</c>; null where nobody is known.</summary>
    public string? Of(long? netns)
    {
        if (netns is not { } inode || !_users.Contains(inode))
        {
            return null;
        }

        List<(NamespaceUser User, CgroupOwner Owner)> processes = _users[inode].Where(user => user.Pid is not null).Select(user => (user, OwnerAttributor.Of(0, user.Path))).ToList();
        string? file = _users[inode].FirstOrDefault(user => user.Pid is null)?.Path;
        (NamespaceUser? user, CgroupOwner? owner) = processes.FirstOrDefault(p => p.Owner.Container is not null || p.Owner.Pod is not null);
        if (user is null && file is not null)
        {
            return Visible.Text(file);
        }

        (user, owner) = user is null ? processes.FirstOrDefault() : (user, owner);
        return user is null || owner is null ? null : Visible.Text(owner.Name.StartsWith('/') || owner.Name == "-" ? user.Comm : $"{owner.Name} ({user.Comm})");
    }
}
