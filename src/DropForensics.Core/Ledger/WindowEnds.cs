namespace DropForensics.Core.Ledger;

/// <summary>What a capture's window ended by (column <c>ended</c>), where that leaves data missing.</summary>
public static class WindowEnds
{
    /// <summary>The host's disk ran short.</summary>
    public const string DiskNearlyFull = "disk nearly full";

    /// <summary>Somebody took the file away while it was written; what had been recorded was written anew.</summary>
    public const string FileRemoved = "file removed";

    /// <summary>The file could not be written any more.</summary>
    public const string WriteError = "write error";

    /// <summary>The agent failed while it recorded, by a defect of its own; what it had recorded was kept.</summary>
    public const string AgentError = "agent error";

    /// <summary>The agent died; its guard closed the file.</summary>
    public const string Killed = "killed";
}
