using System.Text;
using DropForensics.Core.Lines;

namespace DropForensics.Core.Redaction;

/// <summary>Redacts what dropwatch printed: places, times and sizes stay, nothing else does.</summary>
/// <param name="tokens">What stands for what; of all streams the same.</param>
public sealed class DropwatchRedactor(Tokens tokens) : TextRedactor(tokens)
{
    private protected override void WriteRecord(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> line = text.Trim((byte)' ');
        if (line.IsEmpty) return;
        if (DropwatchLine.TryParse(line, out DropwatchLine read)) Output.Append(Encoding.UTF8.GetBytes(read.ToString()));
        else if (IsKept(line)) Output.Append(line);
        else Output.Append(line.IndexOf(": "u8) > 0 ? "attribute: (redacted)"u8 : "(redacted)"u8);
    }

    private static bool IsKept(ReadOnlySpan<byte> line) =>
        line.StartsWith("input port ifindex: "u8) || line.StartsWith("timestamp: "u8) || line.StartsWith("protocol: "u8) || line.StartsWith("length: "u8)
        || line.StartsWith("original length: "u8) || line.StartsWith("drop reason: "u8) || line.StartsWith("origin: "u8) || line.StartsWith("dropwatch>"u8);
}
