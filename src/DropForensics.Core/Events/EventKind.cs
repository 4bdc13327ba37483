namespace DropForensics.Core.Events;

/// <summary>What the text behind a record's time is.</summary>
internal enum EventKind
{
    /// <summary>A packet drop.</summary>
    Drop,

    /// <summary>The event that tells of drops, of a packet that was consumed or is still held.</summary>
    NoDrop,

    /// <summary>Well-formed, and another event, which cannot tell of drops.</summary>
    Other,

    /// <summary>It names an event of ours, or none at all, and does not read as one.</summary>
    Malformed,
}
