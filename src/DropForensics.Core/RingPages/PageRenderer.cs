using DropForensics.Core.Text;

namespace DropForensics.Core.RingPages;

/// <summary>
/// Renders pages of per_cpu/cpuN/trace_pipe_raw to exactly the lines that per_cpu/cpuN/trace_pipe would have printed (with sym-offset, and pointers
/// not hashed). The kernel spends 20 µs on the text of a drop; this takes a fraction of that because it caches known stacks. In steady state a record
/// allocates nothing. Not thread-safe.
/// </summary>
public sealed class PageRenderer
{
    // Stacks known: keys and texts have about 1 KB.
    private const int MostStacks = 4 * 1024, MostStackBytes = 1 << 20;

    // kernel/trace/trace_output.c prints this for FTRACE_TRAMPOLINE_MARKER, INT_MAX, since 6.15.
    private const ulong TrampolineMarker = int.MaxValue;

    private readonly PageLayout _layout;
    private readonly LineHead _head;
    private readonly Comms _comms;
    private readonly KernelSymbols _symbols;
    private readonly EventBody[] _events;
    private readonly int _stackId;
    private readonly EventField _type, _caller;
    private readonly LineBuffer _frames = new(4096);
    private BytePool<byte[]> _stacks;
    private EventBody _last;
    private int _generation;

    private PageRenderer(Parts parts)
    {
        (_layout, _head, _comms, _symbols, _events, _stackId, _type, _caller) = parts;
        _last = _events[0];
        _stacks = NewPool();
    }

    /// <summary>Bytes of one read.</summary>
    public int PageBytes => _layout.PageBytes;

    /// <summary>Records that could not be rendered, and pages with invalid ends: each becomes a line that does not parse.</summary>
    public long Unrendered { get; private set; }

    /// <param name="host">The host's description of its ring.</param>
    /// <param name="openKallsyms">Opens /proc/kallsyms.</param>
    /// <param name="readModules">Reads /proc/modules, which shows when to read kallsyms again; null if it cannot.</param>
    /// <param name="readComms">Reads tracefs <c>saved_cmdlines</c>; null if it cannot.</param>
    /// <param name="refusal">The reason if null is returned: then only text can be read.</param>
    public static PageRenderer? TryMake(RingEvents host, Func<Stream?> openKallsyms, Func<byte[]?> readModules, Func<byte[]?> readComms, out string refusal)
    {
        refusal = "the layout of its pages is not known";
        if (PageLayout.TryParse(host.HeaderPage, host.HeaderEvent) is not { } layout)
            return null;
        refusal = "an event or its stack has no format that is known";
        EventFormat?[] formats = [.. host.Events.Select(each => EventFormat.TryParse(each.Format))];
        if (formats is not [{ } first, ..] || formats.Contains(null) || EventFormat.TryParse(host.KernelStack) is not { } stack
            || first.Find("common_type") is not { Size: 2 } type || stack.Find("caller") is not { ElementSize: 8, IsDataLocation: false } caller)
            return null;
        refusal = "the columns of its text are not known";
        var comms = new Comms(readComms);
        if (LineHead.TryMake(first, host.TraceHeader, comms) is not { } head)
            return null;
        var bodies = new List<EventBody>();
        for (int i = 0; i < formats.Length; i++)
        {
            // Each was parsed: see above.
            if (EventBody.TryMake(formats[i]!, host.Events[i].AttachedTo, host.HashesPointers, out refusal) is not { } body)
                return null;
            bodies.Add(body);
        }

        var symbols = new KernelSymbols(openKallsyms, readModules, layout.PageBytes, () => Environment.TickCount64);
        return new PageRenderer(new Parts(layout, head, comms, symbols, [.. bodies], stack.Id, type, caller));
    }

    /// <summary>Reads the symbol table, which takes a tenth of a second; otherwise the first address reads it.</summary>
    /// <returns>False if /proc/kallsyms cannot be read or hides its addresses: do not render then.</returns>
    public bool TryLoadSymbols() => _symbols.TryLoad();

