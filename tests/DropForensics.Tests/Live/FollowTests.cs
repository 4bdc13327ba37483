using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Follow;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>The ways of packets that were built here: over pairs of interfaces, a bridge, an interface on top of another one, and a forward, in three namespaces.</summary>
[Collection(LiveCollection.Name)]
public sealed class FollowTests : IDisposable
{
    private const int Packets = 1000, Port = 9999;

    // src: s0 | p0 in br0, forwarded to top on m1 | d1 with dtop on it: dst
    private const string Topology = """
        ip netns add src; ip netns add dst
        for space in src dst; do ip netns exec $space sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; done
        sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.ip_forward=1
        ip link add s0 netns src type veth peer name p0
        ip link add m1 type veth peer name d1 netns dst
        ip link add br0 type bridge
        ip link set p0 master br0
        if ip link add link m1 name top type vlan id 7 2>/dev/null; then ip -n dst link add link d1 name dtop type vlan id 7
        else ip link add link m1 name top type macvlan; ip -n dst link add link d1 name dtop type macvlan; fi
        for link in br0 p0 m1 top; do ip link set $link up; done
        ip addr add 10.1.0.1/24 dev br0; ip addr add 10.2.0.1/24 dev top
        ip -n src link set s0 up; ip -n src addr add 10.1.0.2/24 dev s0; ip -n src route add default via 10.1.0.1
        ip -n dst link set d1 up; ip -n dst link set dtop up; ip -n dst addr add 10.2.0.2/24 dev dtop; ip -n dst route add default via 10.2.0.1
        ip neigh replace 10.2.0.2 lladdr $(ip netns exec dst cat /sys/class/net/dtop/address) dev top nud permanent
        ip -n src neigh replace 10.1.0.1 lladdr $(cat /sys/class/net/br0/address) dev s0 nud permanent
        """;

    // What was built; the stack takes a packet from a VLAN, or an interface on top of another, without an event of its own.
    private static readonly string[] Built =
    [
        "net_dev_queue s0", "net_dev_start_xmit s0", "netif_rx p0", "netif_receive_skb p0", "netif_receive_skb br0", "net_dev_queue top", "net_dev_start_xmit top", "net_dev_queue m1",
        "net_dev_start_xmit m1", "netif_rx d1", "netif_receive_skb d1", "kfree_skb ",
    ];

    private readonly ScratchDirectory _directory = new();
    private readonly Lazy<LiveHost> _host = new(() => new LiveHost());

    private LiveHost Host => _host.Value;

    private string File => _directory.File("x.db");

