using System.Buffers.Binary;

namespace DropForensics.Core.RingPages;

/// <summary>
/// The records of one page, in order (include/linux/ring_buffer.h, kernel/trace/ring_buffer.c). A record begins with a word of 5 bits
/// type_len and 27 bits time since the one before. type_len 1 to 28 counts words of data; with 0 the next word holds the length. 29 is
/// padding, 30 adds to the time, 31 sets it. Damage ends the page: nothing after it is read.
/// </summary>
internal ref struct RingPage
{
    private const int Padding = 29, TimeExtend = 30, TimeStamp = 31, DeltaBits = 27;

    // Bits of commit (RB_MISSED_EVENTS, RB_MISSED_STORED): records were lost before this page, and how many follows its data.
    private const uint Missed = 1u << 31, MissedStored = 1u << 30;

    // An absolute stamp has 59 bits.
    private const ulong StampBits = (1UL << 59) - 1;

    private ReadOnlySpan<byte> _rest;
    private ulong _time;

    /// <param name="layout">Of this kernel's pages.</param>
    /// <param name="page">As it was read; may be incomplete.</param>
    public RingPage(PageLayout layout, ReadOnlySpan<byte> page)
    {
        if (page.Length < layout.Data)
        {
            IsDamaged = !page.IsEmpty;
            return;
        }

        _time = BinaryPrimitives.ReadUInt64LittleEndian(page[layout.Timestamp..]);
        uint commit = BinaryPrimitives.ReadUInt32LittleEndian(page[layout.Commit..]);
        ReadOnlySpan<byte> data = page[layout.Data..];
        int length = (int)(commit & ~(Missed | MissedStored));
        IsDamaged = length > data.Length;
        _rest = data[..Math.Min(length, data.Length)];
        HasLost = (commit & Missed) != 0;
        if (HasLost && (commit & MissedStored) != 0 && data.Length - length >= 8)
            Lost = BinaryPrimitives.ReadUInt64LittleEndian(data[length..]);
    }

    /// <summary>Records were lost before the first of this page.</summary>
    public bool HasLost { get; }

    /// <summary>How many; null if the kernel does not report it.</summary>
    public ulong? Lost { get; }

    /// <summary>The bytes after the last record are invalid.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Time of the record, in the trace clock's ns.</summary>
    public readonly ulong Timestamp => _time;

    /// <summary>Its data, which begins with the event's number.</summary>
    public ReadOnlySpan<byte> Record { get; private set; }

    /// <summary>Moves to the next record; false at the end.</summary>
    public bool MoveNext()
    {
        while (_rest.Length >= 4)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
            uint type = word & 0x1F, delta = word >> 5;
            uint next = _rest.Length >= 8 ? BinaryPrimitives.ReadUInt32LittleEndian(_rest[4..]) : 0;
            switch (type)
            {
                case Padding when delta == 0:
                    _rest = default;
                    return false;
                case Padding:
                    // A discarded record: the kernel's own reader does not add its time.
                    if (!TrySkip(next + 4UL))
                        return false;
                    continue;
                case TimeExtend:
                    _time += ((ulong)next << DeltaBits) + delta;
                    if (!TrySkip(8))
                        return false;
                    continue;
                case TimeStamp:
                    SetTime(((ulong)next << DeltaBits) + delta);
                    if (!TrySkip(8))
                        return false;
                    continue;
            }

            int head = type == 0 ? 8 : 4;
            ulong length = type == 0 ? next - 4UL : type * 4;
            if ((type == 0 && next < 4) || (ulong)(_rest.Length - head) < length || _rest.Length < head)
                break;
            Record = _rest.Slice(head, (int)length);
            _rest = _rest[(head + (int)length)..];
            _time += delta;
            return true;
        }

        IsDamaged |= !_rest.IsEmpty;
        _rest = default;
        return false;
    }

    // The five bits above the stamp are taken from the previous time, and time never goes back.
    private void SetTime(ulong stamp)
    {
        ulong time = (_time & ~StampBits) | (stamp & StampBits);
        _time = time < _time && _time - time > StampBits / 2 ? time + StampBits + 1 : time;
    }

    private bool TrySkip(ulong bytes)
    {
        bool fits = bytes >= 8 && bytes <= (ulong)_rest.Length;
        IsDamaged |= !fits;
        _rest = fits ? _rest[(int)bytes..] : default;
        return fits;
    }
}
