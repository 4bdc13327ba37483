using DropForensics.Core;
using Xunit;

namespace DropForensics.Tests.Core;

public sealed class NearNamesTests
{
    private static readonly string[] Known = ["--json", "--output", "-o", "verify", "eth0"];

    [Theory]
    [InlineData("--jsno", "--json")]
    [InlineData("-json", "--json")]
    [InlineData("--OUTPUT", "--output")]
    [InlineData("verfy", "verify")]
    [InlineData("etth0", "eth0")]
    [InlineData("--nonsense", null)]
    [InlineData("--jsxy", null)]  // of a short name, one letter
    [InlineData("-x", null)]      // every other name of one letter is as near
    [InlineData("", null)]
    public void The_closest_name_is_at_most_two_letters_away(string typed, string? meant) => Assert.Equal(meant, NearNames.Closest(typed, Known));
}
