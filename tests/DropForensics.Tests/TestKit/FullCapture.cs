using DropForensics.Analyze.Knowledge;
using DropForensics.Core.Model;
using DropForensics.Core.Store;

namespace DropForensics.Tests.TestKit;

/// <summary>
/// A capture of a worse host than there is: more of everything than the page lists (sites, deep stacks, drivers, interfaces, namespaces, flows,
/// services, tasks, CPUs, holes, counters), all of it in every bin of the timeline.
/// </summary>
internal static class FullCapture
{
    /// <summary>Of the timeline.</summary>
    public const int Bins = 240;

    private const int Kinds = 1000, Cpus = 256, Links = 250, Flows = 300;
    private const int StackDepth = 36;
    private const long WindowNs = 12_000_000_000, FirstNetns = 4026532000;

    // What the kernel's network stack has in its stacks is some hundreds of functions.
    private static readonly string[] Callers = [.. Enumerable.Range(0, 600).Select(i => $"ip_protocol_deliver_{i:d3}_rcu")];

    /// <summary>Writes a capture of so many drops of each of 1,000 kinds in each of 240 bins, which came through so many drivers.</summary>
    public static void Write(string path, int perBin, int drivers = 40)
    {
        CaptureRow row = MadePackets.Eprobe with { ClosedNs = MadeCapture.Whole.OpenedNs + WindowNs, WindowNs = WindowNs, CpusOnline = $"0-{Cpus - 1}" };
        MadeCapture.Write(path, row, Enumerable.Range(0, Cpus).Select(cpu => ((int?)cpu, Text(cpu, drivers))), (writer, _) =>
        {
            MadeCapture.AddCounters(writer);
            for (int i = 0; i < Links; i++) writer.AddInterface(new InterfaceRow(FirstNetns + i, i + 2, $"veth{i:x8}", "veth", null, "veth"));
            for (int i = 0; i < Flows; i++) writer.InternFlow(new PacketHeaders(MadePackets.V4(70_000 + i, 90_000 + i, 17, 40_000 + i, 1000 + i), null, null));
            foreach (int kind in Enumerable.Range(0, Kinds)) writer.AddHistCount(kind % 120, $"{Site(kind)}+0x{kind:x}/0xf20", 9);
            for (int i = 0; i < Links; i++)
            {
                writer.AddArtifact(ArtifactPhase.Before, FirstNetns + i, "rtnetlink/statistics", Statistics(i, 0));
                writer.AddArtifact(ArtifactPhase.After, FirstNetns + i, "rtnetlink/statistics", Statistics(i, 7));
            }
        });
        MadeCapture.Change(path, $"""
            UPDATE drop_event SET interface_id = 1 + id % {Links}, flow_id = 1 + id % {Flows};
            WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {Bins * perBin})
            INSERT INTO drop_event (t_ns, cpu, task_id, reason_id, site_id, ethertype, raw_line, interface_id, length, flow_id)
            SELECT n * {WindowNs / (Bins * perBin)} - 1000, cpu, task_id, reason_id, site_id, ethertype, raw_line, interface_id, 64, flow_id FROM copy, drop_event WHERE drop_event.id <= {Kinds};
            """);
    }

    private static byte[] Statistics(int link, int dropped) => System.Text.Encoding.UTF8.GetBytes($"veth{link:x8}: rx_packets {dropped * 1000} rx_dropped {dropped} rx_missed_errors {dropped}\n");

    /// <summary>What one CPU's trace says: its kinds of drops, each behind a hole.</summary>
    private static string Text(int cpu, int drivers) => string.Concat(Enumerable.Range(0, Kinds).Where(kind => kind % Cpus == cpu).Select(kind =>
        MadeCapture.EventAndStack(100 + (kind / 100.0), Stack(kind, kind % drivers), Reasons[kind % Reasons.Length], cpu, $"worker-{kind % 300:d3}-{2000 + (kind % 300)}")
        + $"CPU:{cpu} [LOST {kind + 1} EVENTS]\n"));

    private static string Stack(int kind, int driver) => string.Join(' ', (string[])
    [
        "trace_event_raw_event_kfree_skb+0x6c/0xc0", "sk_skb_reason_drop+0x90/0x130", $"{Site(kind)}+0x{kind:x}/0xf20",
        .. Enumerable.Range(0, StackDepth).Select(depth => $"{Callers[((kind * 7) + (depth * 17)) % Callers.Length]}+0x{kind:x}/0xf20"),
        $"driver{driver}_clean+0x296/0x6b0 [driver{driver}]", "__napi_poll+0x31/0x1f0", "net_rx_action+0x13b/0x300",
    ]);

    private static string Site(int kind) => Functions[kind % Functions.Length];

    private static readonly string[] Reasons = [.. Known(isReason: true).Take(120)];

    // More than a table lists: those that are explained, and others.
    private static readonly string[] Functions = [.. Known(isReason: false).Concat(Enumerable.Range(0, 250).Select(i => $"nf_conntrack_handle_{i:d3}")).Take(250)];

    private static IEnumerable<string> Known(bool isReason) => KnowledgeBase.Embedded.Entries
        .Where(entry => entry.IsReason == isReason && entry.In.Count == 0).Select(entry => entry.Names[0].Name)
        .Where(name => name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')).Distinct();
}
