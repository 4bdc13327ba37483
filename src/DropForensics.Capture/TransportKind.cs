namespace DropForensics.Capture;

/// <summary>How what is in the rings is read: <c>--transport</c>.</summary>
internal enum TransportKind
{
    /// <summary>Text in calm, pages when a CPU's backlog grows.</summary>
    Auto,

    /// <summary>The kernel makes the text.</summary>
    Text,

    /// <summary>The agent makes the same text of the ring's pages.</summary>
    Pages,
}
