namespace DropForensics.Core.Ledger;

/// <summary>The stages a drop passes on its way into the capture, in order; it can get lost at each.</summary>
public static class Stages
{
    /// <summary>The packet was lost before it reached the network stack.</summary>
    public const string BeforeTheStack = "before the stack";

    /// <summary>The kernel counted it and the agent left it out on purpose: to spare the host, it recorded a sample. It is no loss.</summary>
    public const string Sampling = "sampling";

    /// <summary>The ring overran, or its content was discarded.</summary>
    public const string Ring = "ring";

    /// <summary>The kernel returned the record, but no line has it.</summary>
    public const string Reader = "reader";

    /// <summary>The line exists but did not parse.</summary>
    public const string Unparsed = "unparsed";

    /// <summary>The file ends before the window does.</summary>
    public const string File = "file";

    /// <summary>Recording was cut short or disturbed: what happened in the meantime is unknown.</summary>
    public const string Window = "window";

    /// <summary>The kernel counted it, but no other account has it.</summary>
    public const string Unexplained = "unexplained";
}