    public void Dispose()
    {
        if (_host.IsValueCreated) _host.Value.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_thousand_packets_over_pairs_a_bridge_a_stacked_interface_and_a_forward_have_the_stops_that_were_built()
    {
        Finished finished = Record(Packets, "--follow", "reason NO_SOCKET and interface d1");
        Assert.Contains("Each packet is followed, dropped or not, which costs the host about 3 µs a packet.", finished.Errors, StringComparison.Ordinal);

        JsonElement[] drops = Followed();
        Assert.Equal(Packets, drops.Length);
        Assert.All(drops, drop => Assert.Equal(Built, drop.GetProperty("stops").EnumerateArray().Select(stop => $"{stop.GetProperty("event")} {stop.GetProperty("interface")}")));
        Assert.All(drops, drop => Assert.Equal("here", drop.GetProperty("beginning").GetString()));
        Assert.All(drops, drop => Assert.All(drop.GetProperty("stops").EnumerateArray(), stop => Assert.True(stop.GetProperty("sure").GetBoolean())));

        // No stop is of two packets, and each driver took what it was given.
        (long?, long)[] lines = [.. drops.SelectMany(drop => drop.GetProperty("stops").EnumerateArray()).Select(stop => ((long?)stop.GetProperty("cpu").GetInt64(), stop.GetProperty("raw_line").GetInt64()))];
        Assert.Equal(Packets * Built.Length, lines.Distinct().Count());
        Assert.All(drops, drop => Assert.All(drop.GetProperty("stops").EnumerateArray().Where(stop => stop.GetProperty("event").GetString() == "net_dev_start_xmit"), stop => Assert.Equal(0, stop.GetProperty("result").GetInt32())));

        PacketWays ways = MadeCapture.Read(File).Facts.Ways!; // it followed packets
        Assert.Equal((Packets, Packets, 0, 0, 1), (ways.Drops, ways.WithStops, ways.Unsure, ways.Cut, ways.DistinctRoutes));
    }

    [Fact]
    public void At_full_rate_each_way_that_is_given_is_one_that_was_built()
    {
        const int Many = 30_000;
        Record(Many, "--follow", "reason NO_SOCKET and interface d1", "--no-stack", "--max-rate", "none", "--buffer", "128MiB", "--max-size", "1GiB");

        // Where the reader fell behind, a way lacks its beginning and says so; none has another packet's stop.
        int whole = 0;
        JsonElement[] drops = Followed();
        foreach (JsonElement drop in drops)
        {
            string[] stops = [.. drop.GetProperty("stops").EnumerateArray().Select(stop => $"{stop.GetProperty("event")} {stop.GetProperty("interface")}")];
            Assert.Equal(Built.TakeLast(stops.Length), stops);
            if (stops.Length == Built.Length) whole++;
            else Assert.NotEqual("here", drop.GetProperty("beginning").GetString());
        }

        Assert.True(whole > 0 && drops.Length > Many / 10, $"{whole} whole ways of {drops.Length} drops, {Many} packets");
    }

    [Fact]
    public void Of_interfaces_alone_the_kernel_leaves_out_what_happens_at_others()
    {
        Finished finished = Record(3, "--follow", "interface p0 or interface m1");
        Assert.Contains("Packets are followed at p0, m1.", finished.Errors, StringComparison.Ordinal);
        Assert.Equal([["m1"], ["p0"]], Db.Texts(File, "SELECT DISTINCT fields->>'dev' FROM other_event WHERE fields->>'dev' IS NOT NULL ORDER BY 1"));
        Assert.Equal(3, Followed().Count(drop => drop.GetProperty("reason").GetString() == "NO_SOCKET"));
    }

    [Theory]
    [InlineData(2, "--follow", "udp and prt 53")]
    [InlineData(2, "--follow", "all", "--reason", "NO_SOCKET")]
    [InlineData(2, "--follow", "all", "--probe", "kprobe")]
    public void What_cannot_be_followed_is_refused_before_anything_is_armed(int exitCode, params string[] options)
    {
        Finished finished = Host.Run([.. Agent.Command, .. options, "-o", File]);
        Assert.True(finished.ExitCode == exitCode, finished.ToString());
        Assert.False(System.IO.File.Exists(File));
    }

    private Finished Record(int packets, params string[] options)
    {
        Host.Sh(Topology);
        Await.Until(() =>
        {
            Host.InNetwork(() => Traffic.SendUdp("10.2.0.2", Port, 1), named: "src"); // all links are up when one arrives
            return Host.Run("ip", "netns", "exec", "dst", "nstat", "-az", "UdpNoPorts").Output.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [.., var count, _] && count != "0";
        });
        Finished finished = Agent.Around(Host, () => Host.InNetwork(() => Traffic.SendUdp("10.2.0.2", Port, packets, size: 100), named: "src"), [.. options, "-o", File]);
        Assert.True(finished.ExitCode is 0 or 4, finished.ToString());
        return finished;
    }

    private JsonElement[] Followed()
    {
        using var output = new MemoryStream();
        Assert.Equal(ExitCode.Done, FollowJob.Run(new FollowOptions(File, null, 10, Json: true), output, TextWriter.Null, CancellationToken.None));
        return [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
