namespace DropForensics.Capture.Kernel;

/// <summary>
/// The one hand that changes tracefs. One with a note-taker changes nothing and notes what it was asked for: so a plan comes out of the
/// very code that captures, and cannot drift from it.
/// </summary>
/// <param name="note">Takes each change in place of its being made; null where changes are made.</param>
/// <param name="announce">Told of what will take a change back, before it is made: the agent's guard.</param>
internal sealed class TracefsHand(Action<TracefsChange>? note = null, Action<UndoStep>? announce = null)
{
    /// <summary>Makes the changes.</summary>
    public static TracefsHand Real { get; } = new();

    /// <summary>Nothing is changed, so what was asked for is not there afterwards.</summary>
    public bool IsPlanning => note is not null;

    /// <summary>To be called before the change that the step takes back.</summary>
    public void Announce(UndoStep step) => announce?.Invoke(step);

    /// <summary>Writes a value, without a newline, to a file that is there.</summary>
    /// <inheritdoc cref="Open"/>
    public void Write(string path, string value)
    {
        using var file = Open(path);
        file.Write(value);
    }

    /// <summary>Opens a file for writing, never with O_TRUNC; never creates it.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of permission.</exception>
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
