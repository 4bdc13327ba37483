using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Core.Decoding;
using DropForensics.Core.Masking;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Decoding;

/// <summary>The fixtures of probes as hosts with other address spaces would have printed them: nothing but the pointers differs.</summary>
public sealed partial class AddressSpaceTests
{
    // Where each maps its memory: the fixtures come from x86-64 with four levels of page tables.
    private static readonly Dictionary<string, ulong> Maps = new()
    {
        ["x86-64, five levels"] = 0xff11_0000_0000_0000,
        ["arm64, 48 bits"] = 0xffff_0000_0000_0000,
        ["arm64, 52 bits"] = 0xfff0_0000_0000_0000,
    };

    public static TheoryData<string, string> ProbeFixturesInEveryMap =>
        [.. from name in ProbeFixtures from map in Maps.Keys select (name, map)];

    private static IEnumerable<string> ProbeFixtures =>
        TraceFixture.Names.Where(name => Pointer().IsMatch(Encoding.Latin1.GetString(TraceFixture.Load(name).Bytes)));

    [Theory]
    [MemberData(nameof(ProbeFixturesInEveryMap))]
    public void A_probe_decodes_to_the_same_rows_in_every_address_space(string name, string map)
    {
        TraceFixture fixture = TraceFixture.Load(name);
        DropDecoder moved = fixture.NewDecoder();
        moved.Feed(Move(fixture.Bytes, Maps[map]));
        moved.Complete();
        DropDecoder decoded = fixture.Decode();
        decoded.Batch.Others.Clear(); // whose fields show pointers as they were printed
        moved.Batch.Others.Clear();
        Assert.Equal(TraceFixture.Snapshot(decoded), TraceFixture.Snapshot(moved));
    }

    [Theory]
    [MemberData(nameof(ProbeFixturesInEveryMap))]
    public void A_probe_is_masked_alike_in_every_address_space(string name, string map)
    {
        byte[] bytes = TraceFixture.Load(name).Bytes;
        Assert.Equal(Encoding.Latin1.GetString(Move(Masked(bytes), Maps[map])), Encoding.Latin1.GetString(Masked(Move(bytes, Maps[map]))));
    }

    [Fact]
    public void Fixtures_with_interfaces_and_flows_are_among_them()
    {
        Assert.Contains(ProbeFixtures, name => TraceFixture.Load(name).Decode().Batch.Drops.Exists(drop => drop is { Interface: not null, Headers: not null }));
        Assert.Contains(ProbeFixtures, name => name.StartsWith("packets-kprobe", StringComparison.Ordinal));
    }

    // In the direct map of x86-64 with four levels.
    [GeneratedRegex(@"(?<= (skb|head|data|devp|devq)=0x)ffff[89a-f][0-9a-f]{11}\b")]
    private static partial Regex Pointer();

    private static byte[] Move(byte[] text, ulong map) => Encoding.Latin1.GetBytes(Pointer().Replace(
        Encoding.Latin1.GetString(text),
        pointer => (map | (ulong.Parse(pointer.Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & 0x7fff_ffff_ffff)).ToString("x", CultureInfo.InvariantCulture)));

    private static byte[] Masked(byte[] text)
    {
        var mask = new PacketMaskStream(keepsPayload: false);
        byte[] fed = mask.Feed(text).ToArray(); // its buffer is used again
        return [.. fed, .. mask.Complete()];
    }
}
