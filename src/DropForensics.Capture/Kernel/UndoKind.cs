namespace DropForensics.Capture.Kernel;

/// <summary>How a change to tracefs is taken back.</summary>
internal enum UndoKind
{
    /// <summary>A value is written to a file.</summary>
    Write,

    /// <summary>A trace instance is removed.</summary>
    RemoveInstance,

    /// <summary>A probe event is taken out of the kernel's list.</summary>
    RemoveProbe,
}
