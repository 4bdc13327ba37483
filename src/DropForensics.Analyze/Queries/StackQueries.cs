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
        SELECT id AS Id, event AS Event, location AS Location, stack_id AS StackId, function AS Function, module AS Module,
               function_rule AS FunctionRule, entry AS Entry, driver AS Driver, driver_rule AS DriverRule, driver_candidates AS DriverCandidates
          FROM site
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
