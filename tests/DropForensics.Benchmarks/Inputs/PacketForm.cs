using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using DropForensics.Core.Packets;

namespace DropForensics.Benchmarks.Inputs;

/// <summary>The packet that a probe's line shows, its ports changeable.</summary>
internal sealed partial class PacketForm
{
    private const int Udp = 17, Tcp = 6;

    private readonly string _line;
    private readonly Match _words;
    private readonly int _sourcePortAt = -1;

    /// <param name="line">An event of the agent's own probe.</param>
    public PacketForm(string line)
    {
        _line = line;
        _words = Words().Match(line);
        Before = int.Parse(_words.Groups["before"].Value, CultureInfo.InvariantCulture);
        string[] words = _words.Groups["words"].Value.Split(',');
        Bytes = new byte[8 * words.Length];
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(Bytes.AsSpan(8 * i), ulong.Parse(words[i].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Geometry = new SkbGeometry
        {
            Head = Value("head"),
            Data = Value("data"),
            Length = Value("len"),
            DataLength = Value("dlen"),
            Tail = Value("tail"),
            Mac = Value("mac"),
            Network = Value("net"),
            Protocol = (int)Value("protocol"),
        };
        int origin = (int)(Geometry.Data - Geometry.Head) - Before;
        int network = (int)Geometry.Network - origin, transport = (int)Value("th") - origin;
        bool isInside = network >= 0 && network + 20 <= Bytes.Length && transport >= 0 && transport + 4 <= Bytes.Length;
        if (isInside && Bytes[network + (Geometry.Protocol == 2048 ? 9 : 6)] is Udp or Tcp) _sourcePortAt = transport;
    }

    public SkbGeometry Geometry { get; }

    /// <summary>Bytes of the window before <c>skb->data</c>.</summary>
    public int Before { get; }

    /// <summary>The window.</summary>
    public byte[] Bytes { get; }

    /// <summary>The line with another source port, where the packet has one to change.</summary>
    public string WithSourcePort(ushort port)
    {
        if (_sourcePortAt < 0) return _line;
        byte[] bytes = [.. Bytes];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(_sourcePortAt), port);
        var words = Enumerable.Range(0, bytes.Length / 8).Select(i => $"0x{BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8 * i)):x}");
        Group replaced = _words.Groups["words"];
        return _line[..replaced.Index] + string.Join(',', words) + _line[(replaced.Index + replaced.Length)..];
    }

    private ulong Value(string name)
    {
        string text = Regex.Match(_line, $@" {name}=(\S+)").Groups[1].Value;
        return text.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : ulong.Parse(text, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@" pkt(?<before>\d+)=\{(?<words>[^}]+)\}")]
    private static partial Regex Words();
}
