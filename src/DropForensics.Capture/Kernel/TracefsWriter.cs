using System.Text;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// Every change of tracefs goes through one of these. With <paramref name="note"/> it changes nothing and only tells each change, so
/// a plan is made by the same code as a capture.
/// </summary>
/// <param name="note">Receives each change instead of making it; null to make changes.</param>
/// <param name="announce">Receives each undo step before its change is made: the agent's guard.</param>
internal sealed class TracefsWriter(Action<TracefsChange>? note = null, Action<UndoStep>? announce = null)
{
    /// <summary>Makes the changes.</summary>
    public static TracefsWriter Real { get; } = new();

    /// <summary>Changes are only told: files that they would make, as in a new instance, do not exist.</summary>
    public bool IsPlanning => note is not null;

    /// <summary>Call it before the change that the step undoes.</summary>
    public void Announce(UndoStep step) => announce?.Invoke(step);

    /// <summary>Writes a value, without a newline, to an existing file.</summary>
    /// <inheritdoc cref="Open"/>
    public void Write(string path, string value)
    {
        using TracefsFile file = Open(path);
        file.Write(value);
    }

    /// <summary>Opens an existing file for writing. Never with O_TRUNC: of dynamic_events and kprobe_events that would remove everybody's probes.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public TracefsFile Open(string path) => new(path, note, isHeld: false);

    /// <summary>The same for a file that stays open.</summary>
    /// <inheritdoc cref="Open"/>
    public TracefsFile Hold(string path) => new(path, note, isHeld: true);

    /// <summary>Makes a directory below <c>instances</c>.</summary>
    public void MakeDirectory(string path)
    {
        if (note is not null) note(new TracefsChange(TracefsChangeKind.MakeDirectory, path));
        else Directory.CreateDirectory(path);
    }

    /// <summary>Removes one.</summary>
    public void RemoveDirectory(string path)
    {
        if (note is not null) note(new TracefsChange(TracefsChangeKind.RemoveDirectory, path));
        else Directory.Delete(path);
    }
}

/// <summary>A file of tracefs that a <see cref="TracefsWriter"/> opened for writing, or would open.</summary>
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

    /// <summary>One write system call, as tracefs requires.</summary>
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

/// <summary>One change to tracefs, as a plan notes it.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Path">The file or directory.</param>
/// <param name="Value">The written value without its newline; empty if nothing is written.</param>
internal sealed record TracefsChange(TracefsChangeKind Kind, string Path, string Value = "");

/// <summary>The ways in which tracefs is changed.</summary>
internal enum TracefsChangeKind
{
    /// <summary>A file is opened, written to and closed; never with O_TRUNC, which would make the kernel remove everybody's probes.</summary>
    Write,

    /// <summary>A file is opened for writing and stays open.</summary>
    Hold,

    /// <summary>It is written to.</summary>
    WriteHeld,

    /// <summary>It is closed.</summary>
    Release,

    /// <summary>A directory is made: a trace instance.</summary>
    MakeDirectory,

    /// <summary>A directory is removed, and the trace instance with it.</summary>
    RemoveDirectory,
}
