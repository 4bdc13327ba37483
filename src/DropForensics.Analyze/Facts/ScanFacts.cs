namespace DropForensics.Analyze.Facts;

/// <summary>One host's packets to many ports of another that no socket took.</summary>
/// <param name="Src">Who sent them.</param>
/// <param name="Dst">To whom.</param>
/// <param name="Protocol"><c>TCP</c> or <c>UDP</c>.</param>
/// <param name="Ports">Distinct destination ports, <see cref="FactLimits.ScannedPorts"/> or more.</param>
/// <param name="LowestPort">The lowest of them.</param>
/// <param name="HighestPort">The highest of them.</param>
/// <param name="Sport">The port they were sent from, if it was one; else null.</param>
/// <param name="Drops">How many packets.</param>
public sealed record ScanFacts(string Src, string Dst, string Protocol, int Ports, int LowestPort, int HighestPort, int? Sport, long Drops);
