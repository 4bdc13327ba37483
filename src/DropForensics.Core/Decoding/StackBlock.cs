using DropForensics.Core.Model;

namespace DropForensics.Core.Decoding;

/// <summary>What the lines below a stack's header say.</summary>
/// <param name="Stack">The frames that are sound.</param>
/// <param name="Lines">Lines in the block.</param>
/// <param name="Bad">Those of them, from 0, that are no frame.</param>
/// <param name="Uncalled">Position of the frame whose caller the kernel could not see; null where there is none.</param>
internal sealed record StackBlock(CallStack Stack, int Lines, int[] Bad, int? Uncalled);
