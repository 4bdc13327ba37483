using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Facts;

/// <summary>Drops of one site whose packets were of one kind, as far as headers tell kinds apart.</summary>
/// <param name="EtherType">Of the network header, else skb->protocol; null where neither is known.</param>
/// <param name="To">To whom they went; null where the headers are not known.</param>
/// <param name="Service">What they were for, or the name of their EtherType; null where nothing tells.</param>
/// <param name="Drops">How many.</param>
internal sealed record KindFacts(int? EtherType, Audience? To, string? Service, long Drops);
