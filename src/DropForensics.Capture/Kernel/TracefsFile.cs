using System.Text;

namespace DropForensics.Capture.Kernel;

/// <summary>A file of tracefs that <see cref="TracefsHand"/> opened for writing, or would open.</summary>
internal sealed class TracefsFile : IDisposable
{
    private readonly string _path;
    private readonly Action<TracefsChange>? _note;
    private readonly bool _isHeld;
    private readonly FileStream? _file;
    private bool _disposed;

    internal TracefsFile(string path, Action<TracefsChange>? note, bool isHeld)
    {
        (_path, _note, _isHeld) = (path, note, isHeld);
        if (note is null) _file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        else if (isHeld) note(new TracefsChange(TracefsChangeKind.Hold, path));
    }

    /// <summary>One write system call, as tracefs wants it.</summary>
    /// <param name="value">Without a newline.</param>
    /// <exception cref="IOException">The kernel refused the value.</exception>
    public void Write(string value)
    {
        if (_file is not null) _file.Write(Encoding.ASCII.GetBytes(value + "\n"));
        else _note?.Invoke(new TracefsChange(_isHeld ? TracefsChangeKind.WriteHeld : TracefsChangeKind.Write, _path, value));
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _file?.Dispose();
        if (_isHeld) _note?.Invoke(new TracefsChange(TracefsChangeKind.Release, _path));
    }
}
