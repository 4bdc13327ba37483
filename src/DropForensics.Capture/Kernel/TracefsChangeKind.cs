namespace DropForensics.Capture.Kernel;

/// <summary>The ways in which tracefs is changed.</summary>
internal enum TracefsChangeKind
{
    /// <summary>A file is opened, written to and closed; never with O_TRUNC, at which the kernel drops everybody's probes.</summary>
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
