using DropForensics.Analyze.Import;
using DropForensics.Analyze.Redact;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Html;

/// <summary>The captures whose pages are measured: usual ones, and what no fixture is.</summary>
public static class PageCaptures
{
    /// <summary>More than any host has: slow to examine.</summary>
    public const string Fullest = "the most of all";

    /// <summary>Of each kind one, or all of them where DROPFORENSICS_PAGES is <c>all</c>, as in a full run of CI.</summary>
    public static TheoryData<string> Chosen => Environment.GetEnvironmentVariable("DROPFORENSICS_PAGES") == "all" ? All
        : ["packets.db", "example.db", "scenarios/mixed-scan.db", "empty", "lossy", "many sites", "connected interfaces", Fullest];

    private static TheoryData<string> All =>
    [
        "packets.db", "schema-5.db", "example.db", "drivers.db", "e1000.db", "scenarios/mixed-scan.db", "scenarios/mixed-noise-and-firewall.db", "scenarios/receive-buffer.db", "scenarios/mtu.db",
        "scenarios/rp-filter.db", "scenarios/nft-output-drop.db", "scenarios/listen-overflow.db", .. Made.Keys,
    ];

    // What no fixture is.
    private static readonly Dictionary<string, Action<string>> Made = new()
    {
        ["empty"] = path => Write(path, Whole, []),
        ["killed"] = path => Write(path, Whole with { ClosedNs = null, Ended = null }, [(0, EventAndStack(101, E1000) + EventAndStack(102, E1000))]),
        ["lossy"] = path => Write(path, Whole, [(0, Event(101) + "CPU:0 [LOST 500 EVENTS]\n" + EventAndStack(104, E1000) + "CPU:0 [LOST 7 EVENTS]\n" + Event(107))]),
        ["redacted"] = path => RedactJob.Run(Repository.At("fixtures", "captures", "packets.db"), path, TextWriter.Null, CancellationToken.None),
        ["dropwatch"] = path => ImportJob.Run(
            new ImportOptions(Repository.At("fixtures", "field", "34-dropwatch-packet-mode.txt"), path, Force: false, Format: null), () => Stream.Null, TextWriter.Null, TextWriter.Null, CancellationToken.None),
        ["many sites"] = path => Write(path, Whole, [(0, string.Concat(Enumerable.Range(0, 200).Select(i => Event(101 + (i / 30.0), $"a_function_with_a_long_name_{i:d3}+0x{i:x}/0xf20", $"A_REASON_{i % 40}"))))]),
        ["connected interfaces"] = MadeLinks.WriteHost,
        [Fullest] = path => FullCapture.Write(path, perBin: 1),
    };

    internal static Task<IPage> Open(PageBrowser browser, string capture) => Made.TryGetValue(capture, out Action<string>? make)
        ? browser.OpenMade(capture, make)
        : browser.Open(Repository.At("fixtures", "captures", capture));
}
