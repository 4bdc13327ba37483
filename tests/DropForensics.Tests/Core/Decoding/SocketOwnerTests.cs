using System.Text;
using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Tracefs;
using Xunit;

namespace DropForensics.Tests.Core.Decoding;

/// <summary>Who owns a packet's socket, as a probe's line has it: lines of a 6.12 kernel, and what else their numbers could be.</summary>
public sealed class SocketOwnerTests
{
    private const string Head = "         dropgen-170     [001] ..s2.    21.911900: drop: (skb.kfree_skb) skb=0xffff8daa81a9c900 ";
    private const string Sent = "sk=0xffff8daa81a9c900 skst=7 skcgid=117 skuid=33";
    private const string Nobody = "sk=0x0 skst=7 skcgid=0 skuid=0";
    private const string Received = "rsk=0xffff8daa81a9d000 rskst=7 rskcgid=64 rskuid=1000";

    [Theory]
    [InlineData(Sent, 117, 33)]
    [InlineData($"{Sent} rsk=0x0 rskst=0 rskcgid=0 rskuid=0", 117, 33)]
    [InlineData($"{Nobody} {Received}", 64, 1000)]
    [InlineData($"{Sent} {Received}", 64, 1000)]
    public void The_receiver_owns_a_packet_where_the_kernel_names_one_and_else_its_own_socket(string fields, long cgroup, uint uid) =>
        Assert.Equal(new SocketOwner(cgroup, uid), OwnerOf(fields));

    // The kernel leaves what it could not fetch as another event had it.
    [Theory]
    [InlineData("sk=0x0 skst=7 skcgid=117 skuid=33")]
    [InlineData("sk=0x1d8 skst=7 skcgid=117 skuid=33")]
    [InlineData("sk=0xffff8daa81a9c900 skst=6 skcgid=117 skuid=33")]
    [InlineData("sk=0xffff8daa81a9c900 skst=12 skcgid=117 skuid=33")]
    [InlineData("sk=0xffff8daa81a9c900 skst=0 skcgid=117 skuid=33")]
    [InlineData("sk=0xffff8daa81a9c900 skst=90 skcgid=117 skuid=33")]
    [InlineData("sk=0xffff8daa81a9c900 skst=7 skcgid=0 skuid=33")]
    [InlineData("sk=0xffff8daa81a9c900 skst=7 skcgid=(fault) skuid=33")]
    [InlineData(Nobody)]
    [InlineData("len=1")]
    public void What_is_no_full_socket_in_a_control_group_has_no_owner(string fields) => Assert.Null(OwnerOf(fields));

    // A task may call itself anything, and its name comes last.
    [Fact]
    public void A_name_that_looks_like_a_socket_owns_nothing() => Assert.Null(OwnerOf(Nobody, "\" sk=0xffff8daa81a9"));

    private static SocketOwner? OwnerOf(string fields, string comm = "dropgen")
    {
        var decoder = new TraceTextDecoder(ReasonTable.Empty);
        decoder.Feed(Encoding.ASCII.GetBytes($"{Head}{fields} comm=\"{comm}\"\n"));
        decoder.Complete();
        return Assert.Single(decoder.Batch.Drops).Owner;
    }
}
