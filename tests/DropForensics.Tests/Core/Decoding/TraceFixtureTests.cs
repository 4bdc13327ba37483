using DropForensics.Core.Decoding;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Decoding;

/// <summary>Every trace in fixtures/traces: what it decodes to, however it is cut.</summary>
public sealed class TraceFixtureTests
{
    public static TheoryData<string> Fixtures => new(TraceFixture.Names);

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_fixture_decodes_to_what_was_reviewed(string name)
    {
        TraceFixture fixture = TraceFixture.Load(name);
        string actual = TraceFixture.Snapshot(fixture.Decode());
        if (TraceFixture.Records)
            File.WriteAllText(fixture.ExpectedPath, actual);

        string expected = File.Exists(fixture.ExpectedPath) ? File.ReadAllText(fixture.ExpectedPath) : "";
        if (actual == expected)
            return;
        string received = fixture.ExpectedPath.Replace(".expected.", ".received.", StringComparison.Ordinal);
        File.WriteAllText(received, actual);
        Assert.Fail($"expected {fixture.ExpectedPath}\nreceived {received}\nIf the new one is right: DROPFORENSICS_RECORD=1 dotnet test");
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Every_line_of_a_fixture_counts_for_one_kind(string name)
    {
        TraceFixture fixture = TraceFixture.Load(name);
        Assert.Equal(LineLedger.LinesIn(fixture.Bytes), fixture.Decode().Lines.Total);
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Fed_byte_by_byte_a_fixture_decodes_to_the_same(string name)
    {
        TraceFixture fixture = TraceFixture.Load(name);
        DropDecoder decoder = fixture.NewDecoder();
        foreach (byte b in fixture.Bytes)
            decoder.Feed([b]);
        decoder.Complete();
        Assert.Equal(TraceFixture.Snapshot(fixture.Decode()), TraceFixture.Snapshot(decoder));
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Cut_anywhere_a_fixture_decodes_to_the_same(string name)
    {
        TraceFixture fixture = TraceFixture.Load(name);
        string whole = TraceFixture.Snapshot(fixture.Decode());
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            int longest = 1 << random.Next(1, 14);
            DropDecoder decoder = fixture.NewDecoder();
            for (int at = 0; at < fixture.Bytes.Length;)
            {
                int length = Math.Min(random.Next(longest + 1), fixture.Bytes.Length - at);
                decoder.Feed(fixture.Bytes.AsSpan(at, length));
                at += length;
            }
            decoder.Complete();
            Assert.True(whole == TraceFixture.Snapshot(decoder), $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Every_truncation_of_a_fixture_parses_to_its_end(string name)
    {
        // A cut is felt in the records around it, so what lies further back than two stacks is left out, not to take n² time.
        const int Behind = 3 * 1024, Last = 8 * 1024, Small = 64 * 1024;
        TraceFixture fixture = TraceFixture.Load(name);
        for (int end = fixture.Bytes.Length > Small ? fixture.Bytes.Length - Last : 0; end <= fixture.Bytes.Length; end++)
        {
            int start = fixture.Bytes.AsSpan(0, Math.Max(0, end - Behind)).LastIndexOf((byte)'\n') + 1;
            LineLedger.Check(fixture.Bytes.AsSpan(start, end - start), fixture.Reasons, () => $"truncated at {end}", fixture.Format);
        }
    }
}
