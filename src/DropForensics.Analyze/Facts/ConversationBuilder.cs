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

        Dictionary<(string Src, string Dst, string Service), long> conversations = [];
        DirectRows.Read(connection, Sql, row =>
        {
            long flow = DirectRows.Number(row, 0) ?? -1;
            if (flow is < 0 or > int.MaxValue || !byFlow.TryGetValue((int)flow, out long drops))
            {
                return;
            }

            var key = (Visible.Text(DirectRows.Text(row, 1) ?? ""), Visible.Text(DirectRows.Text(row, 2) ?? ""), index.NameOf(index.ServiceOf((int)flow)));
            if (conversations.Count < Most || conversations.ContainsKey(key))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(conversations, key, out _) += drops;
            }
        });
        return conversations.Select(c => new ConversationFacts(c.Key.Src, c.Key.Dst, c.Key.Service, c.Value)).OrderByDescending(c => c.Drops).ToList();
    }
}
