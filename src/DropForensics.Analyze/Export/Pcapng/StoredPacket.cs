using DropForensics.Core.Packets;

namespace DropForensics.Analyze.Export.Pcapng;

/// <summary>What a line shows of a packet.</summary>
/// <param name="Line">The line's number in its stream.</param>
/// <param name="Start">What the bytes begin with.</param>
/// <param name="Bytes">What was stored.</param>
/// <param name="Length">Bytes of the packet as it was.</param>
internal sealed record StoredPacket(long Line, PacketStart Start, byte[] Bytes, long Length);
