using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.State;

/// <summary>
/// What takes long to read and need not be of one moment, read by a thread of its own while the rest is prepared: which process holds which socket, and how
/// the host is set up.
/// </summary>
internal sealed class EarlyReading
{
    private readonly Thread _thread;
    private SocketHolders? _holders;
    private IReadOnlyList<(long Netns, HostFile File)> _state = [];

    /// <param name="host">Where.</param>
    /// <param name="state">Reads how the host is set up; null: nobody wants it.</param>
    public EarlyReading(HostRoot host, Func<IReadOnlyList<(long Netns, HostFile File)>>? state)
    {
        _thread = new Thread(() =>
        {
            _holders = SocketHolders.Read(host);
            if (state is not null) _state = state();
        })
        { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Which process held which socket.</summary>
    public SocketHolders Holders => Await()._holders ?? throw new InvalidOperationException("the thread has ended, and it reads them first");

    /// <summary>How the host was set up; empty where nobody wanted it.</summary>
    public IReadOnlyList<(long Netns, HostFile File)> State => Await()._state;

    private EarlyReading Await()
    {
        _thread.Join();
        return this;
    }
}
