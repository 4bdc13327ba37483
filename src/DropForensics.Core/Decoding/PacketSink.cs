using DropForensics.Core.Packets;

namespace DropForensics.Core.Decoding;

/// <summary>Takes a drop's packet as its line shows it.</summary>
/// <param name="rawLine">Number of the line in its stream, from 1.</param>
/// <param name="window">Valid during the call.</param>
public delegate void PacketSink(long rawLine, in SkbWindow window);