    /// <summary>Appends the lines of a page.</summary>
    /// <param name="line">Receives them.</param>
    /// <param name="cpu">Whose page it is.</param>
    /// <param name="page">As it was read.</param>
    public void Render(LineBuffer line, int cpu, ReadOnlySpan<byte> page)
    {
        _comms.Refresh();
        _symbols.Refresh();
        var records = new RingPage(_layout, page);
        bool isFirst = true;
        while (records.MoveNext())
        {
            if (isFirst && records.HasLost)
                AppendLost(line, cpu, records.Lost);
            isFirst = false;
            AppendRecord(line, cpu, records.Timestamp, records.Record);
        }

        if (isFirst && records.HasLost)
            AppendLost(line, cpu, records.Lost);
        if (records.IsDamaged)
            AppendUnknown(line, "page"u8, page.Length);
    }

    // "CPU:1 [LOST 230 EVENTS]"
    private static void AppendLost(LineBuffer line, int cpu, ulong? lost)
    {
        line.Append("CPU:"u8);
        line.AppendDecimal((ulong)cpu);
        line.Append(" [LOST "u8);
        if (lost is { } count and not ulong.MaxValue)
        {
            line.AppendDecimal(count);
            line.Append((byte)' ');
        }

        line.Append("EVENTS]\n"u8);
    }

    private void AppendRecord(LineBuffer line, int cpu, ulong time, ReadOnlySpan<byte> record)
    {
        int start = line.Length;
        if (_type.TryRead(record, 0, out ulong type) && _head.TryAppend(line, cpu, time, record) && TryAppendBody(line, (int)type, record))
            return;
        line.CutTo(start);
        AppendUnknown(line, "record"u8, record.Length);
    }

    private bool TryAppendBody(LineBuffer line, int type, ReadOnlySpan<byte> record)
    {
        if (type == _stackId)
            return TryAppendStack(line, record);
        if ((type == _last.Id ? _last : Find(type)) is not { } body || !body.TryAppend(line, record, _symbols))
            return false;
        _last = body;
        line.Append((byte)'\n');
        return true;
    }

    private EventBody? Find(int type)
    {
        foreach (EventBody each in _events)
        {
            if (each.Id == type)
                return each;
        }

        return null;
    }

    private bool TryAppendStack(LineBuffer line, ReadOnlySpan<byte> record)
    {
        if (record.Length < _caller.Offset)
            return false;
        line.Append("<stack trace>\n"u8);
        if (_generation != _symbols.Generation || _stacks.Count >= MostStacks)
        {
            _generation = _symbols.Generation;
            _stacks = NewPool();
        }

        line.Append(_stacks.Get(record[_caller.Offset..]));
        return true;
    }

    private byte[] Frames(ReadOnlySpan<byte> addresses)
    {
        _frames.Clear();
        for (; addresses.Length >= 8; addresses = addresses[8..])
        {
            ulong address = BitConverter.ToUInt64(addresses);
            if (address == ulong.MaxValue)
                break;
            _frames.Append(" => "u8);
            _frames.Append(address == TrampolineMarker ? "[FTRACE TRAMPOLINE]"u8 : address == 0 ? "0"u8 : _symbols.Of(address));
            _frames.Append((byte)'\n');
        }

        return _frames.Written.ToArray();
    }

    private BytePool<byte[]> NewPool() => new(MostStacks, MostStackBytes, Frames);

    // It counts as an unparsed line, which shows that something is missing.
    private void AppendUnknown(LineBuffer line, ReadOnlySpan<byte> what, int length)
    {
        Unrendered++;
        line.Append("unreadable "u8);
        line.Append(what);
        line.Append(" of "u8);
        line.AppendDecimal((ulong)length);
        line.Append(" bytes in the ring\n"u8);
    }

    private sealed record Parts(
        PageLayout Layout, LineHead Head, Comms Comms, KernelSymbols Symbols, EventBody[] Events, int StackId, EventField Type, EventField Caller);
}
