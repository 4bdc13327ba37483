using System.Text.RegularExpressions;
using DropForensics.Capture.Host;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Host;

public sealed class LinkerBuildIdTests
{
    // As ld lays them: the ABI tag, whose kind is 1, then the build id, whose kind is 3.
    private static readonly byte[] Notes =
    [
        4, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, (byte)'G', (byte)'N', (byte)'U', 0, 0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
        4, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, (byte)'G', (byte)'N', (byte)'U', 0, 0xc6, 0xb9, 0x59, 0x5c, 0x01, 0, 0, 0,
    ];

    [Fact]
    public void It_is_the_one_that_readelf_shows_of_the_running_executable()
    {
        var shown = Shell.Run(Requires.Program("readelf", "binutils"), "--notes", Environment.ProcessPath!); // a process has one

        Assert.Equal(Regex.Match(shown.Output, "Build ID: ([0-9a-f]+)").Groups[1].Value, LinkerBuildId.OfThisProcess());
    }

    [Fact]
    public void It_stands_behind_other_notes() => Assert.Equal("c6b9595c01", LinkerBuildId.In(Notes));

    [Fact]
    public void Notes_that_break_off_have_none() =>
        Assert.All(Enumerable.Range(0, Notes.Length - 3), length => Assert.Null(LinkerBuildId.In(Notes.AsSpan(0, length))));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(32)]
    [InlineData(36)]
    public void A_size_past_the_end_is_not_followed(int at)
    {
        byte[] notes = [.. Notes];
        notes.AsSpan(at, 4).Fill(0xff);

        Assert.Null(LinkerBuildId.In(notes));
    }
}
