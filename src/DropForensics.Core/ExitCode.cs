namespace DropForensics.Core;

/// <summary>How <c>capture</c> and <c>analyze</c> end; the numbers are part of their interface.</summary>
public enum ExitCode
{
    /// <summary>Done, nothing missing.</summary>
    Done = 0,

    /// <summary>Failed in a way nobody foresaw.</summary>
    Failed = 1,

    /// <summary>Invalid arguments.</summary>
    Usage = 2,

    /// <summary>This host or this file cannot; the message says what would help.</summary>
    Unable = 3,

    /// <summary>Done, but data is missing, or a check found differences.</summary>
    Incomplete = 4,
}
