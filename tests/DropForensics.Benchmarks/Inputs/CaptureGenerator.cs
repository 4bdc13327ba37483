using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Benchmarks.Inputs;

/// <summary>Writes captures by the way the agent writes them, from text that was made here.</summary>
internal static class CaptureGenerator
{
    private const long RealOffsetNs = 1_760_000_000_000_000_000;
    private const int PiecesPerCommit = 512;

    // The namespaces and interfaces of the fixture.
    private const long HostNetns = 4026531833, GuestNetns = 4026532140;
    private static readonly InterfaceRow[] Interfaces =
    [
        new(HostNetns, 1, "lo", "loopback", null, "loopback"),
        new(HostNetns, 2, "veth0", "veth", null, "veth"),
        new(HostNetns, 5, "tap0", "tun", null, "tun"),
        new(GuestNetns, 2, "veth1", "veth", null, "veth"),
        new(GuestNetns, 3, "vlan8", "802.1Q VLAN Support", "2", "veth"),
        new(GuestNetns, 4, "vxlan0", "vxlan", null, "vxlan"),
    ];

    /// <summary>Writes a capture of a whole window.</summary>
    /// <param name="path">Replaced.</param>
    /// <param name="records">What drops look like.</param>
    /// <param name="isEprobe">They are the eprobe's, with packets, and not the tracepoint's.</param>
    /// <param name="host">One of a fleet: its drops are others, and its clock is a minute ahead of the host's before it. 0: the only one.</param>
    public static void Write(string path, long drops, TraceRecord[] records, bool isEprobe, int host = 0)
    {
        using CaptureWriter writer = CaptureWriter.Create(path, force: true);
        byte[] format = Fixture.Read(isEprobe ? "formats/kfree_skb-7.3.txt" : "formats/kfree_skb-6.18.txt");
        writer.AddArtifact(ArtifactPhase.Before, 0, "events/skb/kfree_skb/format", format);
        if (isEprobe) Array.ForEach(Interfaces, writer.AddInterface);
        var recorder = new Recorder(writer, ReasonTable.FromFormat(format)) { OpenedNs = MadeTrace.OpenedUs * 1000 };
        var trace = new MadeTrace(records, (ulong)host + 1);
        long pieces = 0, nextClockUs = MadeTrace.OpenedUs;
        trace.Write(drops, (cpu, text) =>
        {
            recorder.Feed(cpu, text);
            if (trace.TimeUs >= nextClockUs)
            {
                writer.AddClock(new ClockReading(nextClockUs * 1000, nextClockUs * 1000, RealOffsetNs + (host * 60_000_000_000L) + (nextClockUs * 1000)));
                nextClockUs += 1_000_000;
            }

            if (++pieces % PiecesPerCommit == 0) recorder.Commit();
        });
        recorder.Complete();
        writer.AddArtifact(ArtifactPhase.After, 0, "per_cpu/cpu0/stats", "overrun: 0\n"u8);
        writer.SetCapture(Row(isEprobe, drops, trace.TimeUs) with { Uuid = $"00000000-0000-4000-8000-{host:x12}", HostName = host == 0 ? "benchmark" : $"host-{host:d5}" });
        writer.Finish();
    }

    private static CaptureRow Row(bool isEprobe, long drops, long closedUs) => new()
    {
        Uuid = "00000000-0000-4000-8000-000000000000",
        Tool = "capture",
        ToolVersion = "benchmark",
        CommandLine = "",
        HostName = "benchmark",
        Probe = isEprobe ? "eprobe" : "tracepoint",
        ProbeWhy = "made by the benchmarks",
        Event = isEprobe ? "dropforensics_0123456789abcdef:drop" : "skb:kfree_skb",
        Packets = isEprobe ? "headers" : null,
        Filter = "",
        Trigger = "stacktrace",
        TraceClock = "mono",
        CpusOnline = "0-1",
        WindowNs = (closedUs - MadeTrace.OpenedUs) * 1000,
        OpenedNs = MadeTrace.OpenedUs * 1000,
        ClosedNs = closedUs * 1000,
        Ended = "duration",
        WitnessDrops = drops,
        WitnessSlack = 0,
    };
}
