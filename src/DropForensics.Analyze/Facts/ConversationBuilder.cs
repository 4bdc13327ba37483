using System.Runtime.InteropServices;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Facts;

/// <summary>Sums the drops of flows that differ in nothing but the source port.</summary>
internal sealed class ConversationBuilder(DropPass pass, FlowIndex index, SqliteConnection connection)
{
    /// <summary>Past so many distinct ones no further are told apart: the drops of the others are missing in the sum.</summary>
    private const int Most = 1 << 17;

    private const string Sql = "SELECT id, src, dst FROM flow";

    /// <summary>The most drops first.</summary>
    public IReadOnlyList<ConversationFacts> Build()
    {
        Dictionary<int, long> byFlow = [];
        foreach ((FlowKey key, FlowTally tally) in pass.Flows.All)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(byFlow, key.Flow, out _) += tally.Drops;
        }

        Dictionary<(string Src, string Dst, string Service), Conversation> conversations = [];
        DirectRows.Read(connection, Sql, row =>
        {
            long flow = DirectRows.Number(row, 0) ?? -1;
            if (flow is < 0 or > int.MaxValue || !byFlow.TryGetValue((int)flow, out long drops))
            {
                return;
            }

            var key = (Visible.Text(DirectRows.Text(row, 1) ?? ""), Visible.Text(DirectRows.Text(row, 2) ?? ""), index.NameOf(index.ServiceOf((int)flow)));
            if (!conversations.TryGetValue(key, out Conversation? conversation))
            {
                if (conversations.Count == Most) return;
                conversations.Add(key, conversation = new Conversation());
            }

            conversation.Drops += drops;
            conversation.Flows.Add((int)flow);
        });
        List<KeyValuePair<(string Src, string Dst, string Service), Conversation>> all = conversations.OrderByDescending(c => c.Value.Drops).ToList();
        int[]?[] bins = Over(all.Take(FactLimits.Flows).Select(c => c.Value.Flows).ToList());
        return all.Select((c, i) => new ConversationFacts(c.Key.Src, c.Key.Dst, c.Key.Service, c.Value.Drops, i < bins.Length ? bins[i] : null)).ToList();
    }

    /// <summary>Drops over time of each of these sets of flows.</summary>
    private int[]?[] Over(List<List<int>> sets)
    {
        Dictionary<int, int> setOf = sets.SelectMany((flows, i) => flows.Select(flow => (flow, i))).ToDictionary(f => f.flow, f => f.i);
        ILookup<int, FlowTally> tallies = pass.Flows.All.Where(f => setOf.ContainsKey(f.Key.Flow)).ToLookup(f => setOf[f.Key.Flow], f => f.Value);
        return [.. sets.Select((_, i) => pass.Flows.Over(tallies[i], pass.Bins))];
    }

    private sealed class Conversation
    {
        public long Drops { get; set; }

        public List<int> Flows { get; } = [];
    }
}
