namespace DropForensics.Capture.Kernel;

/// <summary>
/// What takes back one change to tracefs. The agent plays these in reverse at its end; its guard is told of each before the change is made,
/// and plays the same ones if the agent dies.
/// </summary>
/// <param name="Kind">How.</param>
/// <param name="Path">The file to write to, or the instance's directory.</param>
/// <param name="Value">
/// What to write, without a newline; of a probe its <c>group/event</c>; of an instance what it is for: <see cref="Ring"/> or
/// <see cref="Witness"/>.
/// </param>
internal sealed record UndoStep(UndoKind Kind, string Path, string Value)
{
    public const string Ring = "ring", Witness = "witness";

    /// <summary>For a message: what it does, and what a human would type.</summary>
    public string What => Kind switch
    {
        UndoKind.RemoveInstance => $"remove the trace instance; once nobody has a file in it open, do it by hand: rmdir {Path}",
        UndoKind.RemoveProbe => $"take the probe {Value} out; once nobody uses it, do it by hand: echo '-:{Value}' >> {Path}",
        _ => $"write '{Value}' to {Path}",
    };

    /// <summary>Does it; a thing that is gone counts as removed. Waits up to two seconds where the kernel says that it is in use.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of permission.</exception>
    public void Play(TracefsHand hand)
    {
        switch (Kind)
        {
            case UndoKind.RemoveInstance:
                Busy.Remove(() => hand.RemoveDirectory(Path), () => Directory.Exists(Path));
                break;
            case UndoKind.RemoveProbe:
                Busy.Remove(() => hand.Write(Path, $"-:{Value}"), () => Directory.Exists(EventDirectory));
                break;
            default:
                hand.Write(Path, Value);
                break;
        }
    }

    private string EventDirectory => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path) ?? "/", "events", Value);
}
