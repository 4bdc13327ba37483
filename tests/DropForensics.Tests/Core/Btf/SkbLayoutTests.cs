using DropForensics.Core.Btf;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Btf;

public sealed class SkbLayoutTests
{
    private const string Live = "/sys/kernel/btf/vmlinux";

    [Fact]
    public void Every_member_a_probe_needs_is_found()
    {
        var layout = SkbLayout.From(BtfFile.TryRead(MadeBtf.Kernel().ToArray())!, out var lacking);   // made well-formed

        Assert.Null(lacking);
        Assert.Equal(
            new SkbLayout(
                Dev: 16, SkbIif: 144, Length: 112, DataLength: 116, Protocol: 180, MacHeader: 186, NetworkHeader: 184, TransportHeader: 182,
                Tail: 188, Head: 200, Data: 208, Users: 212, DeviceName: 0, DeviceIndex: 216, DeviceNet: 1280,
                DeviceQueues: 832, QueueDevice: 0, NetInode: 136),
            layout);
    }

    [Fact]
    public void A_kernel_that_lacks_a_member_gives_no_layout_and_the_members_name()
    {
        var made = new BtfWriter();
        made.Struct("sk_buff", ("dev", made.Pointer(BtfWriter.Void), 128));

        Assert.Null(SkbLayout.From(BtfFile.TryRead(made.ToArray())!, out var lacking));   // made well-formed
        Assert.Equal("sk_buff.skb_iif", lacking);
    }

    [Fact]
    public void This_kernels_layout_is_found_and_plausible()
    {
        Requires.That(File.Exists(Live), "this kernel carries no BTF");

        var btf = BtfFile.TryRead(File.ReadAllBytes(Live))!;   // the kernel's own
        var layout = SkbLayout.From(btf, out var lacking);

        Assert.Null(lacking);
        Assert.NotNull(layout);
        Assert.Equal(16, layout.Dev);   // behind next and prev ever since
        Assert.Equal(layout.Length + 4, layout.DataLength);
        Assert.Equal(layout.Head + 8, layout.Data);
        Assert.Equal(
            [layout.TransportHeader, layout.TransportHeader + 2, layout.TransportHeader + 4],
            new[] { layout.TransportHeader, layout.NetworkHeader, layout.MacHeader });
        int[] inPacket = [layout.SkbIif, layout.Protocol, layout.Tail, layout.Users, layout.Data];
        Assert.All(inPacket, offset => Assert.InRange(offset, 24, 400));
        Assert.Equal(0, (layout.NetInode % 4) + (layout.DeviceNet % 8) + (layout.DeviceQueues % 8) + layout.QueueDevice + (layout.DeviceIndex % 4));
        Assert.Equal(1, btf.Function("ip_rcv")!.SkbPosition);
    }
}
