using DropForensics.Core;
using DropForensics.Core.Btf;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Btf;

public sealed class BtfMutationTests
{
    [Fact]
    public void Every_truncation_and_many_mutations_come_to_an_end()
    {
        var made = MadeBtf.Kernel();
        var number = made.Int("long", 8);
        made.Enum("skb_drop_reason", ("SKB_DROP_REASON_NO_SOCKET", 3));
        made.Function("kfree_skb", ("skb", made.Pointer(made.Forward("sk_buff"))), ("n", number));
        var split = new BtfWriter(made);
        split.Enum("ovs_drop_reason", ("OVS_DROP_METER", 0x20005));
        split.Struct("sk_buff", ("dev", made.Pointer(number), 64));
        split.Function("kfree_skb", ("skb", number));
        var (kernel, module) = (made.ToArray(), split.ToArray());
        for (var length = 0; length <= kernel.Length; length++) Drain(kernel[..length], module);

        var random = new Random(20261124);
        var read = 0;
        for (var round = 0; round < 20_000; round++)
        {
            if (Drain(Mutant(kernel, random), round % 2 == 0 ? module : Mutant(module, random))) read++;
        }

        Assert.True(read > 10_000, $"only {read} mutants were still taken for BTF");
    }

    [Fact]
    public void Types_that_run_in_circles_are_not_followed_for_ever()
    {
        var made = new BtfWriter();
        made.Typedef("itself", 1);
        made.Struct("sk_buff", ("", 2, 0), ("", 2, 0), ("", 2, 0), ("", 1, 0), ("dev", 1, 64));   // contains itself, thrice
        made.Pointer(1);
        made.Function("kfree_skb", ("skb", 3));
        made.Add("", 3, 0, 0, 6, 6, 1);   // an array of itself
        made.Struct("net", ("ns", 6, 0));
        var btf = BtfFile.TryRead(made.ToArray())!;   // made well-formed

        Assert.Null(btf.OffsetOf("sk_buff", "nothing"));
        Assert.Null(btf.OffsetOf("sk_buff", "dev.of"));
        Assert.Null(btf.OffsetOf("net", "ns.inum"));
        Assert.Null(btf.Function("kfree_skb")!.SkbPosition);
    }

    private static byte[] Mutant(byte[] content, Random random)
    {
        var mutant = (byte[])content.Clone();
        for (var i = 0; i < 4; i++) mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
        return mutant;
    }

    /// <summary>Asks everything of it; whether it was taken for BTF.</summary>
    private static bool Drain(byte[] content, byte[] moduleContent)
    {
        if (BtfFile.TryRead(content) is not { } kernel) return false;
        var files = new List<(string, BtfFile)> { ("vmlinux", kernel) };
        if (BtfFile.TryRead(moduleContent, kernel) is { } module) files.Add(("module", module));
        var enums = ReasonEnums.From(files);
        Assert.Equal(enums.Names, ReasonEnums.Parse(enums.All.Select(each => new HostFile(each.Path, each.Content))).Names);
        foreach (var (_, file) in files)
        {
            Assert.True(SkbLayout.From(file, out var lacking) is null == lacking is not null);
            Assert.True(file.Function("kfree_skb")?.Parameters.Count is null or < 100_000);
        }

        return true;
    }
}
