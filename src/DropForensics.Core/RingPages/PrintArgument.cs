namespace DropForensics.Core.RingPages;

/// <summary>One argument of a <c>print fmt</c>.</summary>
/// <param name="Field">What it takes of the record.</param>
/// <param name="Element">Of an array.</param>
/// <param name="IsString">By <c>__get_str</c>.</param>
/// <param name="Names">The table of <c>__print_symbolic</c>.</param>
internal readonly record struct PrintArgument(EventField Field, int Element, bool IsString, IReadOnlyDictionary<ulong, byte[]>? Names);
