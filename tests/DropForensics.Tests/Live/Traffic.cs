using System.Net;
using System.Net.Sockets;

namespace DropForensics.Tests.Live;

/// <summary>Packets that get dropped for a known reason. To be run inside a namespace of the test's own.</summary>
internal static class Traffic
{
    /// <summary>Sends UDP datagrams of one size.</summary>
    public static void SendUdp(string address, int port, int count, int size = 1)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var target = new IPEndPoint(IPAddress.Parse(address), port);
        var payload = new byte[size];
        for (var i = 0; i < count; i++) socket.SendTo(payload, target);
    }

    /// <summary>Sends packets of a protocol for experiments (RFC 3692), which no host has a handler for: each is dropped within its call.</summary>
    public static void SendUnknownProtocol(string address, int count)
    {
        // Sent through a raw socket that hears nothing (IPPROTO_RAW), with the header in the packet.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw);
        var target = new IPEndPoint(IPAddress.Parse(address), 0);
        byte[] packet = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 253, 0, 0, .. target.Address.GetAddressBytes(), .. target.Address.GetAddressBytes()];
        for (var i = 0; i < count; i++) socket.SendTo(packet, target);
    }

    /// <summary>Sends datagrams to a socket that nobody reads until it is full.</summary>
    /// <returns>How many of them the socket did take.</returns>
    public static int OverflowReceiveBuffer(int port, int count)
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4096 };
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, port));
        SendUdp("127.0.0.1", port, count, size: 800);
        var taken = 0;
        var buffer = new byte[2048];
        for (; receiver.Available > 0; taken++) receiver.Receive(buffer);
        return taken;
    }

    /// <summary>Connects to a port where nobody listens.</summary>
    /// <returns>How many attempts were refused.</returns>
    public static int ConnectRefused(string address, int port, int count)
    {
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Parse(address), port);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                refused++;
            }
        }

        return refused;
    }
}
