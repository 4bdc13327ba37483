namespace DropForensics.Analyze.Facts;

/// <summary>Drops over time that stand in the same row of each list: indexes of these, -1 where it is in none.</summary>
/// <param name="Site">Of <see cref="CaptureFacts.Sites"/>.</param>
/// <param name="Reason">Of <see cref="CaptureFacts.Reasons"/>.</param>
/// <param name="Driver">Of <see cref="CaptureFacts.Drivers"/>.</param>
/// <param name="Entry">Of <see cref="CaptureFacts.Entries"/>.</param>
/// <param name="Interface">Of <see cref="CaptureFacts.Interfaces"/>.</param>
/// <param name="Namespace">Of <see cref="CaptureFacts.Namespaces"/>.</param>
/// <param name="Stack">Of <see cref="CaptureFacts.Stacks"/>.</param>
public readonly record struct BinnedPlace(int Site, int Reason, int Driver, int Entry, int Interface, int Namespace, int Stack);
