namespace DropForensics.Core.Model;

/// <summary>
/// Who opened a packet's socket: the receiver's where the kernel names it, else that of the packet itself, which is the sender's on its way out.
/// </summary>
/// <param name="Cgroup">Id of the control group it was opened in (version 2): the inode of its directory below <c>/sys/fs/cgroup</c>.</param>
/// <param name="Uid">The user who opened it, in the numbers of the host.</param>
public readonly record struct SocketOwner(long Cgroup, uint Uid);

/// <summary>The owner that a control group's path names.</summary>
/// <param name="Path">From the root of the hierarchy, <c>/system.slice/nginx.service</c>; null if unknown.</param>
/// <param name="Name">Short, for people: <c>nginx.service</c>, <c>docker://0123456789ab</c>, else the path, else <c>cgroup 4711</c>.</param>
/// <param name="Unit">Systemd unit, <c>nginx.service</c>; null if there is none.</param>
/// <param name="Container">Container by its engine and whole id, <c>docker://0123…</c>; the id alone where the path does not name the engine.</param>
/// <param name="Pod">Uid of a Kubernetes pod; null if there is none.</param>
public sealed record CgroupOwner(string? Path, string Name, string? Unit, string? Container, string? Pod);
