using System.Runtime.InteropServices;
using System.Text;

namespace DropForensics.Capture.Host;

/// <summary>Asks the calling thread's network namespace for the driver of an interface (ETHTOOL_GDRVINFO, include/uapi/linux/ethtool.h).</summary>
internal static unsafe class EthtoolDriver
{
    private const int AfInet = 2, SockDgram = 2, SockCloExec = 0x80000;
    private const nuint SiocGetName = 0x8910, SiocGetIndex = 0x8933, SiocEthtool = 0x8946;
    private const uint GetDriverInfo = 3;
    private const int NameSize = 16, RequestSize = 40, InfoSize = 196;
    private const int Attempts = 3;

    /// <summary>
    /// The driver's name for itself; null where the device is gone or does not answer, as loopback. The kernel takes the question by name
    /// only, and a name can go over to another device meanwhile: the answer counts where the name still is the device's own afterwards.
    /// </summary>
    public static string? Of(int ifIndex)
    {
        var socket = Libc.Socket(AfInet, SockDgram | SockCloExec, 0);
        if (socket < 0) return null;
        try
        {
            Span<byte> request = stackalloc byte[RequestSize];
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                request.Clear();
                MemoryMarshal.Write(request[NameSize..], ifIndex);
                if (!Ask(socket, SiocGetName, request)) return null;
                var driver = AskDriver(socket, request);
                if (Ask(socket, SiocGetIndex, request) && MemoryMarshal.Read<int>(request[NameSize..]) == ifIndex) return driver;
            }

            return null;
        }
        finally
        {
            _ = Libc.Close(socket);
        }
    }

    private static string? AskDriver(int socket, Span<byte> request)
    {
        Span<byte> info = stackalloc byte[InfoSize];
        info.Clear();
        MemoryMarshal.Write(info, GetDriverInfo);
        fixed (byte* infoStart = info)
        {
            MemoryMarshal.Write(request[NameSize..], (nint)infoStart);
            if (!Ask(socket, SiocEthtool, request)) return null;
        }

        var driver = info.Slice(4, 32);
        var end = driver.IndexOf((byte)0);
        return end > 0 ? Encoding.UTF8.GetString(driver[..end]) : null;
    }

    private static bool Ask(int socket, nuint what, Span<byte> request)
    {
        fixed (byte* start = request)
        {
            return Libc.Ioctl(socket, what, start) == 0;
        }
    }
}
