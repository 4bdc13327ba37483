using System.Buffers.Binary;
using System.Globalization;
using DropForensics.Core.Packets;

namespace DropForensics.Tests.TestKit;

/// <summary>A packet's stored bytes.</summary>
/// <param name="Bytes">What was stored of it.</param>
/// <param name="Start">What they begin with.</param>
/// <param name="Length">Its original length.</param>
internal sealed record StoredBytes(byte[] Bytes, PacketStart Start, long Length)
{
    /// <summary>The packets of a pcapng file, in its order.</summary>
    public static IReadOnlyList<StoredBytes> OfPcapng(byte[] file)
    {
        List<PacketStart> links = [];
        List<StoredBytes> packets = [];
        for (int at = 0; at < file.Length; at += Number(at + 4))
        {
            int type = Number(at);
            if (type == 1)
                links.Add(BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at + 8)) == 1 ? PacketStart.Ethernet : PacketStart.Ip);
            if (type == 6)
                packets.Add(new StoredBytes(file[(at + 28)..(at + 28 + Number(at + 20))], links[Number(at + 8)], Number(at + 24)));
        }

        return packets;

        int Number(int position) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(position));
    }

    /// <summary>Of a packet in a buffer; null if no header is known.</summary>
    public static StoredBytes? Of(PlacedPacket skb)
    {
        var window = new SkbWindow(skb.Geometry, PlacedPacket.Before, skb.Bytes());
        return PacketSlice.TryFind(window, hasPayload: false, out PacketSlice slice)
            ? new StoredBytes(window.Bytes[slice.Range.Start..slice.Range.End].ToArray(), slice.Start, slice.Length) : null;
    }
}

/// <summary>Debian's tcpdump over a list of packets, by files of each link type.</summary>
/// <param name="packets">The packets.</param>
/// <param name="scratch">Where the files go.</param>
/// <param name="optimizes">
/// Its programs are optimized, as by default. Then they may reach a verdict before they come to a byte that is not stored: for packets that are cut short, say no.
/// </param>
internal sealed class Tcpdump(IReadOnlyList<StoredBytes> packets, ScratchDirectory scratch, bool optimizes)
{
    private readonly string _program = Requires.Program("tcpdump", "tcpdump");
    private readonly Dictionary<PacketStart, string> _files = [];

    /// <summary>The packets that match, by their place in the list, and those it was asked about; null where tcpdump refuses the expression for Ethernet.</summary>
    public (IReadOnlyList<int> Found, IReadOnlyList<int> Asked)? Matches(string expression)
    {
        List<int> all = [], asked = [];
        foreach (PacketStart start in Enum.GetValues<PacketStart>())
        {
            Finished compiled = Shell.Run(_program, "-y", start == PacketStart.Ethernet ? "EN10MB" : "RAW", "-d", expression);
            bool isEmpty = compiled.Errors.Contains("rejects all packets", StringComparison.Ordinal);
            if (compiled.ExitCode != 0 && !isEmpty)
            {
                if (start == PacketStart.Ethernet)
                    return null;
                continue; // it refuses to look for tags in raw IP
            }

            asked.AddRange(Enumerable.Range(0, packets.Count).Where(i => packets[i].Start == start));
            if (isEmpty)
                continue;

            if (!_files.TryGetValue(start, out string? file))
                _files.Add(start, file = Write(start));
            string found = scratch.File("found.pcap");
            Finished read = Shell.Run(_program, [.. optimizes ? Array.Empty<string>() : ["-O"], "-n", "-r", file, "-w", found, expression]);
            if (read.ExitCode != 0)
                throw new InvalidOperationException($"{expression}: {read}");
            all.AddRange(Indexes(File.ReadAllBytes(found)));
        }

        return ([.. all.Order()], [.. asked.Order()]);
    }

    // A packet's time is its place in the list.
    private string Write(PacketStart start)
    {
        string path = scratch.File($"{(optimizes ? "whole" : "cut")}-{start.ToString().ToLower(CultureInfo.InvariantCulture)}.pcap");
        using var writer = new BinaryWriter(File.Create(path));
        foreach (int number in (int[])[unchecked((int)0xa1b2c3d4), 0x00040002, 0, 0, 262144, start == PacketStart.Ethernet ? 1 : 101])
            writer.Write(number);
        for (int i = 0; i < packets.Count; i++)
        {
            if (packets[i].Start != start)
                continue;
            foreach (int number in (int[])[i, 0, packets[i].Bytes.Length, (int)packets[i].Length])
                writer.Write(number);
            writer.Write(packets[i].Bytes);
        }

        return path;
    }

    private static IEnumerable<int> Indexes(byte[] file)
    {
        for (int at = 24; at < file.Length; at += 16 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8)))
            yield return BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));
    }
}
