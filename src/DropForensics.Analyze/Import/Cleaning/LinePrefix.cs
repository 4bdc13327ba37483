using System.Text.RegularExpressions;

namespace DropForensics.Analyze.Import.Cleaning;

/// <summary>One way in which programs and people put something before each line of a text.</summary>
/// <param name="What">What it is. It is kept with the capture, so it quotes nothing of the text: a host's name may stand there.</param>
/// <param name="Start">Matches it at the start of a line.</param>
/// <param name="IsCertain">No task's name looks so: it may be taken off where every line has it, even if the lines could be read with it.</param>
/// <param name="Columns">Its width where it is the same on all lines, so that lines with blanks instead lose as many; 0 for any.</param>
/// <param name="Quote">The text itself, for whoever imports it.</param>
internal sealed record LinePrefix(string What, Regex Start, bool IsCertain = false, int Columns = 0, string? Quote = null)
{
    // Nothing that is put before a line is longer; and no search of a line goes on for ever.
    private const int Longest = 200;

    /// <summary>The line without it; null where the line has none.</summary>
    public string? Cut(string line)
    {
        Match match = Start.Match(line.Length <= Longest ? line : line[..Longest]);
        if (match is { Success: true, Length: > 0 })
        {
            return line[match.Length..];
        }

        return Columns > 0 && line.Length > Columns && line.AsSpan(0, Columns).Trim(' ').IsEmpty ? line[Columns..] : null;
    }
}
