using DropForensics.Capture.Host;
using DropForensics.Core.Btf;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Host;

public sealed class HostBtfTests : IDisposable
{
    private readonly ScratchDirectory _root = new();

    [Fact]
    public void One_reading_gives_the_reasons_of_kernel_and_modules_and_the_layout()
    {
        var made = MadeBtf.Kernel();
        made.Enum("skb_drop_reason", ("SKB_DROP_REASON_NO_SOCKET", 3));
        var split = new BtfWriter(made);
        split.Enum("ovs_drop_reason", ("OVS_DROP_METER", 0x20005));
        Store("vmlinux", made.ToArray());
        Store("openvswitch", split.ToArray());
        Store("mac80211", [1, 2, 3]);

        var btf = HostBtf.Load(new HostRoot(_root.FullName));

        Assert.Equal(["btf/vmlinux/skb_drop_reason", "btf/openvswitch/ovs_drop_reason"], btf.Reasons.All.Select(each => each.Path));
        Assert.Equal("OVS_DROP_METER", btf.Reasons.Names[0x20005]);
        Assert.Equal(208, btf.Layout!.Data);
        Assert.Null(btf.NoLayoutWhy);
        Assert.NotNull(btf.Kernel);
    }

    [Fact]
    public void A_kernel_without_BTF_and_one_that_lacks_a_member_say_so()
    {
        var without = HostBtf.Load(new HostRoot(_root.FullName));
        Store("vmlinux", new BtfWriter().ToArray());
        var bare = HostBtf.Load(new HostRoot(_root.FullName));

        Assert.Equal(new HostBtf(null, ReasonEnums.Empty, null, "this kernel has no readable BTF (/sys/kernel/btf/vmlinux)"), without);
        Assert.Null(bare.Layout);
        Assert.Equal("BTF lacks sk_buff.dev", bare.NoLayoutWhy);
    }

    public void Dispose() => _root.Dispose();

    private void Store(string file, byte[] content)
    {
        Directory.CreateDirectory(_root.File("sys/kernel/btf"));
        File.WriteAllBytes(_root.File($"sys/kernel/btf/{file}"), content);
    }
}
