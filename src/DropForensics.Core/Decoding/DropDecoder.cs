using DropForensics.Core.Events;
using DropForensics.Core.Lines;
using DropForensics.Core.Model;
using DropForensics.Core.Text;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Decoding;

/// <summary>
/// Turns one stream of text into drops. The bytes may be cut anywhere between two calls of <see cref="Feed"/>: the result does not
/// depend on the cuts. The decoder of each tool's text recognizes its lines; this class has the stream, its ledger of lines, and the stacks.
/// </summary>
/// <remarks>
/// Text that does not parse is counted by kind and never throws. Strings and stacks are made once and shared, so a drop that resembles an
/// earlier one allocates nothing.
/// </remarks>
public abstract class DropDecoder
{
    /// <summary>Unparsed lines kept with their text, for each kind.</summary>
    public const int MaxUnparsedSamples = 100;

    private const int SampleBytes = 200;
    private const int MostOtherEvents = 64;

    private readonly CarryBuffer _carry = new();
    private readonly Dictionary<string, long> _otherEvents = [];
    private readonly int[] _samples = new int[Enum.GetValues<LineKind>().Length];
    private bool _skipsTooLong;
    private bool _isComplete;

    /// <param name="pools">Of all streams of one capture.</param>
    private protected DropDecoder(TracePools pools) => Pools = pools;

    /// <summary>Names the numbers a probe prints.</summary>
    public ReasonTable Reasons => Pools.ReasonTable;

    /// <summary>What was decoded since the last clear.</summary>
    public DecodedBatch Batch { get; } = new();

    /// <summary>Lines seen so far, by kind; without an unfinished line and the frames of an unfinished stack.</summary>
    public LineCounts Lines { get; } = new();

    /// <summary>
    /// Time of the first record of the stream, drop or not; null before it. A drop that waits for its stack enters the
    /// batch after younger ones, so the first in the batch may be a later one.
    /// </summary>
    public long? FirstTimestamp { get; private protected set; }

    /// <summary>Stacks without an event in this stream: the event was lost, or is in another buffer.</summary>
    public long OrphanStacks { get; private protected set; }

    /// <summary>Events that cannot report a drop, by kind: <c>netif_receive_skb</c>, <c>calls of __kfree_skb</c>. The first 64 kinds have a count each, all later ones share <c>others</c>.</summary>
    public IReadOnlyDictionary<string, long> OtherEvents => _otherEvents;

    /// <summary>The first line that is a record of another tool than those before it; null if there is none.</summary>
    public long? ForeignLine { get; private protected set; }

    /// <summary>Checks whether a line that did not parse is another tool's record; null for no check.</summary>
    internal Predicate? IsForeign { get; init; }

    internal delegate bool Predicate(ReadOnlySpan<byte> line);

    /// <summary>Receives what becomes of the text, in its order and without gaps; null for nobody.</summary>
    internal TextSink? OnText { get; init; }

    private protected TracePools Pools { get; }

    private protected OpenStack Stack { get; } = new();

    /// <summary>Number of the record's first line.</summary>
    private protected long Line { get; private set; } = 1;

    /// <summary>Number of the line after the record.</summary>
    private protected long NextLine { get; private set; } = 1;

    /// <summary>Another record is glued to the line: all of it is kept, for nobody can tell what belongs to which.</summary>
    private protected bool IsGlued { get; private set; }

    /// <summary>The record is the end of the stream, without a newline.</summary>
    private protected bool IsUnterminated { get; private set; }

