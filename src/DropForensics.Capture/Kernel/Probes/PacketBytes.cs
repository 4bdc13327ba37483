namespace DropForensics.Capture.Kernel.Probes;

/// <summary>How much of a dropped packet is kept.</summary>
internal enum PacketBytes
{
    /// <summary>Its headers; what follows them is zeroed before anything is stored.</summary>
    Headers,

    /// <summary>Its headers and the beginning of its payload.</summary>
    Full,

    /// <summary>Nothing: the kernel is not even asked for it.</summary>
    None,
}
