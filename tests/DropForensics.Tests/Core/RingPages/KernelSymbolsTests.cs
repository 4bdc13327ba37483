using System.Text;
using DropForensics.Core.RingPages;
using Xunit;

namespace DropForensics.Tests.Core.RingPages;

/// <summary>When the table of functions is read again: soon where a module came, seldom for what no table tells.</summary>
public sealed class KernelSymbolsTests
{
    private const string Kernel = "ffffffff81000000 T _text\nffffffff81001000 T kfree_skb\nffffffff81001120 T udp_rcv\nffffffff81002000 T _etext\n";
    private const string Module = "ffffffffc0001000 t first\t[e1000]\nffffffffc0001100 t second\t[e1000]\n";
    private const string Listed = "bridge 409600 0 - Live 0xffffffffc0800000\ne1000 8192 0 - Live 0xffffffffc0001000 (OE)\n";
    private const ulong Inside = 0xffffffffc0001010, Trampoline = 0xffffffffc0f00000;

    private readonly KernelSymbols _symbols;
    private string _kallsyms = Kernel;
    private string? _modules = "";
    private int _readings, _looks;
    private long _now = 1_000_000;

    public KernelSymbolsTests() => _symbols = Symbols(pageBytes: 4096);

    private KernelSymbols Symbols(int pageBytes) => new(
        () =>
        {
            _readings++;
            return new MemoryStream(Encoding.ASCII.GetBytes(_kallsyms));
        },
        () =>
        {
            _looks++;
            return _modules is null ? null : Encoding.ASCII.GetBytes(_modules);
        },
        pageBytes,
        () => _now);

    [Theory]
    [InlineData(4096, "0xffff800008002100")]
    [InlineData(16384, "last+0x2000/0x3f00 [veth]")]
    [InlineData(65536, "last+0x2000/0xff00 [veth]")]
    public void The_last_function_of_a_module_ends_with_its_page_whatever_the_page_of_the_machine(int pageBytes, string printed)
    {
        _kallsyms = Kernel + "ffff800008000000 t first\t[veth]\nffff800008000100 t last\t[veth]\n";

        Assert.Equal(printed, Encoding.ASCII.GetString(Symbols(pageBytes).Of(0xffff800008002100)));
    }

    [Fact]
    public void A_module_that_came_after_the_table_was_read_is_named_at_once()
    {
        Assert.Equal("kfree_skb+0x4/0x120", Of(0xffffffff81001004));
        (_kallsyms, _modules) = (Kernel + Module, Listed);
        _now += 200;

        Assert.Equal("first+0x10/0x100 [e1000]", Of(Inside));
        Assert.Equal(2, _readings);
    }

    [Fact]
    public void What_was_printed_bare_is_named_when_its_module_is_there()
    {
        Assert.Equal("0xffffffffc0001010", Of(Inside));
        var generation = _symbols.Generation;
        (_kallsyms, _modules) = (Kernel + Module, Listed);
        _now += 1_000;
        _symbols.Refresh();

        Assert.NotEqual(generation, _symbols.Generation);
        Assert.Equal("first+0x10/0x100 [e1000]", Of(Inside));
    }

    [Fact]
    public void Trampolines_do_not_have_the_table_read_at_each_drop()
    {
        _modules = Listed;
        for (ulong drop = 0; drop < 60_000; drop++)
        {
            _symbols.Refresh();
            Assert.Equal($"0x{Trampoline + (drop % 50):x}", Of(Trampoline + (drop % 50)));
            _now++;
        }

        Assert.InRange(_readings, 1, 7);
        Assert.InRange(_looks, 1, 60 + 50);
    }

    [Fact]
    public void A_module_without_names_is_asked_for_once()
    {
        _modules = Listed;
        for (var second = 0; second < 600; second++)
        {
            _symbols.Refresh();
            Assert.Equal("0xffffffffc0001010", Of(Inside));
            _now += 1_000;
        }

        Assert.InRange(_readings, 1, 3);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("e1000 8192 0 - Live 0x0000000000000000\n")]
    [InlineData("e1000\n \n0x\ne1000 x 0 - Live 0xffffffffc0001000\ne1000 8192 0 - Live 0xzz\nlast 1 0 - Live 0x")]
    public void Where_modules_are_hidden_or_make_no_sense_the_table_is_still_read_again(string? modules)
    {
        Assert.Equal("0xffffffffc0001010", Of(Inside));
        (_kallsyms, _modules) = (Kernel + Module, modules);
        _now += 10_000;

        Assert.Equal("first+0x20/0x100 [e1000]", Of(Inside + 0x10));
        Assert.Equal("first+0x10/0x100 [e1000]", Of(Inside));
    }

    private string Of(ulong address) => Encoding.ASCII.GetString(_symbols.Of(address));
}
