using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Core.Upgrade;

/// <summary>
/// A capture's attribution is stored by the version that recorded it. What this version makes otherwise of the same stacks is put into a private
/// copy, before anybody reads a row: so every table, picture, export and view says the same.
/// </summary>
internal sealed class Reattribution
{
    private const string SitesSql = """
        SELECT s.id, s.event, s.location, s.stack_id, k.first_frame, s.function, s.module, s.function_rule, s.entry, s.driver, s.driver_rule, s.driver_candidates
          FROM site s LEFT JOIN stack k ON k.id = s.stack_id
        """;

    private const string FramesSql = """
        SELECT f.stack_id, y.name, f.offset, y.module FROM stack_frame f JOIN symbol y ON y.id = f.symbol_id ORDER BY f.stack_id, f.position
        """;

    private readonly List<(Site Stored, SiteAttribution Now)> _changes = [];

    private Reattribution()
    {
    }

    /// <summary>How many sites are attributed otherwise than the capture has it stored.</summary>
    public int Sites => _changes.Count;

    /// <summary>Attributes every site anew.</summary>
    /// <param name="capture">Of today's schema.</param>
    /// <exception cref="SqliteException">It is damaged.</exception>
    public static Reattribution Of(CaptureReader capture)
    {
        var found = new Reattribution();
        var byStack = new Dictionary<long, List<Site>>();
        SqlRows.Read(capture.Connection, SitesSql, row =>
        {
            Site site = Site.Read(row);
            if (site.Stack is not { } stack) found.Compare(site, null);
            else if (byStack.TryGetValue(stack, out List<Site>? sites)) sites.Add(site);
            else byStack.Add(stack, [site]);
        });

        long current = 0;
        var frames = new List<Frame>();
        SqlRows.Read(capture.Connection, FramesSql, row =>
        {
            long stack = SqlRows.Number(row, 0) ?? 0;
            if (stack != current) CompareAll();
            current = stack;
            frames.Add(new Frame(SqlRows.Text(row, 1) ?? "", SqlRows.Number(row, 2), SqlRows.Text(row, 3)));
        });
        CompareAll();

        // A stack of which the kernel printed only the header has no frames at all.
        foreach (Site site in byStack.Values.SelectMany(sites => sites)) found.Compare(site, new CallStack([]));
        return found;

        void CompareAll()
        {
            if (byStack.Remove(current, out List<Site>? sites))
            {
                var stack = new CallStack([.. frames]);
                foreach (Site site in sites) found.Compare(site, stack);
            }

            frames.Clear();
        }
    }

    /// <summary>Writes it.</summary>
    /// <param name="copy">Holds the capture's rows.</param>
    public void Apply(NamelessFile copy)
    {
        using SqliteCommand site = copy.Connection.CreateCommand();
        site.CommandText = """
            UPDATE site SET function = $function, module = $module, function_rule = $function_rule, entry = $entry, driver = $driver, driver_rule = $driver_rule,
                            driver_candidates = $driver_candidates WHERE id = $id
            """;
        using SqliteCommand stack = copy.Connection.CreateCommand();
        stack.CommandText = "UPDATE stack SET first_frame = $first_frame WHERE id = $id";
        foreach ((Site stored, SiteAttribution now) in _changes)
        {
            Run(site, ("$function", now.Function), ("$module", now.Module), ("$function_rule", now.FunctionRule), ("$entry", now.Entry), ("$driver", now.Driver),
                ("$driver_rule", now.DriverRule), ("$driver_candidates", now.DriverCandidates), ("$id", stored.Id));
            if (stored.Stack is { } id) Run(stack, ("$first_frame", now.FirstFrame), ("$id", id));
        }
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        command.Parameters.Clear();
        foreach ((string name, object? value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        command.ExecuteNonQuery();
    }

    private void Compare(Site stored, CallStack? stack)
    {
        SiteAttribution now = SiteAttributor.Attribute(stored.Event, stored.Location, stack) with { WithinSend = false }; // which is not stored
        if (now.Driver is null)
        {
            // Who filled the backlog was inferred from the host's counters when it was captured; no stack tells it again.
            bool isInferred = stored.Attribution.DriverRule == DriverRule.Backlog;
            now = now with
            {
                Driver = isInferred ? stored.Attribution.Driver : null,
                DriverRule = isInferred ? stored.Attribution.DriverRule : null,
                DriverCandidates = stored.Attribution.DriverCandidates,
            };
        }

        if (now != stored.Attribution) _changes.Add((stored, now));
    }

    private sealed record Site(long Id, string Event, string? Location, long? Stack, SiteAttribution Attribution)
    {
        public static Site Read(sqlite3_stmt row) => new(SqlRows.Number(row, 0) ?? 0, SqlRows.Text(row, 1) ?? "", SqlRows.Text(row, 2), SqlRows.Number(row, 3), new SiteAttribution
        {
            FirstFrame = (int)(SqlRows.Number(row, 4) ?? 0),
            Function = SqlRows.Text(row, 5),
            Module = SqlRows.Text(row, 6),
            FunctionRule = SqlRows.Text(row, 7),
            Entry = SqlRows.Text(row, 8),
            Driver = SqlRows.Text(row, 9),
            DriverRule = SqlRows.Text(row, 10),
            DriverCandidates = SqlRows.Text(row, 11),
        });
    }
}
