using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace DropForensics.Core.Text;

/// <summary>Bytes of a trace as text.</summary>
internal static class TraceText
{
    /// <summary>Bytes of the name of an event, an argument or a reason.</summary>
    public static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_."u8);

    /// <summary>UTF-8; each byte that is not part of a character reads <c>\xNN</c>.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            return Encoding.UTF8.GetString(bytes);

        var text = new StringBuilder(bytes.Length + 16);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (byte b in bytes[..consumed])
                    text.Append($"\\x{b:x2}");
            }
            bytes = bytes[consumed..];
        }
        return text.ToString();
    }

    /// <summary>Without the spaces and tabs at its start.</summary>
    public static ReadOnlySpan<byte> SkipBlanks(ReadOnlySpan<byte> text)
    {
        int first = text.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return first < 0 ? [] : text[first..];
    }

    /// <summary>Without what stands before the newline and says nothing: a carriage return, blanks that a terminal padded with.</summary>
    public static ReadOnlySpan<byte> TrimLineEnd(ReadOnlySpan<byte> line) => line.TrimEnd("\r "u8);
}
