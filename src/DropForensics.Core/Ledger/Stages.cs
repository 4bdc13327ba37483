namespace DropForensics.Core.Ledger;

/// <summary>The stages on a drop's way into the capture, in order: where it can go missing.</summary>
public static class Stages
{
    /// <summary>The packet was lost before the network stack had it.</summary>
    public const string BeforeTheStack = "before the stack";

    /// <summary>The ring overran, or what was in it was given up.</summary>
    public const string Ring = "ring";

    /// <summary>The kernel gave the record out and it is in no line.</summary>
    public const string Reader = "reader";

    /// <summary>A line is there and could not be read.</summary>
    public const string Unparsed = "unparsed";

    /// <summary>The file ends before the window does.</summary>
    public const string File = "file";

    /// <summary>Recording was cut short or disturbed: what happened meanwhile nobody knows.</summary>
    public const string Window = "window";

    /// <summary>The kernel counted it, and it is in no other account.</summary>
    public const string Unexplained = "unexplained";
}
