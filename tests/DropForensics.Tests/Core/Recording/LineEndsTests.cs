using DropForensics.Core.Recording;
using Xunit;

namespace DropForensics.Tests.Core.Recording;

public sealed class LineEndsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(4079)]
    [InlineData(300_000)]
    public void They_are_counted_in_text_of_any_length_however_many_there_are(int length)
    {
        Assert.Equal(length, LineEnds.Count(Enumerable.Repeat((byte)'\n', length).ToArray()));
        byte[] mixed = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7919 % 23 == 0 ? '\n' : '\v'))];
        Assert.Equal(mixed.Count(b => b == '\n'), LineEnds.Count(mixed));
    }
}
