namespace DropForensics.Analyze.Export;

/// <summary>What other programs read.</summary>
internal enum ExportFormat
{
    /// <summary>A table of the drops, RFC 4180.</summary>
    Csv,

    /// <summary>A JSON document a line, a drop each: <c>docs/drops.schema.json</c>.</summary>
    Json,

    /// <summary>Stacks with their drops, as flamegraph.pl takes them.</summary>
    Folded,

    /// <summary>Stacks with their drops, as speedscope.app takes them.</summary>
    Speedscope,

    /// <summary>The dropped packets' headers, for Wireshark and tshark.</summary>
    Pcapng,
}
