namespace DropForensics.Analyze.Knowledge;

/// <summary>What drops of a kind mean for whoever uses the host.</summary>
public enum Severity
{
    /// <summary>Ordinary: nothing that anybody waits for was lost.</summary>
    Harmless,

    /// <summary>A fault or not, depending on what the traffic is.</summary>
    Depends,

    /// <summary>Something that somebody waits for was lost.</summary>
    Harmful,
}
