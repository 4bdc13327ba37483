namespace DropForensics.Capture;

/// <summary>The time in which drops are recorded, and what ended it. The first cause counts.</summary>
internal sealed class Window : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private string? _endedBy;

    /// <summary>Set when something ended the window before its time.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary><c>duration</c> unless something else came first: a signal's name, <c>max-drops</c>, <c>max-size</c> …</summary>
    public string EndedBy => _endedBy ?? "duration";

    /// <summary>Ends the window. Safe from any thread, and more than once.</summary>
    public void End(string cause)
    {
        if (Interlocked.CompareExchange(ref _endedBy, cause, null) is null) _ended.Cancel();
    }

    public void Dispose() => _ended.Dispose();
}