    /// <summary>Decodes the next bytes of the stream into <see cref="Batch"/>.</summary>
    /// <exception cref="InvalidOperationException">The stream was completed before.</exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_isComplete)
            throw new InvalidOperationException("The stream was completed.");
        while (_carry.Length > 0 && !bytes.IsEmpty)
        {
            int before = _carry.Length;
            int added = Math.Min(bytes.Length, CarryBuffer.TopUpBytes);
            _carry.Append(bytes[..added]);
            int read = Decode(_carry.Bytes, atEnd: false);
            if (read < before)
            {
                // The record is still unfinished.
                _carry.RemoveFirst(read);
                bytes = bytes[added..];
                continue;
            }
            // What follows it needs no copy.
            _carry.RemoveFirst(_carry.Length);
            bytes = bytes[(read - before)..];
        }
        if (!bytes.IsEmpty)
            _carry.Append(bytes[Decode(bytes, atEnd: false)..]);
    }

    /// <summary>
    /// Ends the stream: the unfinished line, the open stack and the events that still wait for one. A last line without a
    /// newline that parses as a record, frame or LOST line counts as one, because pasted text often ends so. That its last field is
    /// cut cannot be detected, unless it is a reason: those are looked up in <see cref="Reasons"/>. Any other last line without a newline counts as
    /// <see cref="LineKind.UnparsedEnd"/>.
    /// </summary>
    public void Complete()
    {
        if (_isComplete)
            return;
        _isComplete = true;
        Decode(_carry.Bytes, atEnd: true);
        CloseStack();
        if (_skipsTooLong)
            Lines[LineKind.UnparsedTooLong]++;
        End();
    }

    /// <summary>Something waits for the lines that follow: an event for its stack, or a stack for its end.</summary>
    public bool IsWaiting => !_isComplete && (_carry.Length > 0 || Stack.IsOpen || HasEvents);

    /// <summary>
    /// Takes for whole what waits for the lines that follow, where all that was written has come. The stream goes on; a line that has no end yet goes on
    /// waiting.
    /// </summary>
    public void Settle()
    {
        if (_isComplete || (_carry.Length > 0 && _carry.Bytes[^1] != '\n'))
            return;
        Decode(_carry.Bytes, atEnd: true);
        _carry.RemoveFirst(_carry.Length);
        CloseStack();
        End();
    }

    /// <summary>An event waits for its stack.</summary>
    private protected virtual bool HasEvents => false;

    /// <summary>Takes frame lines of the open stack that can be taken unparsed; returns their bytes.</summary>
    private protected abstract int TakeFrames(ReadOnlySpan<byte> bytes);

    /// <summary>Adds the record to the open stack if it is one of its frames.</summary>
    private protected abstract bool TryAddFrame(in RawRecord record);

    /// <summary>Decides what one line is, and acts on it. If it was cut off and another record follows, returns that one's position.</summary>
    private protected abstract LineKind Interpret(ReadOnlySpan<byte> text, out int glued);

    /// <summary>The stack as it is stored, where a tool's stacks lack something.</summary>
    private protected virtual CallStack? Taken(CallStack stack) => stack;

    /// <summary>Nothing more comes.</summary>
    private protected virtual void End()
    {
    }

    // Returns how many bytes are finished; the rest needs the bytes that follow.
    private int Decode(ReadOnlySpan<byte> bytes, bool atEnd)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            int taken = _skipsTooLong ? SkipTooLong(rest) : Stack.IsOpen ? TakeFrames(rest) : 0;
            LineKind? leftOut = taken > 0 && Stack is { IsOpen: true, IsLeftOut: true } ? LineKind.Frame : null;
            if (taken == 0)
            {
                if (!RawRecord.TryTake(rest, atEnd, out RawRecord record))
                    break;
                leftOut = Read(record);
                taken = record.Length;
            }
            OnText?.Invoke(rest[..taken], leftOut);
            at += taken;
        }
        return at;
    }

    private int SkipTooLong(ReadOnlySpan<byte> bytes)
    {
        int newline = bytes.IndexOf((byte)'\n');
        if (newline < 0)
            return bytes.Length;
        _skipsTooLong = false;
        Line++;
        Lines[LineKind.UnparsedTooLong]++;
        return newline + 1;
    }

    // What of the text is left out: an event, a stack's header, or a frame; null where it is kept.
    private LineKind? Read(in RawRecord record)
    {
        if (Stack.IsOpen && TryAddFrame(record))
            return Stack.IsLeftOut ? LineKind.Frame : null;
        CloseStack();
        if (record.IsTooLong && !record.IsTerminated)
        {
            _skipsTooLong = true;
            KeepSample(LineKind.UnparsedTooLong, Line, record.Text);
            return null;
        }

        NextLine = Line + record.Lines;
        IsUnterminated = !record.IsTerminated;
        ReadOnlySpan<byte> text = record.Text;
        int glued = -1;
        LineKind kind = record.IsTooLong ? LineKind.UnparsedTooLong : Interpret(text, out glued);
        if (kind == LineKind.UnparsedHeader && ForeignLine is null && IsForeign?.Invoke(text) == true)
            ForeignLine = Line;
        if (glued >= 0)
            kind = LineKind.UnparsedGlued;
        else if (kind == LineKind.UnparsedHeader && !RecordSign.IsIn(text))
            kind = LineKind.UnparsedProse;
        else if (kind.IsUnparsed() && !record.IsTerminated)
            kind = LineKind.UnparsedEnd;
        bool isLeftOut = kind is LineKind.Filtered or LineKind.FilteredUnseen or LineKind.FilteredStack;
        Lines[kind] += isLeftOut ? 1 : record.Lines;
        if (isLeftOut)
            Lines[LineKind.Comment] += record.Lines - 1; // blank ones, as they are stored
        if (kind.IsUnparsed())
            KeepSample(kind, Line, text);

        IsGlued = glued >= 0;
        while (glued >= 0)
        {
            CloseStack();
            text = text[glued..];
            Interpret(text, out glued);
        }
        IsGlued = false;
        Line = NextLine;
        return isLeftOut ? kind : null;
    }

    /// <summary>Counts an event that cannot report a drop.</summary>
    /// <param name="text">What it is.</param>
    private protected void CountOther(ReadOnlySpan<byte> text)
    {
        string what = Pools.Events.Get(text);
        if (!_otherEvents.TryGetValue(what, out long count) && _otherEvents.Count == MostOtherEvents)
            count = _otherEvents.GetValueOrDefault(what = "others");
        _otherEvents[what] = count + 1;
    }

    /// <summary>An event that is no drop, in the current line.</summary>
    private protected OtherEvent OtherOf(
        ReadOnlySpan<byte> name, ReadOnlySpan<byte> fields, int cpu, long timestamp, (int Pid, int? Tgid, string Comm) task) => new()
        {
            Name = Pools.Events.Get(name),
            Cpu = cpu,
            RawLine = Line,
            Timestamp = timestamp,
            Pid = task.Pid,
            Tgid = task.Tgid,
            Comm = task.Comm,
            Fields = EventFields.Of(fields),
            Flow = EventFlow.Of(name, fields),
        };

    private void CloseStack()
    {
        if (!Stack.IsOpen)
            return;
        if (Stack.IsUser || Stack.IsLeftOut)
        {
            Lines[Stack.IsUser ? LineKind.Frame : LineKind.Comment] += Stack.Lines;
        }
        else
        {
            StackBlock block = Pools.Stacks.Get(Stack.Bytes);
            Lines[LineKind.Frame] += block.Lines - block.Bad.Length;
            CountBadFrames(block.Bad);
            if (Stack.Owner is { IsDrop: true } owner)
                Batch.Drops.Add(owner.Drop with { Stack = Taken(Pools.Stacks.Complete(block, owner.Drop.Location)) });
            else if (Stack.Owner?.Other is { } other)
                Batch.Others.Add(other with { Stack = Taken(block.Stack) });
        }
        Line += Stack.Lines;
        Stack.Close();
    }

    private void CountBadFrames(int[] bad)
    {
        Lines[LineKind.UnparsedFrame] += bad.Length;
        ReadOnlySpan<byte> rest = Stack.Bytes;
        for (int line = 0, next = 0; next < bad.Length; line++)
        {
            ReadOnlySpan<byte> text = StackPool.TakeLine(ref rest);
            if (line != bad[next])
                continue;
            KeepSample(LineKind.UnparsedFrame, Stack.FirstLine + line, text);
            next++;
        }
    }

    private void KeepSample(LineKind kind, long line, ReadOnlySpan<byte> text)
    {
        if (_samples[(int)kind] == MaxUnparsedSamples)
            return;
        _samples[(int)kind]++;
        Batch.Unparsed.Add(new UnparsedLine(line, kind, TraceText.Of(text[..Math.Min(text.Length, SampleBytes)])));
    }
}
