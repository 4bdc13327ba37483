namespace DropForensics.Core.RingPages;

/// <summary>Where a function begins.</summary>
/// <param name="Address">In the kernel's memory.</param>
/// <param name="Name">Where its name begins in the names; it ends with a newline. In the order of kallsyms.</param>
/// <param name="Module">Number of its module from 1; 0 the kernel.</param>
/// <param name="IsBoundary">Not a function: data, or code that the kernel's own look-up does not know. It ends the function before it.</param>
internal readonly record struct Symbol(ulong Address, int Name, ushort Module, bool IsBoundary) : IComparable<Symbol>
{
    public int CompareTo(Symbol other) => Address != other.Address ? Address.CompareTo(other.Address) : Name.CompareTo(other.Name);
}
