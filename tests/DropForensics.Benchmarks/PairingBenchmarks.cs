using System.Text;
using BenchmarkDotNet.Attributes;
using DropForensics.Core.Decoding;
using DropForensics.Core.Tracefs;

namespace DropForensics.Benchmarks;

/// <summary>Events whose stack does not follow them: a drop in softirq stands between a drop and its stack, each time.</summary>
[MemoryDiagnoser]
public class PairingBenchmarks
{
    private const int Pairs = 10_000;
    private const int Drops = 2 * Pairs;

    private const string Stack = " => sk_skb_reason_drop+0x90/0x130\n => __udp4_lib_rcv+0x4bc/0xd00\n => process_backlog+0x83/0x130\n";

    private readonly TraceTextDecoder _decoder = new(ReasonTable.Empty);
    private readonly byte[] _text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(
        Event(".....") + Event("..s3.") + Header("..s3.") + Stack + Header(".....") + Stack, Pairs)));

    [Benchmark(OperationsPerInvoke = Drops)]
    public int Nested()
    {
        _decoder.Feed(_text);
        int paired = _decoder.Batch.Drops.Count(drop => drop.Stack is not null);
        _decoder.Batch.Clear();

        // The last stack has no end yet: its drop comes with the next round.
        return paired is Drops or Drops - 1 ? paired : throw new InvalidOperationException($"{paired} drops have their stack, of {Drops}");
    }

    private static string Event(string flags) =>
        $"           flood-24416   [000] {flags}  1736.777122: kfree_skb: skbaddr=00000000617a85c0 rx_sk=0000000000000000 protocol=2048 "
        + "location=__udp4_lib_rcv+0x4bc/0xd00 reason: NO_SOCKET\n";

    private static string Header(string flags) => $"           flood-24416   [000] {flags}  1736.777142: <stack trace>\n";
}
