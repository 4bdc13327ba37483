namespace DropForensics.Analyze.Diff;

/// <summary>Drops that happened, as far as a capture can say: what it holds is the least.</summary>
/// <param name="Least">At least so many.</param>
/// <param name="Most">At most so many; null: nobody can say.</param>
public readonly record struct CountRange(long Least, long? Most)
{
    /// <summary>Whether it is one number.</summary>
    public bool IsExact => Least == Most;

    /// <summary>A number that is known.</summary>
    public static CountRange Exactly(long count) => new(count, count);
}
