using DropForensics.Capture.Host;
using Xunit;

namespace DropForensics.Tests.Capture.Host;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("a\rb\ntouch x")]
    [InlineData("\n\n")]
    [InlineData("#x")]
    [InlineData("$(touch /tmp/x)")]
    public void No_text_ends_the_comment_that_it_stands_in(string text) =>
        Assert.All(Printable.Comment(text).Split('\n'), line => Assert.Matches("^#[^\\p{Cc}]*$", line));
}
