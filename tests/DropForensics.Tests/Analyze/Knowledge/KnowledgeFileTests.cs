using DropForensics.Analyze.Knowledge;
using Xunit;

namespace DropForensics.Tests.Analyze.Knowledge;

public sealed class KnowledgeFileTests
{
    private const string Whole = """
        # a comment
        checks shared
        check ip link  # the links

        reason A B@6.1-6.2
        kernels 5.17-
        topic noise
        severity depends
        what It happened,
          at length.
        cause One.
        cause Two.
        check @shared
        check ss  # sockets
        counters none
        """;

    [Fact]
    public void A_block_is_an_entry()
    {
        KnowledgeEntry entry = Assert.Single(KnowledgeFile.Read(new StringReader(Whole)));
        Assert.True(entry.IsReason);
        Assert.Equal([new KnownName("A", null), new KnownName("B", KernelRange.Parse("6.1-6.2"))], entry.Names);
        Assert.Equal("It happened, at length.", entry.What);
        Assert.Equal(["One.", "Two."], entry.Causes);
        Assert.Equal([new KnownCheck("ip link", "the links"), new KnownCheck("ss", "sockets")], entry.Checks);
        Assert.Equal((Severity.Depends, false, "noise"), (entry.Severity, entry.IsNoise, entry.Topic));
        Assert.Empty(entry.Counters);
    }

    [Theory]
    [InlineData("severity depends", "severity dire", "line 8")]
    [InlineData("kernels 5.17-", "kernels some", "line 6")]
    [InlineData("counters none", "counters", "line 15")]
    [InlineData("cause Two.", "because Two.", "line 12")]
    [InlineData("check @shared", "check @other", "line 13")]
    [InlineData("check ss  # sockets", "check ss", "line 14")]
    [InlineData("what It happened,\n  at length.\n", "", "no what")]
    [InlineData("cause Two.", "severity harmless", "a second severity")]
    [InlineData("# a comment", "  goes on", "line 1")]
    public void What_will_not_do_is_named_with_its_line(string part, string instead, string named)
    {
        var error = Assert.Throws<InvalidDataException>(() => KnowledgeFile.Read(new StringReader(Whole.Replace(part, instead))));
        Assert.Contains(named, error.Message);
    }
}
