using System.Text;
using DropForensics.Core.Decoding;
using DropForensics.Core.Lines;

namespace DropForensics.Core.Redaction;

/// <summary>Redacts what dropwatch printed: what is read of a line is written anew, and nothing else is kept.</summary>
/// <param name="tokens">What stands for what; of all streams the same.</param>
public sealed class DropwatchRedactor(Tokens tokens) : TextRedactor(tokens)
{
    private protected override void WriteRecord(ReadOnlySpan<byte> text)
    {
        if (DropwatchLine.TryParse(text, out DropwatchLine line)) Output.Append(Encoding.UTF8.GetBytes(line.ToString()));
        else if (DropwatchAttribute.TryParse(text, out DropwatchAttribute attribute)) Output.Append(Encoding.UTF8.GetBytes(attribute.ToString()));
        else if (!DropwatchDecoder.IsEmpty(text)) Output.Append(DropwatchDecoder.IsOfTheProgram(text) ? "dropwatch>"u8 : "(redacted)"u8);
    }
}
