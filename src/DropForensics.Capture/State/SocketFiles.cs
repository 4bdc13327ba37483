using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace DropForensics.Capture.State;

/// <summary>
/// Reads /proc/net/tcp, udp and their likes of IPv6 (Documentation/networking/proc_net_tcp.rst):
/// <c>  12: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0000000000000000 100 0 0 10 0</c>;
/// of UDP the last number is that of its drops.
/// </summary>
internal static class SocketFiles
{
    /// <summary>Of TCP the listeners, which come first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="protocol"><c>udp6</c>.</param>
    /// <param name="most">No more lines than this.</param>
    /// <param name="rows">Takes the sockets.</param>
    /// <returns>Whether it was read to where it matters.</returns>
    public static bool Read(string path, string protocol, int most, List<SocketRow> rows)
    {
        try
        {
            using var reader = new StreamReader(path);
            reader.ReadLine();
            for (int lines = 0; reader.ReadLine() is { } line; lines++)
            {
                if (lines == most) return false;
                if (TryParse(protocol, line) is not { } row) continue;
                if (protocol.StartsWith("tcp", StringComparison.Ordinal) && row.State != "LISTEN") return true;
                rows.Add(row);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;   // a kernel without IPv6 has no such file
        }
    }

    /// <summary>One line; null where it is none.</summary>
    internal static SocketRow? TryParse(string protocol, string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 10 || !TryEnd(fields[1], out IPAddress? local, out int port) || !TryEnd(fields[2], out IPAddress? peer, out int peerPort)) return null;
        string[] queues = fields[4].Split(':');
        if (!TryHex(fields[3], out long state) || queues.Length != 2 || !TryHex(queues[1], out long waiting) || !TryHex(queues[0], out long sending)) return null;
        if (!long.TryParse(fields[7], NumberStyles.None, CultureInfo.InvariantCulture, out long uid)) return null;
        if (!long.TryParse(fields[9], NumberStyles.None, CultureInfo.InvariantCulture, out long inode)) return null;
        bool isUdp = protocol.StartsWith("udp", StringComparison.Ordinal);
        string name = SocketRow.StateName((int)state);
        return new SocketRow(protocol, name, local, port, peer, peerPort, 0, waiting, name == "LISTEN" ? null : sending, uid, inode)
        {
            // What waits to be read is given as memory for UDP.
            ReceiveMemory = isUdp ? waiting : null,
            Drops = isUdp && fields.Length > 12 && long.TryParse(fields[12], NumberStyles.None, CultureInfo.InvariantCulture, out long drops) ? drops : null,
        };
    }

    // The address is printed as 32-bit words of this machine's order.
    private static bool TryEnd(string text, out IPAddress address, out int port)
    {
        address = IPAddress.Any;
        port = 0;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon is not (8 or 32) || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out port)) return false;
        Span<byte> bytes = stackalloc byte[colon / 2];
        for (int i = 0; i < colon; i += 8)
        {
            if (!uint.TryParse(text.AsSpan(i, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint word)) return false;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i / 2)..], word);
        }

        address = new IPAddress(bytes);
        return true;
    }

    private static bool TryHex(string text, out long number) => long.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out number);
}
