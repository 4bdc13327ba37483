using System.Data.Common;
using Dapper;
using DropForensics.Core.Model;

namespace DropForensics.Analyze.Queries;

/// <summary>Sites and the stacks they stand for. Stacks are read one after the other: a storm may have very many.</summary>
internal sealed class StackQueries
{
    private const string FramesSql = """
        SELECT f.stack_id AS StackId, y.name AS Symbol, f.offset AS Offset, y.module AS Module
          FROM stack_frame f JOIN symbol y ON y.id = f.symbol_id
        """;

    private readonly DbConnection _connection;

    public StackQueries(DbConnection connection)
    {
        VisibleTextHandler.Register();
        _connection = connection;
    }

    /// <summary>All sites by id.</summary>
    public Dictionary<long, SiteRow> Sites() => _connection.Query<SiteRow>("""
        SELECT s.id AS Id, s.event AS Event, s.location AS Location, s.stack_id AS StackId, k.first_frame AS FirstFrame, s.function AS Function, s.module AS Module,
               s.function_rule AS FunctionRule, s.entry AS Entry, s.driver AS Driver, s.driver_rule AS DriverRule, s.driver_candidates AS DriverCandidates
          FROM site s LEFT JOIN stack k ON k.id = s.stack_id
        """).ToDictionary(s => s.Id);

    /// <summary>Every stack once, in order of id.</summary>
    public IEnumerable<(long Id, CallStack Stack)> Stacks() => Read(FramesSql + " ORDER BY f.stack_id, f.position");

    /// <summary>One stack.</summary>
    public CallStack Stack(long id) => Read(FramesSql + $" WHERE f.stack_id = {id} ORDER BY f.position")
        .Select(s => s.Stack).FirstOrDefault() ?? new CallStack([]);

    private IEnumerable<(long Id, CallStack Stack)> Read(string sql)
    {
        var frames = new List<Frame>();
        long current = -1;
        foreach (FrameRow row in _connection.Query<FrameRow>(sql, buffered: false))
        {
            if (row.StackId != current && frames.Count > 0)
            {
                yield return (current, new CallStack([.. frames]));
                frames.Clear();
            }

            current = row.StackId;
            frames.Add(new Frame(row.Symbol, row.Offset, row.Module));
        }

        if (frames.Count > 0)
        {
            yield return (current, new CallStack([.. frames]));
        }
    }
}
