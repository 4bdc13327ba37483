using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DropForensics.Tests.TestKit;

/// <summary>A steady stream of datagrams to a closed port, on CPU 0 of a host of the test's own, until this is disposed of.</summary>
internal sealed class Flood : IDisposable
{
    private const int BurstsASecond = 200, Burst = 10;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<long> _sentNs = [];
    private readonly Task _sender;

    public Flood(LiveHost host) => _sender = Task.Run(() => host.InNetwork(Send));

    /// <summary>How many were sent so far.</summary>
    public int Sent
    {
        get
        {
            lock (_sentNs) return _sentNs.Count;
        }
    }

    /// <summary>How many were sent between two times of CLOCK_MONOTONIC, ns.</summary>
    public int SentBetween(long fromNs, long toNs)
    {
        lock (_sentNs) return _sentNs.Count(time => time >= fromNs && time <= toNs);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _sender.Wait();
        _stop.Dispose();
    }

    private void Send()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var target = new IPEndPoint(IPAddress.Loopback, 9);
        var payload = new byte[32];
        do
        {
            for (var i = 0; i < Burst; i++)
            {
                lock (_sentNs) _sentNs.Add(Stopwatch.GetTimestamp());   // CLOCK_MONOTONIC in ns on Linux
                socket.SendTo(payload, target);
            }
        }
        while (!_stop.Token.WaitHandle.WaitOne(1000 / BurstsASecond));
    }
}
