namespace DropForensics.Capture.Kernel;

/// <summary>What became of something of ours in tracefs.</summary>
internal enum LeftoverState
{
    /// <summary>A capture that no longer runs had left it; it is gone now.</summary>
    Removed,

    /// <summary>Nobody uses it, as far as can be seen without trying to remove it.</summary>
    Idle,

    /// <summary>Somebody uses it: the capture that made it, or another program.</summary>
    InUse,

    /// <summary>The kernel refused its removal.</summary>
    Refused,
}
