namespace DropForensics.Analyze.Facts;

/// <summary>How much of a long tail is kept: a report is read by people, and the capture has the rest.</summary>
public static class FactLimits
{
    public const int Stacks = 200;

    /// <summary>Rows of a table of the page; of sites the JSON document has all.</summary>
    public const int TableRows = 200;

    public const int Processes = 200;
    public const int Interfaces = 200;
    public const int Namespaces = 200;
    public const int Flows = 200;
    public const int Services = 200;

    /// <summary>Functions of a timeline; the others are one series.</summary>
    public const int SeriesOfFunctions = 20;

    public const int UnparsedSamples = 50;
    public const int Examples = 100;

    /// <summary>Lines shown of one drop: itself and its stack.</summary>
    public const int ExampleLines = 100;

    /// <summary>So many ports of one host, asked by one other and closed, are told as a scan.</summary>
    public const int ScannedPorts = 20;

    /// <summary>Pairs of hosts that are told as scans.</summary>
    public const int Scans = 5;

    /// <summary>Names listed in one cell.</summary>
    public const int Names = 5;
}
