using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Facts;

/// <summary>Tells the packets of each function and reason apart by their headers, or where those are not known by skb->protocol.</summary>
internal static class KindFactsBuilder
{
    /// <summary>All drops, by the number of their function and the id of their reason.</summary>
    public static ILookup<(int Function, long Reason), KindFacts> Of(DropPass pass, FlowIndex index)
    {
        IEnumerable<(int, long, KindFacts)> withFlow = pass.Services.All.Select(s => (s.Key.Function, s.Key.Reason,
            new KindFacts(index.Services[s.Key.Service].EtherType, index.Services[s.Key.Service].To, index.NameOf(s.Key.Service), s.Drops)));
        IEnumerable<(int, long, KindFacts)> without = pass.Frames.Select(f => (f.Key.Function, f.Key.Reason,
            new KindFacts(f.Key.EtherType < 0 ? null : f.Key.EtherType, null, EtherTypes.Spoken(f.Key.EtherType), f.Value)));
        return withFlow.Concat(without).ToLookup(k => (k.Item1, k.Item2), k => k.Item3);
    }
}
