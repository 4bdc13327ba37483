using System.Buffers.Binary;
using System.Text;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Tracefs;

public sealed class BtfFileTests
{
    private const uint Int = 1, Struct = 4, Enum = 6, Enum64 = 19;

    [Fact]
    public void Enums_are_found_among_other_types_by_a_word_of_their_name()
    {
        var btf = BtfFile.TryRead(Kernel())!;   // made well-formed

        var (name, values) = Assert.Single(btf.Enums("drop_reason"));

        Assert.Equal("skb_drop_reason", name);
        Assert.Equal([("NOT_SPECIFIED", 2), ("NO_SOCKET", 3)], values);
    }

    [Fact]
    public void Enums_of_64_bits_and_negative_values_are_whole()
    {
        var strings = Strings("e", "a", "b");
        var file = File([.. Type(strings, "e", Enum64, 2), .. Words(strings["a"], 5, 1), .. Words(strings["b"], 0xffffffff, 0xffffffff)], strings);

        Assert.Equal([("a", 0x1_0000_0005), ("b", -1)], BtfFile.TryRead(file)!.Enums("e").Single().Values);
    }

    [Fact]
    public void A_modules_names_go_on_where_the_kernels_end()
    {
        var kernel = Kernel();
        var shared = BinaryPrimitives.ReadUInt32LittleEndian(kernel.AsSpan(20));
        var strings = Strings("ovs_drop_reason", "OVS_DROP_ACTION");
        var named = strings.ToDictionary(pair => pair.Key, pair => pair.Value + shared);
        var module = File([.. Type(named, "ovs_drop_reason", Enum, 1), .. Words(named["OVS_DROP_ACTION"], 0x30002)], strings);

        var (name, values) = Assert.Single(BtfFile.TryRead(module, BtfFile.TryRead(kernel))!.Enums("drop_reason"));

        Assert.Equal("ovs_drop_reason", name);
        Assert.Equal([("OVS_DROP_ACTION", 0x30002)], values);
    }

    [Fact]
    public void Every_truncation_and_many_mutations_come_to_an_end()
    {
        var kernel = Kernel();
        for (var length = 0; length <= kernel.Length; length++) Drain(kernel[..length]);
        var random = new Random(20261122);
        for (var round = 0; round < 20_000; round++)
        {
            var mutant = (byte[])kernel.Clone();
            for (var i = 0; i < 4; i++) mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            Drain(mutant);
        }
    }

    [Fact]
    public void This_kernels_reasons_have_the_numbers_its_event_prints()
    {
        Requires.LiveKernel();
        using var host = new LiveHost();
        var format = System.IO.File.ReadAllBytes($"{host.Tracefs}/events/skb/kfree_skb/format");
        Requires.That(System.IO.File.Exists("/sys/kernel/btf/vmlinux"), "this kernel carries no BTF");

        var btf = BtfFile.TryRead(System.IO.File.ReadAllBytes("/sys/kernel/btf/vmlinux"))!;   // the kernel's own
        var reasons = btf.Enums("skb_drop_reason").Single(found => found.Name == "skb_drop_reason").Values
            .ToDictionary(value => value.Name.Replace("SKB_DROP_REASON_", ""), value => (uint)value.Value);

        Assert.All(ReasonTable.FromFormat(format).Names, printed => Assert.Equal(printed.Key, reasons[printed.Value]));
    }

    private static void Drain(byte[] content)
    {
        foreach (var (name, values) in BtfFile.TryRead(content)?.Enums("") ?? []) Assert.True(name.Length + values.Count < 100_000);
    }

    /// <summary>An int, a struct and two enums.</summary>
    private static byte[] Kernel()
    {
        var strings = Strings("int", "sk_buff", "colour", "red", "skb_drop_reason", "NOT_SPECIFIED", "NO_SOCKET");
        return File(
            [
                .. Type(strings, "int", Int, 0), .. Words(32),
                .. Type(strings, "sk_buff", Struct, 2), .. Words(0, 1, 0, 0, 1, 32),
                .. Type(strings, "colour", Enum, 1), .. Words(strings["red"], 1),
                .. Type(strings, "skb_drop_reason", Enum, 2), .. Words(strings["NOT_SPECIFIED"], 2, strings["NO_SOCKET"], 3),
            ],
            strings);
    }

    private static Dictionary<string, uint> Strings(params string[] texts)
    {
        var offsets = new Dictionary<string, uint>();
        var next = 1u;   // offset 0 is the empty name
        foreach (var text in texts)
        {
            offsets.Add(text, next);
            next += (uint)text.Length + 1;
        }

        return offsets;
    }

    private static byte[] Type(Dictionary<string, uint> strings, string name, uint kind, uint count) => Words(strings[name], (kind << 24) | count, 4);

    private static byte[] File(byte[] types, Dictionary<string, uint> strings)
    {
        byte[] text = [0, .. strings.Keys.SelectMany(name => Encoding.ASCII.GetBytes(name + "\0"))];
        return [0x9f, 0xeb, 1, 0, .. Words(24, 0, (uint)types.Length, (uint)types.Length, (uint)text.Length), .. types, .. text];
    }

    private static byte[] Words(params uint[] words)
    {
        var bytes = new byte[4 * words.Length];
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), words[i]);
        return bytes;
    }
}
