using System.Text;
using DropForensics.Analyze.Redact;
using DropForensics.Analyze.Verify;
using DropForensics.Core.Filters;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Recording;

/// <summary>A recorder with a filter: what does not match leaves marks in the text, and nothing else anywhere.</summary>
public sealed class FilteredRecordingTests : IDisposable
{
    private const string Stack = " => kfree_skb_reason+0x7b/0xd0\n => {0}+0x9a2/0xc30\n => net_rx_action+0x2a0/0x350\n";

    // Kept, left out, without a packet, two of them within each other, another event, a loss, a line that does not parse, and one that is left out at the end.
    private static readonly string Text =
        Drop("udp", "6.000001", "257", "..s2.") + Trace("6.000002", "257", "..s2.", "udp_rcv")
        + Drop("tcp", "6.000003", "257", "..s2.") + Trace("6.000004", "257", "..s2.", "tcp_v4_rcv")
        + "           <...>-257     [000] ..s2.     6.000005: drop: (skb.kfree_skb) skb=0xffff8a3168214b00 loc=unix_release+0x1/0x2 reason=3 protocol=0 comm=\"x\"\n"
        + Trace("6.000006", "257", "..s2.", "unix_release")
        + Drop("udp, options", "6.000007", "300", ".....") + Drop("tcp6", "6.000008", "300", "..s3.") + Trace("6.000009", "300", "..s3.", "tcp_v6_rcv") + Trace("6.000010", "300", ".....", "udp_rcv")
        + Drop("tcp", "6.000011", "300", ".....") + Drop("udp", "6.000012", "300", "..s3.") + Trace("6.000013", "300", "..s3.", "udp_rcv") + Trace("6.000014", "300", ".....", "tcp_v4_rcv")
        + "           <...>-257     [000] ..s2.     6.000015: napi_poll: napi poll on napi struct 00000000 for device eth0 work 64 budget 64\n"
        + Drop("tcp", "6.000016", "257", "..s2.")
        + "CPU:0 [LOST 34 EVENTS]\n"
        + "what is this\n"
        + Drop("udp", "6.000017", "257", "..s2.").Replace("dropgen", "a\nname") + Drop("tcp", "6.000018", "257", "..s2.").Replace("dropgen", "a\nname") + Trace("6.000019", "257", "..s2.", "tcp_v4_rcv");

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Only_what_matches_has_rows_and_text()
    {
        Totals totals = Record(text => [text]);

        Assert.Equal([["udp_rcv", "3"], [null, "1"]], Db.Texts(Path, "SELECT (SELECT symbol FROM frames f WHERE f.stack_id = d.stack_id AND symbol LIKE '%\\_rcv' ESCAPE '\\' LIMIT 1), count(*) FROM drops d GROUP BY 1 ORDER BY 1 DESC"));
        Assert.Equal([["17", "53", "4"]], Db.Texts(Path, "SELECT ip_protocol, dport, count(*) FROM drops GROUP BY 1, 2"));
        Assert.Equal((4, 6, 1), (totals.Drops, totals.Filtered, totals.FilteredUnseen));
        string raw = Raw();
        Assert.Equal(4, Count(raw, " pkt96={"));
        Assert.Equal(5, Count(raw, "#filtered drop\n"));
        Assert.Equal(1, Count(raw, "#filtered drop without packet\n"));
        Assert.Equal(5, Count(raw, "#filtered stack\n"));
        Assert.DoesNotContain("tcp_v4_rcv", raw);
        Assert.Contains("[LOST 34 EVENTS]", raw);
        Assert.Contains("napi_poll", raw);
        Assert.Contains("what is this", raw);
        Assert.Equal(Count(Text, "\n"), Count(raw, "\n"));
        Assert.Equal([["1"], ["16"], ["27"], ["40"]], Db.Texts(Path, "SELECT raw_line FROM drops ORDER BY raw_line"));
    }

    [Fact]
    public void What_is_stored_reads_as_what_was_recorded()
    {
        Record(text => [text]);
        using var capture = CaptureReader.Open(Path);
        VerifyResult result = VerifyJob.Check(capture, CancellationToken.None);
        Assert.True(result.Agrees, string.Join('\n', result.Differences));
        Assert.Equal([["filtered", "5"], ["filtered_stack", "5"], ["filtered_unseen", "1"]], Db.Texts(Path, "SELECT kind, sum(lines) FROM line_count WHERE kind LIKE 'filtered%' GROUP BY 1 ORDER BY 1"));
    }

