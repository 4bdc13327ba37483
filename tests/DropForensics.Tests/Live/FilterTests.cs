using System.Net;
using System.Net.Sockets;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary><c>capture --filter</c> on this machine's kernel, as far as its tracepoint has what is asked for.</summary>
[Collection(LiveCollection.Name)]
public sealed class FilterTests : IDisposable
{
    private const int Sent = 40;

    private readonly ScratchDirectory _scratch = new();
    private readonly LiveHost _host;

    public FilterTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    [Fact]
    public void The_kernel_itself_takes_the_drops_of_a_type_and_a_reason()
    {
        string file = _scratch.File("drops.db");
        Finished finished = Agent.Around(_host, Send, "--probe", "tracepoint", "--filter", "ip6 and reason NO_SOCKET", "-o", file, "--json");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        var result = Agent.Json(finished);

        Assert.Equal([["34525", "NO_SOCKET"]], Db.Texts(file, "SELECT DISTINCT ethertype, reason FROM drops"));
        long drops = Db.Scalar<long>(file, "SELECT count(*) FROM drops");
        Assert.InRange(drops, Sent, long.MaxValue); // others of this machine may drop some, too
        Assert.Equal(drops, result.GetProperty("witness_drops").GetInt64());
        Assert.Equal(0, result.GetProperty("filtered").GetInt64());
        Assert.StartsWith("complete", result.GetProperty("verdict").GetString());
        Assert.Contains("The kernel decides the filter.", finished.Errors);
        Assert.Equal("ip6 and reason NO_SOCKET", Db.Scalar<string>(file, "SELECT CAST(content AS TEXT) FROM artifact WHERE path = 'filter-expression'"));
    }

    [Fact]
    public void What_the_tracepoint_does_not_have_is_refused()
    {
        string file = _scratch.File("drops.db");
        Finished finished = _host.Run([.. Agent.Command, "--probe", "tracepoint", "--filter", "port 53", "-o", file]);
        Assert.Equal(2, finished.ExitCode);
        Assert.Contains("--filter 'port 53' has nothing to compare", finished.Errors);
        Assert.Contains("analyze --filter", finished.Errors);
        Assert.False(File.Exists(file));
        Assert.Equal(2, _host.Run([.. Agent.Command, "--filter", "prot 53", "-o", file]).ExitCode);
    }

    public void Dispose()
    {
        _host.Dispose();
        _scratch.Dispose();
    }

    // To ports that nobody listens on: as many over IPv4 as over IPv6.
    private void Send() => _host.InNetwork(() =>
    {
        foreach (IPAddress loopback in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            using var socket = new Socket(loopback.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            for (int i = 0; i < Sent; i++)
                socket.SendTo(new byte[10], new IPEndPoint(loopback, 9));
        }
    });
}
