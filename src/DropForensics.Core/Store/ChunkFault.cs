namespace DropForensics.Core.Store;

/// <summary>Why a chunk of raw text is not what was stored.</summary>
/// <param name="Column">The column of <c>raw_chunk</c> that says otherwise.</param>
/// <param name="Stored">What stands there.</param>
/// <param name="Found">What there is.</param>
/// <param name="What">The same in words, after "chunk N".</param>
public sealed record ChunkFault(string Column, string Stored, string Found, string What);
