using System.Globalization;
using System.Text.RegularExpressions;
using DropForensics.Core.Model;
using DropForensics.Core.Store;

namespace DropForensics.Tests.TestKit;

/// <summary>Values made by hand.</summary>
internal static partial class Made
{
    public static readonly DropReason NoSocket = new("NO_SOCKET", 3, "core");

    public static CaptureRow Capture(long? openedNs = 1_000_000_000) => new()
    {
        Uuid = "00000000-0000-4000-8000-000000000001",
        Tool = "capture",
        ToolVersion = "0.1.0 (commit 1a2b3c4d5e6f, build c6b9595cc85c787ceb303845e4b7d420b2817b18)",
        CommandLine = "--duration 60s",
        Probe = "tracepoint",
        TraceClock = "mono",
        OpenedNs = openedNs,
    };

    public static DropEvent Drop(long timestamp, CallStack? stack = null, string? location = null, long rawLine = 1) => new()
    {
        Cpu = 1,
        RawLine = rawLine,
        Timestamp = timestamp,
        Pid = 4711,
        Comm = "dropgen",
        Event = "kfree_skb",
        EtherType = 2048,
        Location = location,
        Reason = NoSocket,
        Stack = stack,
    };

    /// <summary>A stack from frames as a trace prints them, one a line or separated by blanks: <c>e1000_clean+0x296/0x6b0 [e1000]</c>.</summary>
    public static CallStack Stack(string frames) => new([.. FramePattern().Matches(frames).Select(match => new Frame(
        match.Groups["symbol"].Value,
        match.Groups["offset"] is { Success: true, Value: var offset } ? long.Parse(offset, NumberStyles.HexNumber) : null,
        match.Groups["module"] is { Success: true, Value: var module } ? module : null))]);

    [GeneratedRegex(@"(?<symbol>[^\s+\[\]]+)(\+0x(?<offset>[0-9a-f]+)/0x[0-9a-f]+)?( \[(?<module>\w+)\])?")]
    private static partial Regex FramePattern();
}
