using DropForensics.Analyze.Display;
using Xunit;

namespace DropForensics.Tests.Analyze.Display;

public sealed class VisibleTests
{
    [Theory]
    [InlineData("tcp_v4_rcv", "tcp_v4_rcv")]
    [InlineData("grün 🦉 naïve", "grün 🦉 naïve")]
    [InlineData("a\u001b[31mb\u0007\n", "a\\x1b[31mb\\x07\\x0a")]
    [InlineData("\u202egnp.exe\u2066", "\\u{202e}gnp.exe\\u{2066}")]
    [InlineData("\u2028\ufeff\u00ad\ue000\u0085", "\\u{2028}\\u{feff}\\xad\\u{e000}\\x85")]
    public void Only_what_cannot_be_seen_is_escaped(string text, string expected) => Assert.Equal(expected, Visible.Text(text));

    [Fact]
    public void Clean_text_is_not_copied()
    {
        const string text = "ath11k_pcic_ext_grp_napi_poll";
        Assert.Same(text, Visible.Text(text));
    }

    [Fact]
    public void Lines_keep_their_ends_and_tabs() => Assert.Equal("a\tb\n\\x0d c", Visible.Lines("a\tb\n\r c"));
}
