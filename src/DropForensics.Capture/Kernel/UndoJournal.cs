using System.Diagnostics;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// The journal of a capture: every change to tracefs is made here together with its undo step, and <see cref="Undo"/> runs these
/// steps, last change first. The guard receives each step before its change and runs the same list in the same order. Both keep it in
/// memory only: nothing is ever undone from a file on disk.
/// </summary>
/// <param name="writer">Makes the changes, or notes them for a plan.</param>
internal sealed class UndoJournal(TracefsWriter writer)
{
    private readonly Stack<(string What, Action Undo)> _undo = new();
    private readonly List<string> _failures = [];

    /// <summary>The current position, for undoing back to it.</summary>
    public int Mark => _undo.Count;

    /// <summary>Changes are only noted, not made.</summary>
    public bool IsPlanning => writer.IsPlanning;

    /// <summary>What could not be undone and why; empty when all is as before.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Writes a value to a file of tracefs.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">What to write, without a newline.</param>
    /// <param name="undo">The value that undoes it; null if removing our own instance does.</param>
    /// <exception cref="IOException">The kernel refused the value, or we may not.</exception>
    public void Write(string path, string value, string? undo = null)
    {
        // Noted first: a failure in between must not leave a change without its undo step.
        if (undo is not null)
        {
            var step = new UndoStep(UndoKind.Write, path, undo);
            writer.Announce(step);
            Add(step);
        }

        try
        {
            writer.Write(path, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the kernel refused '{value}' in {path}: {e.Message}", e);
        }
    }

    /// <summary>The same for a value that the kernel may refuse: then there is nothing to undo.</summary>
    /// <returns>False if it was refused.</returns>
    public bool TryWrite(string path, string value, string? undo = null)
    {
        int mark = Mark;
        try
        {
            Write(path, value, undo);
            return true;
        }
        catch (IOException)
        {
            if (Mark > mark) _undo.Pop();
            return false;
        }
    }

    /// <summary>Makes a directory below <c>instances</c>, which makes a trace instance.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="use"><see cref="UndoStep.Ring"/>, <see cref="UndoStep.Drops"/> or the event that it counts.</param>
    public void MakeInstance(string path, string use)
    {
        var removal = new UndoStep(UndoKind.RemoveInstance, path, use);
        writer.Announce(removal);
        writer.MakeDirectory(path);
        Add(removal);
    }

    /// <summary>Adds a probe event to the kernel's list; it is removed by its own name, because the list also has other tools' probes.</summary>
    /// <param name="path">The list.</param>
    /// <param name="event">Its <c>group/event</c>.</param>
    /// <param name="definition">Its definition.</param>
    /// <exception cref="Core.UserError">The list cannot be written to.</exception>
    /// <exception cref="IOException">The kernel refused the definition.</exception>
    public void DefineProbe(string path, string @event, string definition)
    {
        var removal = new UndoStep(UndoKind.RemoveProbe, path, @event);
        writer.Announce(removal);
        TracefsFile list;
        try
        {
            list = writer.Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TracefsRefusal.Of($"cannot write to {path}: {e.Message}", e);
        }

        using (list) list.Write(definition);
        Add(removal);
    }

    /// <summary>Opens a file that stays open until it is undone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="last">What to write to it before it is closed; null for nothing.</param>
    public TracefsFile Hold(string path, string? last = null)
    {
        TracefsFile file = writer.Hold(path);
        _undo.Push(($"close {path}", Close));
        return file;

        void Close()
        {
            using (file)
            {
                if (last is not null) file.Write(last);
            }
        }
    }

    /// <summary>Opens a file that the caller closes soon.</summary>
    public TracefsFile Borrow(string path) => writer.Hold(path);

    /// <summary>Undoes the changes after the mark, last change first, and continues after a failure: see <see cref="Failures"/>.</summary>
    public void Undo(int mark = 0)
    {
        while (_undo.Count > mark)
        {
            (string? what, Action? undo) = _undo.Pop();
            try
            {
                undo();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _failures.Add($"could not {what} ({e.Message})");
            }
        }
    }

    private void Add(UndoStep step) => _undo.Push((step.What, () => step.Play(writer)));
}

/// <summary>
/// Undoes one change to tracefs. The agent runs these at its end, last change first; its guard receives each before the change
/// is made, and runs the same ones if the agent dies.
/// </summary>
/// <param name="Kind">How.</param>
/// <param name="Path">The file to write to, or the instance's directory.</param>
/// <param name="Value">
/// What to write, without a newline; for a probe its <c>group/event</c>; for an instance its use: <see cref="Ring"/>,
/// <see cref="Drops"/>, or the other event that it counts.
/// </param>
internal sealed record UndoStep(UndoKind Kind, string Path, string Value)
{
    /// <summary>Of the instance whose ring is read, and of the one that counts drops.</summary>
    public const string Ring = "ring", Drops = "drops";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    /// <summary>For a message: what it does, and the command to do it by hand.</summary>
    public string What => Kind switch
    {
        UndoKind.RemoveInstance => $"remove the trace instance; once no process has a file in it open, remove it by hand: rmdir {Path}",
        UndoKind.RemoveProbe => $"remove the probe {Value}; once nothing uses it, remove it by hand: echo '-:{Value}' >> {Path}",
        _ => $"write '{Value}' to {Path}",
    };

    private string Tracefs => System.IO.Path.GetDirectoryName(Path) ?? "/";

    /// <summary>Runs it; something that no longer exists counts as removed. Retries for up to two seconds while the kernel reports it in use.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public void Play(TracefsWriter writer)
    {
        switch (Kind)
        {
            case UndoKind.RemoveInstance:
                RetryWhileBusy(() => writer.RemoveDirectory(Path), () => Directory.Exists(Path));
                break;
            case UndoKind.RemoveProbe:
                RemoveProbe(writer);
                break;
            default:
                writer.Write(Path, Value);
                break;
        }
    }

    private void RemoveProbe(TracefsWriter writer)
    {
        try
        {
            RetryWhileBusy(() => writer.Write(Path, $"-:{Value}"), () => Directory.Exists(System.IO.Path.Combine(Tracefs, "events", Value)));
        }
        catch (IOException e) when (TraceInstances.ThatEnable(Tracefs, Value) is { Length: > 0 } holders)
        {
            throw new IOException($"enabled in {holders}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Removes something, and retries for two seconds while it exists and the kernel refuses: with EBUSY while another tool has
    /// a file of ours open, and for a moment after it was closed.
    /// </summary>
    private static void RetryWhileBusy(Action remove, Func<bool> isThere)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                remove();
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!isThere()) return;
                if (waited.Elapsed >= Patience) throw;
                Thread.Sleep(Retry);
            }
        }
    }
}

/// <summary>How a change to tracefs is undone.</summary>
internal enum UndoKind
{
    /// <summary>A value is written to a file.</summary>
    Write,

    /// <summary>A trace instance is removed.</summary>
    RemoveInstance,

    /// <summary>A probe event is removed from the kernel's list.</summary>
    RemoveProbe,
}
