namespace DropForensics.Core;

/// <summary>Exit codes of <c>capture</c> and <c>analyze</c>; the numbers are part of their interface.</summary>
public enum ExitCode
{
    /// <summary>Done, nothing missing.</summary>
    Done = 0,

    /// <summary>An unexpected error.</summary>
    Failed = 1,

    /// <summary>Invalid arguments.</summary>
    Usage = 2,

    /// <summary>This host or file does not allow it; the message has the remedy.</summary>
    Unable = 3,

    /// <summary>Done, but data is missing, or a check found differences.</summary>
    Incomplete = 4,
}
