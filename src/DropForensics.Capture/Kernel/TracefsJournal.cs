namespace DropForensics.Capture.Kernel;

/// <summary>
/// Every change to tracefs goes through here together with what undoes it; <see cref="Undo"/> plays that back in reverse. Kept in
/// memory only, here and in the guard: nothing is ever undone from a file on disk.
/// </summary>
/// <param name="hand">What makes the changes, or notes them for a plan.</param>
internal sealed class TracefsJournal(TracefsHand hand)
{
    private readonly Stack<(string What, Action Undo)> _undo = new();

    /// <summary>Where the journal stands now, to undo back to.</summary>
    public int Mark => _undo.Count;

    /// <summary>Writes a value to a file of tracefs.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">What to write, without a newline.</param>
    /// <param name="undo">What to write to take it back; null where the removal of our own instance does.</param>
    /// <exception cref="IOException">The kernel refused the value, or we may not.</exception>
    public void Write(string path, string value, string? undo = null)
    {
        // Noted first: a failure between the two must not leave a change that nobody knows how to undo.
        if (undo is not null)
        {
            var step = new UndoStep(UndoKind.Write, path, undo);
            hand.Announce(step);
            _undo.Push((step.What, () => step.Play(hand)));
        }

        WriteFile(path, value);
    }

    /// <summary>Makes a directory below <c>instances</c>, which makes a trace instance.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="use"><see cref="UndoStep.Ring"/> or <see cref="UndoStep.Witness"/>.</param>
    public void MakeInstance(string path, string use)
    {
        var removal = new UndoStep(UndoKind.RemoveInstance, path, use);
        hand.Announce(removal);
        hand.MakeDirectory(path);
        _undo.Push((removal.What, () => removal.Play(hand)));
    }

    /// <summary>Notes something else to be undone in its turn, such as a file held open.</summary>
    public void OnUndo(string what, Action undo) => _undo.Push((what, undo));

    /// <summary>Undoes what came after the mark, last change first, and goes on after a failure.</summary>
    /// <returns>What could not be undone and why; empty when it is as before.</returns>
    public IReadOnlyList<string> Undo(int mark = 0)
    {
        var failures = new List<string>();
        while (_undo.Count > mark)
        {
            var (what, undo) = _undo.Pop();
            try
            {
                undo();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures.Add($"could not {what} ({e.Message})");
            }
        }

        return failures;
    }

    /// <summary>One write system call, as tracefs wants it; never creates the file.</summary>
    private void WriteFile(string path, string value)
    {
        try
        {
            hand.Write(path, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the kernel refused '{value}' in {path}: {e.Message}", e);
        }
    }
}
