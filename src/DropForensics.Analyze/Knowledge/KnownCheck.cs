namespace DropForensics.Analyze.Knowledge;

/// <summary>Something to try next.</summary>
/// <param name="Command">For a POSIX shell; <c>$IF</c>, <c>$ADDR</c> and <c>$PORT</c> stand for the interface, address and port in question.</param>
/// <param name="Shows">What it shows.</param>
public sealed record KnownCheck(string Command, string Shows);
