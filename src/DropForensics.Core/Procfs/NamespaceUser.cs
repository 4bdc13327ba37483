using System.Globalization;
using System.Text;

namespace DropForensics.Core.Procfs;

/// <summary>
/// Who uses a network namespace: a process in it, or a file that keeps it. As text, one on each line, separated by tabs:
/// <c>4026532178 1234 nginx /kubepods/…</c>, <c>4026532178 - - /run/netns/blue</c>.
/// </summary>
/// <param name="Netns">Inode of the namespace.</param>
/// <param name="Pid">The process; null for a file.</param>
/// <param name="Comm">Its name.</param>
/// <param name="Path">Its control group; for a file, its path.</param>
public sealed record NamespaceUser(long Netns, int? Pid, string Comm, string Path)
{
    /// <summary>Path of the text among a capture's artifacts.</summary>
    public const string ArtifactPath = "namespaces";

    private const string None = "-";

    /// <summary>The text of these users.</summary>
    public static byte[] Format(IEnumerable<NamespaceUser> users)
    {
        var text = new StringBuilder();
        foreach (NamespaceUser user in users)
        {
            string pid = user.Pid is { } number ? number.ToString(CultureInfo.InvariantCulture) : None;
            text.Append(CultureInfo.InvariantCulture, $"{user.Netns}\t{pid}\t{OneLine(user.Comm)}\t{OneLine(user.Path)}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads the text. Lines of another form are skipped.</summary>
    public static IReadOnlyList<NamespaceUser> Parse(ReadOnlySpan<byte> text)
    {
        var users = new List<NamespaceUser>();
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            string[] columns = line.Split('\t');
            if (columns.Length != 4 || !long.TryParse(columns[0], NumberStyles.None, CultureInfo.InvariantCulture, out long netns)) continue;
            bool isProcess = int.TryParse(columns[1], NumberStyles.None, CultureInfo.InvariantCulture, out int pid);
            if (isProcess || columns[1] == None) users.Add(new NamespaceUser(netns, isProcess ? pid : null, columns[2], columns[3]));
        }

        return users;
    }

    /// <summary>
    /// The control group of a process, from <c>/proc/PID/cgroup</c> (Documentation/admin-guide/cgroup-v2.rst): <c>0::/system.slice/nginx.service</c>.
    /// With version 1 there is a line for each hierarchy, <c>4:memory:/docker/0123…</c>: one that names a container is preferred.
    /// </summary>
    /// <param name="text">The file.</param>
    /// <param name="namesContainer">Whether a path names a container.</param>
    /// <returns>Null where no line has a path.</returns>
    public static string? CgroupOf(string text, Func<string, bool> namesContainer)
    {
        string? second = null, first = null;
        foreach (string line in text.Split('\n'))
        {
            string[] columns = line.Split(':', 3);
            if (columns.Length < 3) continue;
            if (namesContainer(columns[2])) return columns[2];
            if (columns[0] == "0" && columns[1].Length == 0) second = columns[2];
            else if (columns[1] == "name=systemd") first = columns[2];
        }

        return second is null or "/" ? first ?? second : second;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');
}
