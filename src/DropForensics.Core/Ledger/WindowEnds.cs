namespace DropForensics.Core.Ledger;

/// <summary>Causes that ended a capture's window (column <c>ended</c>) and leave data missing.</summary>
public static class WindowEnds
{
    /// <summary>The host's disk was nearly full.</summary>
    public const string DiskNearlyFull = "disk nearly full";

    /// <summary>The file was removed while it was being written; the recorded data was written again.</summary>
    public const string FileRemoved = "file removed";

    /// <summary>Writing the file failed.</summary>
    public const string WriteError = "write error";

    /// <summary>The agent failed because of its own bug; the data recorded so far was kept.</summary>
    public const string AgentError = "agent error";

    /// <summary>Nothing is missing: the file is part of a flight recorder's, and the next one begins where it ends.</summary>
    public const string NextPart = "next part";

    /// <summary>The agent died; its guard closed the file.</summary>
    public const string Killed = "killed";
}
