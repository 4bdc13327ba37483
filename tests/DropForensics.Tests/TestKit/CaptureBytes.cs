using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Core.Store;

namespace DropForensics.Tests.TestKit;

/// <summary>What somebody who searches a capture file can find in it.</summary>
internal static partial class CaptureBytes
{
    /// <summary>Every byte as `strings` and a decompression of every chunk would show it.</summary>
    public static string EverythingIn(string path)
    {
        var everything = new StringBuilder(Encoding.Latin1.GetString(File.ReadAllBytes(path)));
        using CaptureReader capture = CaptureReader.Open(path);
        foreach (RawStream stream in capture.Streams()) capture.ReadRaw(stream.Cpu, text => everything.Append(Encoding.Latin1.GetString(text)));
        foreach (string table in Db.Rows<string>(path, "select name from sqlite_schema where type = 'table'"))
        {
            foreach (object?[] row in Rows.Of(capture, $"select * from {table}"))
                everything.AppendJoin(' ', row.Select(value => value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture))).Append('\n');
        }

        // Ethernet addresses only stand in packets.
        return everything.Append(string.Join(' ', Macs(PacketWordsIn(path)))).ToString();
    }

    private static IEnumerable<string> Macs(byte[] bytes)
    {
        for (int at = 0; at + 6 <= bytes.Length; at++) yield return string.Join(':', bytes[at..(at + 6)].Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
    }

    /// <summary>The bytes of every word of memory in the text, in order.</summary>
    public static byte[] PacketWordsIn(string path)
    {
        using CaptureReader capture = CaptureReader.Open(path);
        using var raw = new MemoryStream();
        foreach (RawStream stream in capture.Streams()) capture.ReadRaw(stream.Cpu, raw);
        var bytes = new List<byte>();
        foreach (Match window in Window().Matches(Encoding.Latin1.GetString(raw.ToArray())))
        {
            byte[] word = new byte[8];
            foreach (string text in window.Groups[1].Value.Split(','))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(word, ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                bytes.AddRange(word);
            }
        }

        return [.. bytes];
    }

    [GeneratedRegex(@"\{((?:0x[0-9a-f]+,?)+)\}")]
    private static partial Regex Window();
}
