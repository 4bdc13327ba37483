using System.Buffers.Binary;
using System.Text;
using DropForensics.Core.RingPages;

namespace DropForensics.Tests.TestKit;

/// <summary>Makes a page of a ring as the kernel lays it out, and what a host would say of it.</summary>
internal sealed class RingPageWriter(ulong time, int pageBytes = 4096)
{
    public const int Type = 2310, OtherType = 2311, StackType = 4;

    private readonly List<byte> _data = [];

    public static string Event { get; } =
        $$"""
        name: kfree_skb
        ID: {{Type}}
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:void * skbaddr;	offset:8;	size:8;	signed:0;
        	field:void * location;	offset:16;	size:8;	signed:0;
        	field:unsigned short protocol;	offset:24;	size:2;	signed:0;
        	field:enum skb_drop_reason reason;	offset:28;	size:4;	signed:0;

        print fmt: "skbaddr=%p protocol=%u location=%pS reason: %s", REC->skbaddr, REC->protocol, REC->location, __print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, { 3, "NO_SOCKET" })

        """;

    /// <summary>The same with the fields that the real-time patches add, where this event has bytes to spare; the later ones add the first alone.</summary>
    public static string PatchedEvent(bool early) => Event.Replace(
        "\n\n\tfield:void * skbaddr",
        $"\n\tfield:unsigned char common_preempt_lazy_count;\toffset:{LazyDepthOffset};\tsize:1;\tsigned:0;\n"
        + (early ? $"\tfield:unsigned char common_migrate_disable;\toffset:{MigrateDisableOffset};\tsize:1;\tsigned:0;\n" : "") + "\n\tfield:void * skbaddr",
        StringComparison.Ordinal);

    private const int LazyDepthOffset = 26, MigrateDisableOffset = 27;

    /// <summary>Of another event that is recorded in the same ring.</summary>
    public static string OtherEvent { get; } = Event.Replace("name: kfree_skb", "name: consume_skb").Replace($"ID: {Type}", $"ID: {OtherType}")
        .Replace(Event[Event.IndexOf("print fmt", StringComparison.Ordinal)..], "print fmt: \"skbaddr=%p\", REC->skbaddr\n");

    private const string Stack =
        """
        name: kernel_stack
        ID: 4
        format:
        	field:int size;	offset:8;	size:4;	signed:1;
        	field:unsigned long caller[8];	offset:16;	size:64;	signed:0;

        """;

    private const string HeaderEvent =
        """
        # compressed entry header
        	type_len    :    5 bits
        	time_delta  :   27 bits
        	array       :   32 bits

        	padding     : type == 29
        	time_extend : type == 30
        	time_stamp : type == 31
        	data max type_len  == 28

        """;

    /// <summary>Legends at the head of <c>trace</c>: up to 5.14, from then on, and with the real-time patches up to 6.5 or so.</summary>
    public const string Legend4 = Irqs + Resched + Context + Depth + Columns;

    public const string Legend5 = Irqs + Resched + Context + Depth + MigrateDisable + Columns;

    public const string Legend7Early = Irqs + Resched + ReschedLazy + Context + Depth + LazyDepth + MigrateDisable + Columns;

    public const string Legend7 = IrqsAndBh + Resched + ReschedLazy + Context + Depth + LazyDepth + MigrateDisable + Columns;

    private const string Irqs = "# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0   #P:2\n#\n#                                _-------=> irqs-off\n";

    private const string IrqsAndBh = "# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0   #P:2\n#\n#                                _-------=> irqs-off/BH-disabled\n";

    private const string Resched = "#                               / _------=> need-resched\n";

    private const string ReschedLazy = "#                              | / _-----=> need-resched-lazy\n";

    private const string Context = "#                              || / _----=> hardirq/softirq\n";

    private const string Depth = "#                              ||| / _---=> preempt-depth\n";

    private const string LazyDepth = "#                              |||| / _--=> preempt-lazy-depth\n";

    private const string MigrateDisable = "#                              ||||| / _-=> migrate-disable\n";

    private const string Columns = "#                              |||||| /     delay\n#           TASK-PID     CPU#  |||||||  TIMESTAMP  FUNCTION\n#              | |         |   |||||||      |         |\n";

