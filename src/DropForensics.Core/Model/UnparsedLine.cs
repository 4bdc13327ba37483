namespace DropForensics.Core.Model;

/// <summary>A line that did not parse, kept so that somebody can see why.</summary>
/// <param name="RawLine">Its number in its stream, from 1.</param>
/// <param name="Kind">One of the Unparsed kinds.</param>
/// <param name="Text">Its first 200 bytes; bytes that are not UTF-8 read <c>\xNN</c>.</param>
public readonly record struct UnparsedLine(long RawLine, LineKind Kind, string Text);
