using System.Globalization;

namespace DropForensics.Analyze.Queries;

/// <summary>A time as the view <c>drops</c> prints it: <c>2026-11-22T09:02:16.773512Z</c>. Times of one second follow each other, and share its text.</summary>
internal sealed class UtcText
{
    private const long Second = 1_000_000_000;

    private long _second = -1;
    private string _text = "";

    /// <param name="ns">Since 1970, not before.</param>
    public string Of(long ns)
    {
        if (ns / Second != _second)
        {
            _second = ns / Second;
            _text = DateTime.UnixEpoch.AddSeconds(_second).ToString("s", CultureInfo.InvariantCulture);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{_text}.{ns % Second / 1000:d6}Z");
    }
}