    public const string Kallsyms =
        "0000000000000000 A percpu\nffffffff81000000 T _text\nffffffff81001000 T kfree_skb\nffffffff81001000 t alias\nffffffff81001120 T udp_rcv\nffffffff81002000 T _etext\n"
        + "ffffffffc0001100 t second\t[e1000]\nffffffffc0001000 t first\t[e1000]\nffffffffc0001f00 t last\t[e1000]\nffffffffc0003000 d data\t[e1000]\n"
        + "ffffffffc0008000 t kprobe_optinsn_page\t[__builtin__kprobes]\n";

    public static PageRenderer Renderer(string? format = null, string legend = Legend5, int pageBytes = 4096, string kallsyms = Kallsyms, string comms = "7 flood\n8 a\nb c\n9 x y\n")
    {
        var renderer = Try(out var refusal, format, legend, pageBytes, kallsyms: kallsyms, comms: comms);
        return renderer ?? throw new InvalidOperationException(refusal);
    }

    public static PageRenderer? Try(
        out string refusal, string? format = null, string legend = Legend5, int pageBytes = 4096, bool hashes = false, string? attachedTo = null,
        string kallsyms = Kallsyms, string comms = "7 flood\n8 a\nb c\n9 x y\n", string? headerPage = null, string? other = null)
    {
        var events = new RingEvents
        {
            HeaderPage = Bytes(headerPage ?? $"\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n\tfield: char data;\toffset:16;\tsize:{pageBytes - 16};\tsigned:0;\n"),
            HeaderEvent = Bytes(HeaderEvent),
            Events = [(Bytes(format ?? Event), attachedTo), .. other is null ? Array.Empty<(byte[], string?)>() : [(Bytes(other), null)]],
            KernelStack = Bytes(Stack),
            TraceHeader = Bytes(legend),
            HashesPointers = hashes,
        };
        var names = Bytes(comms);
        return PageRenderer.TryMake(events, () => new MemoryStream(Bytes(kallsyms)), () => null, () => names, out refusal);
    }

    public RingPageWriter Extend(ulong delta) => Word(30 | (uint)(delta & 0x7FFFFFF) << 5).Word((uint)(delta >> 27));

    public RingPageWriter Stamp(ulong at) => Word(31 | (uint)(at & 0x7FFFFFF) << 5).Word((uint)(at >> 27));

    /// <summary>A record that was taken back.</summary>
    public RingPageWriter Discarded(int bytes)
    {
        Word(29 | 1 << 5).Word((uint)bytes);
        _data.AddRange(new byte[bytes - 4]);
        return this;
    }

    public RingPageWriter EndOfPage() => Word(29);

    public RingPageWriter Record(uint delta, byte[] record)
    {
        if (record.Length <= 112) Word((uint)record.Length / 4 | delta << 5);
        else Word(delta << 5).Word((uint)record.Length + 4);
        _data.AddRange(record);
        return this;
    }

    public RingPageWriter Drop(uint delta, int pid = 7, byte flags = 0x10, byte preempt = 1, ulong location = 0xffffffff81001130, uint reason = 3, byte lazyDepth = 0, byte migrateDisable = 0, int type = Type)
    {
        var record = new byte[32];
        Head(record, type, flags, preempt, pid);
        (record[LazyDepthOffset], record[MigrateDisableOffset]) = (lazyDepth, migrateDisable);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(8), 0xffff888000001000);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(16), location);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(24), 2048);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(28), reason);
        return Record(delta, record);
    }

    public RingPageWriter StackOf(uint delta, params ulong[] frames)
    {
        var record = new byte[16 + (8 * frames.Length)];
        Head(record, StackType, 0x10, 1, 7);
        for (var i = 0; i < frames.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(16 + (8 * i)), frames[i]);
        return Record(delta, record);
    }

    public byte[] ToPage(ulong? lost = null, bool lostUncounted = false)
    {
        var page = new byte[pageBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(page, time);
        var commit = (uint)_data.Count | (lost is null && !lostUncounted ? 0 : 1u << 31) | (lost is null ? 0 : 1u << 30);
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(8), commit);
        _data.CopyTo(page, 16);
        if (lost is { } count) BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(16 + _data.Count), count);
        return page;
    }

    public static string Render(PageRenderer renderer, byte[] page, int cpu = 1)
    {
        var lines = new LineBuffer(16);
        renderer.Render(lines, cpu, page);
        return Encoding.Latin1.GetString(lines.Written);
    }

    private static void Head(byte[] record, int type, byte flags, byte preempt, int pid)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(record, (ushort)type);
        (record[2], record[3]) = (flags, preempt);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), pid);
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private RingPageWriter Word(uint value)
    {
        _data.AddRange(BitConverter.GetBytes(value));
        return this;
    }
}
