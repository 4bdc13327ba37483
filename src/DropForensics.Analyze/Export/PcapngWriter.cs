using System.Buffers.Binary;
using System.Text;

namespace DropForensics.Analyze.Export;

/// <summary>
/// Writes the blocks of one section, little-endian (draft-ietf-opsawg-pcapng). Times are ns since 1970.
/// </summary>
internal sealed class PcapngWriter(Stream output)
{
    /// <summary>Packets begin with an Ethernet header (LINKTYPE_ETHERNET).</summary>
    public const int LinkEthernet = 1;

    /// <summary>Packets begin with an IPv4 or IPv6 header (LINKTYPE_RAW).</summary>
    public const int LinkRaw = 101;

    private const uint SectionBlock = 0x0a0d0d0a, InterfaceBlock = 1, PacketBlock = 6, ByteOrder = 0x1a2b3c4d;
    private const int EndOption = 0, CommentOption = 1, OsOption = 3, ProgramOption = 4;
    private const int NameOption = 2, DescriptionOption = 3, ResolutionOption = 9;
    private const byte Nanoseconds = 9; // ten to the power of minus nine

    // An option has at most 64 KiB; text of a real capture is far shorter.
    private const int MostCharacters = 8 << 10;

    private byte[] _block = new byte[1 << 10];
    private int _length;
    private int _interfaces;

    /// <summary>Begins the section.</summary>
    /// <param name="program">The program that wrote it.</param>
    /// <param name="os">The system on which the packets were dropped.</param>
    /// <param name="comment">Comment of the whole file.</param>
    public void WriteSection(string program, string? os, string comment)
    {
        Begin(SectionBlock);
        Add32(ByteOrder);
        Add16(1);
        Add16(0);
        Add32(uint.MaxValue); // its length is unknown before its end
        Add32(uint.MaxValue);
        AddText(CommentOption, comment);
        AddText(OsOption, os);
        AddText(ProgramOption, program);
        End();
    }

    /// <summary>Describes an interface; returns the number by which packets refer to it.</summary>
    /// <param name="linkType">The header that its packets begin with.</param>
    /// <param name="name">Null if there is none.</param>
    /// <param name="description">In words.</param>
    public int WriteInterface(int linkType, string? name, string description)
    {
        Begin(InterfaceBlock);
        Add16(linkType);
        Add16(0);
        Add32(0); // no length limit
        AddText(NameOption, name);
        AddText(DescriptionOption, description);
        Add16(ResolutionOption);
        Add16(1);
        AddPadded([Nanoseconds]);
        End();
        return _interfaces++;
    }

    /// <summary>Adds a packet.</summary>
    /// <param name="interfaceNumber">From <see cref="WriteInterface"/>.</param>
    /// <param name="ns">Its time.</param>
    /// <param name="bytes">Its stored bytes.</param>
    /// <param name="length">Its original length.</param>
    /// <param name="comment">Comment of the packet.</param>
    public void WritePacket(int interfaceNumber, long ns, ReadOnlySpan<byte> bytes, long length, string comment)
    {
        Begin(PacketBlock);
        Add32((uint)interfaceNumber);
        Add32((uint)(ns >> 32));
        Add32((uint)ns);
        Add32((uint)bytes.Length);
        Add32((uint)length);
        AddPadded(bytes);
        AddText(CommentOption, comment);
        End();
    }

    private void Begin(uint type)
    {
        _length = 0;
        Add32(type);
        Add32(0);
    }

    private void End()
    {
        Add16(EndOption);
        Add16(0);
        uint length = (uint)_length + sizeof(uint);
        Add32(length);
        BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(sizeof(uint)), length);
        output.Write(_block, 0, _length);
    }

    private void AddText(int option, string? text)
    {
        if (text is null)
        {
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.Length > MostCharacters ? text[..MostCharacters] : text);
        Add16(option);
        Add16(bytes.Length);
        AddPadded(bytes);
    }

    private void Add16(int value) => BinaryPrimitives.WriteUInt16LittleEndian(Room(sizeof(ushort)), (ushort)value);

    private void Add32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(sizeof(uint)), value);

    // To whole words of 32 bits.
    private void AddPadded(ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = Room((bytes.Length + 3) & ~3);
        bytes.CopyTo(room);
        room[bytes.Length..].Clear();
    }

    private Span<byte> Room(int size)
    {
        if (_length + size > _block.Length)
        {
            Array.Resize(ref _block, Math.Max(2 * _block.Length, _length + size));
        }

        _length += size;
        return _block.AsSpan(_length - size, size);
    }
}