    [Fact]
    public void A_redacted_copy_keeps_the_marks_and_not_the_expression()
    {
        Record(text => [text]);
        string copy = _scratch.File("redacted.db");
        RedactJob.Run(Path, copy, TextWriter.Null, CancellationToken.None);
        Assert.Equal([["filtered", "5"], ["filtered_stack", "5"], ["filtered_unseen", "1"]], Db.Texts(copy, "SELECT kind, sum(lines) FROM line_count WHERE kind LIKE 'filtered%' GROUP BY 1 ORDER BY 1"));
        Assert.Equal(0, Db.Scalar<long>(copy, "SELECT count(*) FROM artifact WHERE path = 'filter-expression'"));
        Assert.Equal(6, MadeCapture.Read(copy).Facts.Ledger.Filtered);
    }

    [Fact]
    public void Where_the_text_is_cut_between_two_reads_changes_nothing()
    {
        Record(text => [text]);
        string[][] rows = Rows();
        string raw = Raw();
        var random = new Random(18);
        for (int i = 0; i < 20; i++)
        {
            File.Delete(Path);
            Record(text => Pieces(text, random));
            Assert.Equal(raw, Raw());
            Assert.Equal(rows, Rows());
        }
    }

    [Fact]
    public void Text_that_the_decoder_fails_on_is_kept_unfiltered_from_there()
    {
        int cut = Text.IndexOf(" loc=unix_release", StringComparison.Ordinal);
        Record(text => [text[..cut], text[cut..]], recorder =>
        {
            int fed = 0;
            recorder.Decode = (decoder, bytes) => { if (fed++ == 1) throw new InvalidOperationException("made"); decoder.Feed(bytes); };
        });
        string raw = Raw();
        Assert.Equal(1, Count(raw, "#filtered drop"));
        Assert.Equal(Count(Text, ": drop: (skb.kfree_skb)") - 1, Count(raw, ": drop: (skb.kfree_skb)"));
        Assert.Equal(Count(Text, "\n"), Count(raw, "\n"));
    }

    private Totals Record(Func<string, IEnumerable<string>> cut, Action<Recorder>? prepare = null)
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: true);
        var recorder = new Recorder(writer, ReasonTable.Empty) { OpenedNs = 6_000_000_000, Filter = DropFilter.Parse("udp port 53") };
        prepare?.Invoke(recorder);
        writer.AddArtifact(ArtifactPhase.Before, 0, DropFilter.Path, "udp port 53"u8);
        foreach (string piece in cut(Text)) recorder.Feed(0, Encoding.Latin1.GetBytes(piece));
        recorder.Complete();
        writer.SetCapture(MadePackets.Eprobe with { OpenedNs = 6_000_000_000 });
        writer.Finish();
        return recorder.Totals;
    }

    private string[][] Rows() => [.. Db.Texts(Path, "SELECT t_ns, raw_line, comm, dport, stack_id, length FROM drops ORDER BY id").Select(row => row.Select(cell => cell ?? "").ToArray())];

    private string Raw()
    {
        using var capture = CaptureReader.Open(Path);
        using var text = new MemoryStream();
        capture.ReadRaw(0, text);
        return Encoding.Latin1.GetString(text.ToArray());
    }

    private static IEnumerable<string> Pieces(string text, Random random)
    {
        for (int at = 0; at < text.Length;)
        {
            int length = Math.Min(text.Length - at, random.Next(1, 700));
            yield return text.Substring(at, length);
            at += length;
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static string Drop(string sample, string time, string pid, string flags) =>
        PacketSamples.Of(sample).Skb.Line().Replace("6.276872", time).Replace("-257 ", $"-{pid} ").Replace("..s2.", flags) + "\n";

    private static string Trace(string time, string pid, string flags, string function) =>
        $"           <...>-{pid}     [000] {flags}     {time}: <stack trace>\n{Stack.Replace("{0}", function)}";
}
