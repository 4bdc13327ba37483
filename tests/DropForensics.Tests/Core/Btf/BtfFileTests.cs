using DropForensics.Core.Btf;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Btf;

public sealed class BtfFileTests
{
    [Fact]
    public void Enums_are_found_among_other_types_by_a_word_of_their_name()
    {
        var made = MadeBtf.Kernel();
        made.Enum("colour", ("red", 1));
        made.Enum("skb_drop_reason", ("NOT_SPECIFIED", 2), ("NO_SOCKET", 3), ("MASK", -65536));

        var (name, values) = Assert.Single(Read(made).Enums("drop_reason"));

        Assert.Equal("skb_drop_reason", name);
        Assert.Equal([("NOT_SPECIFIED", 2), ("NO_SOCKET", 3), ("MASK", -65536)], values);
    }

    [Fact]
    public void Enums_of_64_bits_and_negative_values_are_whole()
    {
        var made = new BtfWriter();
        made.Enum64("e", ("a", 0x1_0000_0005), ("b", -1));

        Assert.Equal([("a", 0x1_0000_0005), ("b", -1)], Read(made).Enums("e").Single().Values);
    }

    [Theory]
    [InlineData("dev", 16)]                    // a struct in a union, both without names
    [InlineData("len", 112)]
    [InlineData("rbnode", 0)]
    [InlineData("protocol", 180)]              // a typedef, behind bitfields
    [InlineData("headers.protocol", 180)]
    [InlineData("users", 212)]
    [InlineData("users.refs.counter", 212)]    // typedefs of structs
    [InlineData("pkt_type", null)]             // bitfields
    [InlineData("cloned", null)]
    [InlineData("head.next", null)]            // a pointer is not followed
    [InlineData("len.counter", null)]
    [InlineData("users.refs.lock", null)]
    [InlineData("nothing", null)]
    [InlineData("", null)]
    [InlineData("users.", null)]
    public void A_members_place_is_found_by_its_path(string path, int? offset) =>
        Assert.Equal(offset, Read(MadeBtf.Kernel()).OffsetOf("sk_buff", path));

    [Fact]
    public void An_array_stands_for_its_first_element_and_a_short_int_is_a_bitfield()
    {
        var made = new BtfWriter();
        var (word, five) = (made.Int("u32", 4), made.Int("u32", 4, bits: 5));
        var pair = made.Struct("pair", ("a", word, 0), ("b", word, 32));
        made.Struct("s", ("odd", word, 4), ("pairs", made.Array(pair, 2), 64), ("five", five, 192));
        var btf = Read(made);

        Assert.Equal(12, btf.OffsetOf("s", "pairs.b"));
        Assert.Null(btf.OffsetOf("s", "odd"));
        Assert.Null(btf.OffsetOf("s", "five"));
        Assert.Null(btf.OffsetOf("no such struct", "a"));
    }

    [Fact]
    public void The_packet_among_a_functions_parameters_is_counted_from_1()
    {
        var made = MadeBtf.Kernel();
        var number = made.Int("int", 4);
        var packet = made.Pointer(made.Const(made.Forward("sk_buff")));
        made.Function("sk_skb_reason_drop", ("sk", made.Pointer(made.Forward("sock"))), ("skb", made.Typedef("skbp", packet)), ("reason", number));
        made.Function("printk", ("fmt", made.Pointer(number)), ("", BtfWriter.Void));
        made.Function("twice", ("skb", packet), ("other", packet));
        made.Function("pointers", ("skbs", made.Pointer(packet)));
        made.Function("unclear", ("skb", packet));
        made.Function("unclear", ("n", number), ("skb", packet));
        var btf = Read(made);

        Assert.Equal(2, btf.Function("sk_skb_reason_drop")!.SkbPosition);
        Assert.Equal(["sk", "skb", "reason"], btf.Function("sk_skb_reason_drop")!.Parameters);
        Assert.Equal(["fmt"], btf.Function("printk")!.Parameters);
        Assert.Null(btf.Function("printk")!.SkbPosition);
        Assert.Equal(1, btf.Function("twice")!.SkbPosition);
        Assert.Null(btf.Function("pointers")!.SkbPosition);
        Assert.Null(btf.Function("unclear"));
        Assert.Null(btf.Function("sk_skb"));
        Assert.Null(btf.Function("skb"));
    }

    [Fact]
    public void A_modules_types_and_names_go_on_where_the_kernels_end()
    {
        var made = MadeBtf.Kernel();
        var number = made.Int("long", 8);
        var packet = made.Pointer(made.Forward("sk_buff"));
        var split = new BtfWriter(made);
        split.Enum("ovs_drop_reason", ("OVS_DROP_ACTION_ERROR", 0x30002));
        split.Struct("vport", ("a", split.Struct("stats", ("n", number, 0), ("m", number, 64)), 64));
        split.Function("ovs_vport_receive", ("vport", number), ("skb", packet));
        var module = BtfFile.TryRead(split.ToArray(), Read(made))!;   // made well-formed

        Assert.Equal([("OVS_DROP_ACTION_ERROR", 0x30002)], module.Enums("drop_reason").Single().Values);
        Assert.Equal(16, module.OffsetOf("vport", "a.m"));
        Assert.Equal(2, module.Function("ovs_vport_receive")!.SkbPosition);
        Assert.Null(module.Function("sk_buff"));
    }

    [Fact]
    public void Behind_a_kind_that_is_not_known_nothing_is_read_and_no_module_is_misread()
    {
        var made = MadeBtf.Kernel();
        var number = made.Int("long", 8);
        made.Add("from the future", 20, 1, 8, 1, 2, 3);
        made.Enum("skb_drop_reason", ("NO_SOCKET", 3));
        var split = new BtfWriter(made);
        split.Struct("vport", ("a", split.Struct("stats", ("n", number, 64)), 64));
        split.Enum("ovs_drop_reason", ("OVS_DROP_METER", 0x20005));
        var kernel = Read(made);
        var module = BtfFile.TryRead(split.ToArray(), kernel)!;   // made well-formed

        Assert.Empty(kernel.Enums(""));
        Assert.Equal(16, kernel.OffsetOf("sk_buff", "dev"));
        Assert.Null(module.OffsetOf("vport", "a.n"));
        Assert.Equal("ovs_drop_reason", Assert.Single(module.Enums("")).Name);
    }

    [Fact]
    public void Another_byte_order_another_version_and_a_file_cut_short_are_no_BTF()
    {
        var whole = MadeBtf.Kernel().ToArray();

        Assert.NotNull(BtfFile.TryRead(whole));
        Assert.Null(BtfFile.TryRead((byte[])[0xeb, 0x9f, .. whole[2..]]));
        Assert.Null(BtfFile.TryRead((byte[])[.. whole[..2], 2, .. whole[3..]]));
        for (var length = 0; length < whole.Length; length++) Assert.Null(BtfFile.TryRead(whole.AsMemory(0, length)));
    }

    private static BtfFile Read(BtfWriter made) => BtfFile.TryRead(made.ToArray())!;   // made well-formed
}
