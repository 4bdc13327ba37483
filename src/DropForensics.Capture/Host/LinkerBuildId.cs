using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DropForensics.Capture.Host;

/// <summary>
/// The id that the linker gives an executable, <c>readelf --notes</c> shows and debuggers find symbols by. Read from memory: the file
/// may have been replaced since, and /proc need not be there.
/// </summary>
internal static unsafe class LinkerBuildId
{
    private const int HeaderSize = 12;
    private const uint NtGnuBuildId = 3;
    private const uint PtNote = 4;

    /// <summary>The running executable's, in hexadecimal; null if it has none.</summary>
    public static string? OfThisProcess()
    {
        Libc.LoadedObject executable = default;
        _ = Libc.IterateLoadedObjects(&KeepFirst, &executable);
        for (int i = 0; i < executable.HeaderCount; i++)
        {
            Libc.ProgramHeader header = executable.Headers[i];
            if (header.Type != PtNote) continue;
            if (In(new ReadOnlySpan<byte>((void*)(executable.Base + header.Address), checked((int)header.MemorySize))) is { } id) return id;
        }

        return null;
    }

    /// <summary>From the notes of an ELF file: size of the name, size of the content, kind, then the two, each to a multiple of four.</summary>
    internal static string? In(ReadOnlySpan<byte> notes)
    {
        while (notes.Length >= HeaderSize)
        {
            uint nameSize = BinaryPrimitives.ReadUInt32LittleEndian(notes);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
            uint kind = BinaryPrimitives.ReadUInt32LittleEndian(notes[8..]);
            long content = HeaderSize + Aligned(nameSize);
            if (content + size > notes.Length) return null;
            if (kind == NtGnuBuildId && notes.Slice(HeaderSize, (int)nameSize).SequenceEqual("GNU\0"u8))
                return size > 0 ? Convert.ToHexStringLower(notes.Slice((int)content, (int)size)) : null;
            notes = notes[(int)Math.Min(content + Aligned(size), notes.Length)..];
        }

        return null;
    }

    private static long Aligned(uint size) => (size + 3L) & ~3L;

    // The executable comes first; 1 ends the walk before its libraries.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int KeepFirst(Libc.LoadedObject* loaded, nint size, Libc.LoadedObject* kept)
    {
        *kept = *loaded;
        return 1;
    }
}
