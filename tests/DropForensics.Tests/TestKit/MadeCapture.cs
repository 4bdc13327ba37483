using System.Text;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Report;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Core.Upgrade;
using Microsoft.Data.Sqlite;

namespace DropForensics.Tests.TestKit;

/// <summary>Small captures, written by the real writer from trace text.</summary>
internal static class MadeCapture
{
    /// <summary>An agent's capture row with its window closed: 10 s from second 100 of the trace clock.</summary>
    public static CaptureRow Whole => Made.Capture(openedNs: 100_000_000_000) with
    {
        HostName = "web1",
        KernelRelease = "6.12.107",
        Trigger = "stacktrace",
        ClosedNs = 110_000_000_000,
        WindowNs = 10_000_000_000,
        Ended = "duration",
    };

    /// <summary>Writes a capture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="row">What it says of itself.</param>
    /// <param name="streams">Trace text by CPU; null for a merged stream.</param>
    /// <param name="more">Whatever else belongs into it.</param>
    /// <param name="keepPayload">Packets beyond their headers too.</param>
    public static void Write(
        string path, CaptureRow row, IEnumerable<(int? Cpu, string Text)> streams, Action<CaptureWriter, Recorder>? more = null, bool keepPayload = false)
    {
        using CaptureWriter writer = CaptureWriter.Create(path, force: true);
        var recorder = new Recorder(writer, ReasonTable.Empty) { OpenedNs = row.OpenedNs, KeepPayload = keepPayload };
        foreach ((int? cpu, string text) in streams) recorder.Feed(cpu, Encoding.UTF8.GetBytes(text));
        more?.Invoke(writer, recorder);
        recorder.Complete();
        writer.SetCapture(row with { OpenedNs = recorder.OpenedNs });
        writer.Finish();
    }

    /// <summary>Says that the ring's counters were read, as the agent does at the end.</summary>
    public static void AddCounters(CaptureWriter writer) => writer.AddArtifact(ArtifactPhase.After, 0, "per_cpu/cpu0/stats", "overrun: 0\n"u8);

    /// <summary>All that the analyzer makes of it.</summary>
    public static ReportModel Read(string path)
    {
        using CaptureReader reader = CaptureUpgrade.Open(path, CancellationToken.None);
        return ReportJob.Read(reader, CancellationToken.None);
    }

    /// <summary>Changes it as no writer would.</summary>
    public static void Change(string path, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>A drop's line as 6.12 prints it.</summary>
    public static string Event(
        double second, string location = "tcp_v4_rcv+0x7d/0xf20", string reason = "NO_SOCKET", int cpu = 0, string task = "<idle>-0", int protocol = 2048) =>
        string.Create(null, $"{task,24} [{cpu:d3}] ..s1. {second,12:0.000000}: kfree_skb: skbaddr=00000000c12d7600 rx_sk=0000000000000000 ") +
        $"protocol={protocol} location={location} reason: {reason}\n";

    /// <summary>A drop's line and its stack, the frames separated by blanks.</summary>
    public static string EventAndStack(double second, string frames, string reason = "NO_SOCKET", int cpu = 0, string task = "<idle>-0") =>
        Event(second, frames.Split(' ')[2], reason, cpu, task)
        + string.Create(null, $"{task,24} [{cpu:d3}] ..s1. {second,12:0.000000}: <stack trace>\n")
        + string.Concat(frames.Replace(" [", "\0[").Split(' ').Select(frame => $" => {frame.Replace('\0', ' ')}\n"));

    /// <summary>Through an e1000 into UDP.</summary>
    public const string E1000 =
        "trace_event_raw_event_kfree_skb+0x6c/0xc0 sk_skb_reason_drop+0x90/0x130 __udp4_lib_rcv+0x4bc/0xd00 ip_protocol_deliver_rcu+0xb3/0x180 "
        + "netif_receive_skb_list_internal+0x1cd/0x300 napi_complete_done+0x6d/0x1a0 e1000_clean+0x296/0x6b0 [e1000] __napi_poll+0x31/0x1f0 "
        + "net_rx_action+0x13b/0x300";

    /// <summary>Through the per-CPU backlog into UDP.</summary>
    public const string Backlog =
        "trace_event_raw_event_kfree_skb+0x6c/0xc0 sk_skb_reason_drop+0x90/0x130 __udp4_lib_rcv+0x4bc/0xd00 ip_protocol_deliver_rcu+0xb3/0x180 "
        + "__netif_receive_skb_one_core+0x8d/0xa0 process_backlog+0x83/0x130 __napi_poll+0x31/0x1f0 net_rx_action+0x13b/0x300";
}
