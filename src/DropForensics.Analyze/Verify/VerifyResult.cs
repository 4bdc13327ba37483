namespace DropForensics.Analyze.Verify;

/// <summary>What a check found.</summary>
internal sealed record VerifyResult
{
    /// <summary>The capture's path.</summary>
    public required string File { get; init; }

    /// <summary>Streams of raw text.</summary>
    public required int Streams { get; init; }

    /// <summary>Chunks whose hash was computed.</summary>
    public required long Chunks { get; init; }

    /// <summary>Bytes of text decoded again.</summary>
    public required long TextBytes { get; init; }

    /// <summary>Lines of it.</summary>
    public required long Lines { get; init; }

    /// <summary>Rows of <c>drop_event</c>.</summary>
    public required long DropsStored { get; init; }

    /// <summary>Drops that the text gives.</summary>
    public required long DropsFound { get; init; }

    /// <summary>Rows compared with nothing, as the text behind a damaged chunk is not known.</summary>
    public required long DropsNotCompared { get; init; }

    /// <summary>LOST lines.</summary>
    public required long LostLines { get; init; }

    /// <summary>What differs.</summary>
    public required IReadOnlyList<DifferenceKind> Differences { get; init; }

    /// <summary>What is good to know and no difference.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What could not be checked, each with the reason.</summary>
    public required IReadOnlyList<string> NotChecked { get; init; }

    /// <summary>Whether all agrees.</summary>
    public bool Agrees => Differences.Count == 0;
}
