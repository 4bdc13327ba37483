using System.Globalization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Core;

namespace DropForensics.Analyze.Import;

/// <summary>Files that are given for import by mistake: the message names each kind, with a remedy.</summary>
internal static class OtherInput
{
    private const int LongestQuote = 60;

    private const string Expected =
        "Give the output of one of these:\n"
        + "  cat /sys/kernel/tracing/trace_pipe   <...>-257     [001] ..s1.   101.250000: kfree_skb: skbaddr=… protocol=2048 location=tcp_v4_rcv+0x7d/0xf20 reason: NO_SOCKET\n"
        + "  trace-cmd report                     <idle>-0      [001]   101.250000: kfree_skb:            skbaddr=… protocol=2048 location=… reason: NO_SOCKET\n"
        + "  perf script                          bash  1699 [001]   101.250000: skb:kfree_skb: skbaddr=… protocol=2048 location=… reason: NO_SOCKET";

    private static readonly (byte[] Start, string What, Func<ImportOptions, string> Remedy)[] Binary =
    [
        ([0x1f, 0x8b], "it is compressed with gzip", o => Unpack("gzip -dc", o)),
        ([.. "BZh"u8], "it is compressed with bzip2", o => Unpack("bzip2 -dc", o)),
        ([0xfd, .. "7zXZ\0"u8], "it is compressed with xz", o => Unpack("xz -dc", o)),
        ([0x28, 0xb5, 0x2f, 0xfd], "it is compressed with zstd", o => Unpack("zstd -dc", o)),
        ([.. "PERFILE2"u8], "it is a file of perf record", o => $"Print it on the host that recorded it: perf script -i {o.TraceWord} --header --show-lost-events >trace.txt"),
        ([0x17, 0x08, 0x44, .. "tracing"u8], "it is a file of trace-cmd record", o => $"Print it on the host that recorded it: trace-cmd report -i {o.TraceWord} >trace.txt"),
        ([.. "2ELIFREP"u8], "it is a file of perf record", o => $"Print it on the host that recorded it: perf script -i {o.TraceWord} --header --show-lost-events >trace.txt"),
        ([.. "PK"u8, 3, 4], "it is an archive of zip", o => Unpack("unzip -p", o)),
        ([0x37, 0x7a, 0xbc, 0xaf], "it is an archive of 7-Zip", o => $"Unpack it: 7z e -so {o.TraceWord} | analyze import - -o C.db"),
        ([0x04, 0x22, 0x4d, 0x18], "it is compressed with lz4", o => Unpack("lz4 -dc", o)),
        ([0x7f, .. "ELF"u8], "it is a program", _ => Expected),
        ([.. "SQLite format 3\0"u8], "it is a database", o => $"If it is a capture already: analyze {o.TraceWord}"),
        ([0xd4, 0xc3, 0xb2, 0xa1], "it is a packet capture (pcap), which shows no drops", _ => Expected),
        ([0xa1, 0xb2, 0xc3, 0xd4], "it is a packet capture (pcap), which shows no drops", _ => Expected),
        ([0x4d, 0x3c, 0xb2, 0xa1], "it is a packet capture (pcap), which shows no drops", _ => Expected),
        ([0x0a, 0x0d, 0x0d, 0x0a], "it is a packet capture (pcapng), which shows no drops", _ => Expected),
    ];

    /// <summary>The kind of file by its first bytes; null if it may be text.</summary>
    public static UserError? Recognize(ImportOptions options, ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
        {
            return new UserError($"{options.TraceName} is empty", $"If nothing was dropped there is nothing to import. {Expected}");
        }

        foreach ((byte[] start, string what, Func<ImportOptions, string> remedy) in Binary)
        {
            if (head.StartsWith(start))
            {
                return NoTrace(options, $": {what}", remedy(options));
            }
        }

        if (head.Length > 262 && head[257..].StartsWith("ustar"u8))
        {
            return NoTrace(options, ": it is an archive of tar", $"Unpack it: tar -xOf {options.TraceWord} | analyze import - -o C.db");
        }

        string? encoding = head switch
        {
            [0xff, 0xfe, ..] or [0xfe, 0xff, ..] => "UTF-16",
            [0, not 0, ..] => "UTF-16BE",
            [not 0, 0, ..] => "UTF-16LE",
            _ => null,
        };
        return encoding is null ? null : NoTrace(
            options, ": it is UTF-16, as some Windows programs write text",
            $"Make it UTF-8: iconv -f {encoding} -t UTF-8 {options.TraceWord} | analyze import - -o C.db");
    }

