using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.State;

/// <summary>The sockets of the network namespaces as they are visited, and the files that are made of them.</summary>
internal sealed class SocketTables(HostRoot host)
{
    /// <summary>Path of a namespace's table among a capture's artifacts.</summary>
    public const string Path = "sockets.tsv";

    // Once there are so many, no further namespace is read: the file is to stay small.
    private const int EnoughRows = 20_000;

    private readonly List<(long Netns, SocketList List)> _lists = [];
    private int _rows;

    /// <summary>Reads those of the namespace that the calling thread has entered.</summary>
    public void ReadHere(long netns)
    {
        if (_rows >= EnoughRows) return;
        var list = SocketList.Read(host);
        _rows += list.Rows.Count;
        _lists.Add((netns, list));
    }

    /// <summary>A file for each namespace that was read; one without rows says that it has no UDP socket and no TCP listener.</summary>
    public IEnumerable<(long Netns, HostFile File)> Files(SocketHolders holders) =>
        _lists.Select(each => (each.Netns, new HostFile(Path, each.List.Format(holders))));
}
