using System.Runtime.InteropServices;

namespace DropForensics.Capture.Host;

/// <summary>Random identities from getrandom(2): the framework needs /dev/urandom, which a bare chroot lacks.</summary>
internal static unsafe class RandomId
{
    /// <summary>A random UUID (RFC 9562, version 4).</summary>
    /// <exception cref="IOException">The kernel gave no random bytes.</exception>
    public static Guid New()
    {
        Span<byte> bytes = stackalloc byte[16];
        fixed (byte* start = bytes)
        {
            if (Libc.GetRandom(start, bytes.Length, 0) != bytes.Length)
            {
                throw new IOException($"getrandom: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }

        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
