namespace DropForensics.Capture;

/// <summary>How the capture file was left.</summary>
internal enum FileEnd
{
    /// <summary>One file, whole.</summary>
    OneFile,

    /// <summary>Part of it is still in the -wal beside it.</summary>
    WithJournal,

    /// <summary>One file, whole, made anew: the first was taken away while it was written.</summary>
    WrittenAnew,
}
