using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.Network;

/// <summary>
/// Asks for the drivers of interfaces (ETHTOOL_GDRVINFO, include/uapi/linux/ethtool.h), in the network namespace that the calling thread was
/// in when this was made.
/// </summary>
internal sealed unsafe class EthtoolDrivers : IDisposable
{
    private const int AfInet = 2, SockDgram = 2, SockCloExec = 0x80000;
    private const nuint SiocGetName = 0x8910, SiocGetIndex = 0x8933, SiocEthtool = 0x8946;
    private const uint GetDriverInfo = 3;
    private const int NameSize = 16, RequestSize = 40, InfoSize = 196;
    private const int Attempts = 3;

    private readonly int _socket = Libc.Socket(AfInet, SockDgram | SockCloExec, 0);

    public EthtoolDrivers() => WhyNot = _socket < 0 ? Marshal.GetLastPInvokeErrorMessage() : null;

    /// <summary>Why no driver can be read, so that every answer is null; usually null.</summary>
    public string? WhyNot { get; }

    /// <summary>
    /// The driver's name for itself; null if the device is gone or does not answer, like loopback. The kernel accepts only a
    /// name, and another device may take the name meanwhile: the answer counts only if the device still has the name afterwards.
    /// </summary>
    public string? Of(int ifIndex)
    {
        if (_socket < 0) return null;
        Span<byte> request = stackalloc byte[RequestSize];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            request.Clear();
            MemoryMarshal.Write(request[NameSize..], ifIndex);
            if (!Ask(SiocGetName, request)) return null;
            string? driver = AskDriver(request);
            if (Ask(SiocGetIndex, request) && MemoryMarshal.Read<int>(request[NameSize..]) == ifIndex) return driver;
        }

        return null;
    }

    public void Dispose()
    {
        if (_socket >= 0) _ = Libc.Close(_socket);
    }

    private string? AskDriver(Span<byte> request)
    {
        Span<byte> info = stackalloc byte[InfoSize];
        info.Clear();
        MemoryMarshal.Write(info, GetDriverInfo);
        fixed (byte* infoStart = info)
        {
            MemoryMarshal.Write(request[NameSize..], (nint)infoStart);
            if (!Ask(SiocEthtool, request)) return null;
        }

        Span<byte> driver = info.Slice(4, 32);
        int end = driver.IndexOf((byte)0);
        return end > 0 ? Encoding.UTF8.GetString(driver[..end]) : null;
    }

    private bool Ask(nuint what, Span<byte> request)
    {
        fixed (byte* start = request)
        {
            return Libc.Ioctl(_socket, what, start) == 0;
        }
    }
}
