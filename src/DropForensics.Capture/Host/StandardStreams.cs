using System.Runtime.InteropServices;
using System.Text;

namespace DropForensics.Capture.Host;

/// <summary>
/// Makes standard input, output and error safe to use. If one of them is closed at the start, the runtime's own files
/// take its number, and printing would write into those. And a message that cannot be printed must never cost a capture.
/// </summary>
internal static unsafe class StandardStreams
{
    private static readonly HostRoot Own = new();

    private const int GetDescriptorFlags = 1;   // F_GETFD
    private const int CloseOnExec = 1;          // FD_CLOEXEC
    private const int ReadWrite = 2;            // O_RDWR

    /// <summary>Call it first. If a stream was closed, starts this program again with a null device in its place.</summary>
    public static void Secure()
    {
        // A stream from the shell is never close-on-exec; a file that the runtime opened always is.
        if (Enumerable.Range(0, 3).Any(fd => Libc.FileControl(fd, GetDescriptorFlags) is < 0 or CloseOnExec)) StartAgain();

        // Not the console's own stream: a write to that holds a lock which printing to standard output needs too.
        Console.SetError(new StreamWriter(new StandardError(), new UTF8Encoding(false)) { AutoFlush = true });
    }

    private static void StartAgain()
    {
        // A chroot may have no /dev; a file that cannot be written also works.
        int nothing = Libc.Open(Own.At("/dev/null"), ReadWrite);
        if (nothing < 0) nothing = Libc.Open(Own.At("/proc/self/cmdline"), Libc.ORdOnly);
        if (nothing < 0 || Own.TryRead("/proc/self/cmdline") is not { Length: > 0 } commandLine) return;
        for (int fd = 0; fd < 3; fd++)
        {
            if (Libc.FileControl(fd, GetDescriptorFlags) is < 0 or CloseOnExec) _ = Libc.Duplicate(nothing, fd);
        }

        // The unchanged arguments, each ended by a zero byte; the list ends with a null.
        fixed (byte* bytes = commandLine)
        {
            var arguments = new List<nint> { (nint)bytes };
            for (int i = 0; i < commandLine.Length - 1; i++)
            {
                if (commandLine[i] == 0) arguments.Add((nint)(bytes + i + 1));
            }

            arguments.Add(0);
            fixed (nint* list = CollectionsMarshal.AsSpan(arguments)) _ = Libc.Execute(Own.At("/proc/self/exe"), list);
        }
    }

    /// <summary>Discards what cannot be written: the disk of <c>2>log</c> is full, or the terminal was closed.</summary>
    private sealed class StandardError : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            fixed (byte* start = buffer)
            {
                for (int end = offset + count; offset < end;)
                {
                    nint written = Libc.Write(2, start + offset, end - offset);
                    if (written < 0 && Marshal.GetLastPInvokeError() == Libc.EIntr) continue;
                    if (written <= 0) return;   // There is nowhere to report it.
                    offset += (int)written;
                }
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
