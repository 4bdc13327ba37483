using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Text;

namespace DropForensics.Core.Recording;

/// <summary>
/// The text of a stream on its way to the file where a filter chooses: it waits until the decoder has said of each record whether it is kept. Of one that is
/// left out a mark stays, line for line, so that lines keep their numbers.
/// </summary>
/// <param name="raw">Where it goes.</param>
internal sealed class FilteredText(RawText raw)
{
    private readonly CarryBuffer _undecided = new();
    private int _decided;
    private bool _isMasked;

    /// <summary>Takes bytes before they are decoded.</summary>
    /// <param name="masked">See <see cref="RawText.Add"/>.</param>
    public void Add(ReadOnlySpan<byte> bytes, bool masked)
    {
        _undecided.RemoveFirst(_decided);
        _decided = 0;
        _isMasked = masked || (_isMasked && _undecided.Length > 0);
        _undecided.Append(bytes);
    }

    /// <summary>What becomes of the next bytes of it: <see cref="TextSink"/>.</summary>
    public void Decide(ReadOnlySpan<byte> text, LineKind? leftOut)
    {
        _decided += text.Length;
        if (leftOut is not { } kind)
        {
            raw.Add(text, _isMasked);
            return;
        }

        raw.Add(FilterMarks.Of(kind));
        for (int ends = LineEnds.Count(text); ends > 0; ends--) raw.Add("\n"u8);
    }

    /// <summary>Keeps what nobody has decided: the decoder failed, or the stream has ended.</summary>
    public void Release()
    {
        raw.Add(_undecided.Bytes[_decided..], _isMasked);
        _decided = _undecided.Length;
    }
}
