using System.Buffers.Binary;

namespace DropForensics.Tests.TestKit;

/// <summary>Changes a database's pages as no SQLite would (sqlite.org/fileformat2.html).</summary>
internal sealed class SqlitePages(byte[] file)
{
    private const int CountAt = 28, HeaderBytes = 12;

    private byte[] _file = file;

    public int PageSize { get; } = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(16));

    public int Count => _file.Length / PageSize;

    public byte[] Bytes => _file;

    /// <summary>A page by its number, from 1.</summary>
    public Span<byte> Page(int number) => _file.AsSpan((number - 1) * PageSize, PageSize);

    /// <summary>Adds an empty page and returns its number.</summary>
    public int Add()
    {
        Array.Resize(ref _file, _file.Length + PageSize);
        BinaryPrimitives.WriteInt32BigEndian(_file.AsSpan(CountAt), Count);
        return Count;
    }

    /// <summary>Makes a page the inner page of a table whose children are all the same page.</summary>
    public void MakeInner(int number, int child)
    {
        const int Cells = 200;
        Span<byte> page = Page(number);
        page.Clear();
        page[0] = 5;
        BinaryPrimitives.WriteUInt16BigEndian(page[3..], Cells);
        BinaryPrimitives.WriteInt32BigEndian(page[8..], child);
        int content = PageSize;
        for (int i = 0; i < Cells; i++)
        {
            content -= 6;
            BinaryPrimitives.WriteUInt16BigEndian(page[(HeaderBytes + (2 * i))..], (ushort)content);
            BinaryPrimitives.WriteInt32BigEndian(page[content..], child);
            page[content + 4] = (byte)(0x80 | (i >> 7)); // the key, a varint of two bytes
            page[content + 5] = (byte)(i & 0x7f);
        }

        BinaryPrimitives.WriteUInt16BigEndian(page[5..], (ushort)content);
    }

    /// <summary>Lets each overflow page that leads to its neighbour lead to itself; returns how many.</summary>
    public int CloseOverflowChains()
    {
        int closed = 0;
        for (int number = 2; number <= Count; number++)
        {
            if (BinaryPrimitives.ReadInt32BigEndian(Page(number)) != number + 1) continue;
            BinaryPrimitives.WriteInt32BigEndian(Page(number), number);
            closed++;
        }

        return closed;
    }
}