    /// <summary>The error for a text without any readable line.</summary>
    /// <param name="options">The options.</param>
    /// <param name="unparsed">Lines that did not parse, the first of each kind first.</param>
    public static UserError OfText(ImportOptions options, IReadOnlyList<UnparsedSample> unparsed)
    {
        foreach (UnparsedSample line in unparsed.OrderBy(line => line.Line))
        {
            if (PerfFields.Missing(line.Text) is { Count: > 0 } missing)
            {
                return new UserError(
                    $"{options.TraceName}, line {Number(line)}: this text of perf script lacks {string.Join(", ", missing)}",
                    $"Print it with the fields that make a drop: perf script -F {PerfFields.Needed}");
            }
        }

        UnparsedSample? first = unparsed.Where(line => line.Text.Length > 0).MinBy(line => line.Line);
        string quote = first is null ? "" : $"; line {Number(first)} begins '{Visible.Text(TextCut.Middle(first.Text, LongestQuote))}'";
        return NoTrace(options, quote, Expected);
    }

    private static UserError NoTrace(ImportOptions options, string why, string remedy) => new($"{options.TraceName} holds no line of a kernel trace{why}", remedy);

    private static string Unpack(string command, ImportOptions options) => $"Unpack it: {command} {options.TraceWord} | analyze import - -o C.db";

    private static string Number(UnparsedSample line) => line.Line.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Commands that record and print text for <c>analyze import</c>.</summary>
internal static class Recipes
{
    /// <summary>With perf.</summary>
    public const string Perf = "perf record -e skb:kfree_skb -a -g -- sleep 30; perf script --header --show-lost-events >drops.txt";

    /// <summary>With trace-cmd.</summary>
    public const string TraceCmd = "trace-cmd record -e skb:kfree_skb -T sleep 30; trace-cmd report >drops.txt";

    /// <summary>With only a shell.</summary>
    public const string Shell =
        "cd /sys/kernel/tracing; echo stacktrace >events/skb/kfree_skb/trigger; echo 1 >events/skb/kfree_skb/enable; timeout 30 cat trace_pipe >/tmp/drops.txt; "
        + "echo 0 >events/skb/kfree_skb/enable; echo '!stacktrace' >events/skb/kfree_skb/trigger";

    /// <summary>These three, and our own.</summary>
    public const string Record =
        "  " + Perf + "\n"
        + "  " + TraceCmd + "\n"
        + "  " + Shell + "\n"
        + "or run `capture` on the host, which makes the capture itself.";
}

/// <summary>
/// The text of an import, block by block. Stopping the import of a file discards it. Standard input comes from a program that
/// records, and stopping is its normal end: <c>cat trace_pipe | analyze import - -o C.db</c> and Ctrl-C.
/// </summary>
/// <param name="text">The text; its opener closes it.</param>
/// <param name="stopIsEnd">Stopping ends the text.</param>
/// <param name="stop">Stops.</param>
/// <param name="progress">Receives progress; null: no one watches.</param>
internal sealed class TraceInput(Stream text, bool stopIsEnd, CancellationToken stop, ProgressLine? progress = null)
{
    // The content of a pipe at the stop belongs to the text; no pipe of an ordinary user holds more (fs.pipe-max-size).
    private const int MostAfterStop = 1 << 20;
    private const int PatienceAfterStopMs = 250;

    private int _afterStop;
    private long _bytes;

    /// <summary>The next bytes; 0 at the end.</summary>
    /// <exception cref="OperationCanceledException">Stopped, if stopping is not the end of the text.</exception>
    public int Read(Memory<byte> block)
    {
        int read = stopIsEnd ? ReadUntilStopped(block) : text.Read(block.Span);
        if (!stopIsEnd)
        {
            stop.ThrowIfCancellationRequested();
        }

        progress?.At(_bytes += read);
        return read;
    }

    // A read of a terminal or an idle pipe cannot be interrupted: it keeps waiting, and ends with the process.
    private int ReadUntilStopped(Memory<byte> block)
    {
        Task<int> reading = Task.Factory.StartNew(() => text.Read(block.Span), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            Task.WaitAny([reading], stop);
        }
        catch (OperationCanceledException)
        {
            if (_afterStop >= MostAfterStop || Task.WaitAny([reading], PatienceAfterStopMs) < 0)
            {
                return 0;
            }
        }

        int read = reading.GetAwaiter().GetResult();
        _afterStop += stop.IsCancellationRequested ? read : 0;
        return read;
    }
}
