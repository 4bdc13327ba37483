using System.Text;

namespace DropForensics.Capture.Host;

/// <summary>Reads small files of procfs and sysfs with few system calls and allocations.</summary>
internal static unsafe class SmallFile
{
    /// <summary>Reads as much of it as fits the buffer; -1 if it cannot be read.</summary>
    public static int Read(string path, Span<byte> buffer)
    {
        int fd = Libc.Open(path, Libc.ORdOnly | Libc.OCloExec | Libc.ONonBlock);
        if (fd < 0) return -1;
        int length = 0;
        fixed (byte* start = buffer)
        {
            while (length < buffer.Length)
            {
                nint read = Libc.Read(fd, start + length, buffer.Length - length);
                if (read < 0 && length == 0) length = -1;
                if (read <= 0) break;
                length += (int)read;
            }
        }

        _ = Libc.Close(fd);
        return length;
    }

    /// <summary>Its text, at most 4 KiB, without white space at the end; null if it cannot be read.</summary>
    public static string? Text(string path)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = Read(path, buffer);
        return length < 0 ? null : Encoding.UTF8.GetString(buffer[..length]).TrimEnd();
    }

    /// <summary>The target of a link, at most 255 bytes; empty if it is not a link.</summary>
    /// <param name="path">The link.</param>
    /// <param name="buffer">Takes it.</param>
    public static ReadOnlySpan<byte> Link(string path, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint length = Libc.ReadLink(path, start, buffer.Length);
            return length > 0 ? buffer[..(int)length] : default;
        }
    }

    /// <summary>
    /// The names in a directory with whether each is a directory itself, as the kernel lists them; empty if it cannot be listed. The framework's own
    /// listing follows each link, which may lead to a server that does not answer.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="most">No more names than this.</param>
    public static List<(string Name, bool IsDirectory)> Names(string path, int most)
    {
        const int KindOffset = 18, NameOffset = 19, Directory = 4;
        var names = new List<(string, bool)>();
        nint directory = Libc.OpenDirectory(path);
        if (directory == 0) return names;
        for (byte* entry; names.Count < most && (entry = Libc.ReadDirectory(directory)) != null;)
        {
            string name = Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset));
            if (name is not ("." or "..")) names.Add((name, entry[KindOffset] == Directory));
        }

        _ = Libc.CloseDirectory(directory);
        return names;
    }
}
