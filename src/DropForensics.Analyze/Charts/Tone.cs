namespace DropForensics.Analyze.Charts;

/// <summary>How a severity word is coloured. The word itself carries the meaning; colour only repeats it.</summary>
public enum Tone
{
    Good,
    Harmless,
    Depends,
    Harmful,
}
