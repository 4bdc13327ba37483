namespace DropForensics.Tests.CommandLine;

/// <summary>What stands for a value on the command line, and so what a shell can offer for it.</summary>
public enum ValueKind
{
    /// <summary>None: a switch.</summary>
    None,

    /// <summary>Something that only the user knows.</summary>
    Text,

    /// <summary>One of a few words.</summary>
    Word,

    /// <summary>Any file.</summary>
    File,

    /// <summary>A file that ends in .db.</summary>
    Capture,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A drop reason.</summary>
    Reason,
}
