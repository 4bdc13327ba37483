namespace DropForensics.Core.Tracefs;

/// <summary>What the text behind a record's time is.</summary>
internal enum EventKind
{
    /// <summary>A packet drop.</summary>
    Drop,

    /// <summary>Well-formed, and no drop.</summary>
    Other,

    /// <summary>It names an event of ours, or none at all, and does not read as one.</summary>
    Malformed,
}
