using System.Runtime.CompilerServices;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Verify;

/// <summary>
/// Compares sites and their stacks with the event, location and frames read again, and with today's attribution of those. Decoders
/// intern their strings and stacks, so a repeated drop needs only one look-up by reference.
/// </summary>
internal sealed class SiteCheck(SqliteConnection connection, Differences differences) : IDisposable
{
    private const int MaxKnown = 1 << 14;

    private const string SiteSql = """
        SELECT event, location, stack_id, function, module, function_rule, entry, driver, driver_rule, driver_candidates FROM site WHERE id = ?1
        """;

    private const string FramesSql = """
        SELECT f.position, y.name, f.offset, y.module
          FROM stack_frame f LEFT JOIN symbol y ON y.id = f.symbol_id WHERE f.stack_id = ?1 ORDER BY f.position
        """;

    private readonly HashSet<Key> _known = [];
    private readonly IdSet _sites = new();
    private readonly IdSet _stacks = new();
    private readonly IdLookup _site = new(connection, SiteSql);
    private readonly IdLookup _stack = new(connection, "SELECT first_frame FROM stack WHERE id = ?1");
    private readonly IdLookup _frames = new(connection, FramesSql);

    /// <summary>Drops attributed to a driver by the backlog inference, which is not repeated here.</summary>
    public bool SawBacklog { get; private set; }

    /// <summary>Compares the site of a drop.</summary>
    public void Compare(in StoredDrop stored, in DropEvent found)
    {
        var key = new Key(stored.SiteId, found);
        if (_known.Contains(key))
        {
            return;
        }

        if (_known.Count == MaxKnown)
        {
            _known.Clear();
        }

        _known.Add(key);
        _sites.Add(stored.SiteId);
        if (!_site.Find(stored.SiteId))
        {
            differences.Add("drop_event", "site_id", $"{stored.Id}", $"{stored.SiteId}", "no row of site");
            return;
        }

        string row = $"{stored.SiteId} (drop {stored.Id})";
        SiteAttribution attribution = SiteAttributor.Attribute(found.Event, found.Location, found.Stack);
        differences.Compare("site", "event", row, _site.Text(0), found.Event);
        differences.Compare("site", "location", row, _site.Text(1), found.Location);
        differences.Compare("site", "function", row, _site.Text(3), attribution.Function);
        differences.Compare("site", "module", row, _site.Text(4), attribution.Module);
        differences.Compare("site", "function_rule", row, _site.Text(5), attribution.FunctionRule);
        differences.Compare("site", "entry", row, _site.Text(6), attribution.Entry);
        CompareDriver(row, attribution);
        CompareStack(stored.Id, row, _site.Number(2), found.Stack, attribution.FirstFrame);
    }

    /// <summary>Looks for sites and stacks that nothing points to.</summary>
    public void End()
    {
        Unused("site", _sites);
        DirectRows.ReadNumbers(connection, "SELECT DISTINCT stack_id FROM other_event WHERE stack_id IS NOT NULL", row => _stacks.Add(row[0]));
        Unused("stack", _stacks);
        DirectRows.ReadNumbers(connection, "SELECT DISTINCT stack_id FROM stack_frame WHERE stack_id NOT IN (SELECT id FROM stack)", row =>
            differences.Add("stack_frame", "stack_id", $"{row[0]}", $"{row[0]}", "no row of stack"));
        DirectRows.ReadNumbers(connection, "SELECT id FROM symbol WHERE id NOT IN (SELECT symbol_id FROM stack_frame)", row =>
            differences.Add("symbol", "*", $"{row[0]}", "a row", "no frame that points to it"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _site.Dispose();
        _stack.Dispose();
        _frames.Dispose();
    }

    // The agent's later inference, from the host's counters and packet steering, never replaces what a stack shows.
    private void CompareDriver(string row, SiteAttribution found)
    {
        string? driver = _site.Text(7), rule = _site.Text(8), candidates = _site.Text(9);
        if (found is { Driver: null, Entry: BacklogAttribution.Entry } && (rule == DriverRule.Backlog || (driver is null && candidates is not null)))
        {
            SawBacklog = true;
            return;
        }

        differences.Compare("site", "driver", row, driver, found.Driver);
        differences.Compare("site", "driver_rule", row, rule, found.DriverRule);
        differences.Compare("site", "driver_candidates", row, candidates, found.DriverCandidates);
    }

    private void CompareStack(long drop, string site, long? id, CallStack? found, int firstFrame)
    {
        if (id is not { } stack || found is null)
        {
            differences.Compare("site", "stack_id", site, id is null ? "no stack" : "a stack", found is null ? "no stack" : "a stack");
            return;
        }

        _stacks.Add(stack);
        string row = $"{stack} (drop {drop})";
        if (!_stack.Find(stack))
        {
            differences.Add("site", "stack_id", site, $"{stack}", "no row of stack");
            return;
        }

        differences.Compare("stack", "first_frame", row, _stack.Number(0), firstFrame);
        int position = 0;
        for (bool more = _frames.Find(stack); more; more = _frames.Next())
        {
            string frame = $"{stack}, position {_frames.Number(0)} (drop {drop})";
            string stored = Display.SymbolText.Of(_frames.Text(1), _frames.Number(2), _frames.Text(3));
            string? expected = position < found.Frames.Count && _frames.Number(0) == position ? FrameText(found.Frames[position]) : null;
            differences.Compare("stack_frame", "symbol_id", frame, stored, expected);
            position++;
        }

        differences.Compare("stack_frame", "*", row, Units(position), Units(found.Frames.Count));
    }

    private void Unused(string table, IdSet seen) => DirectRows.ReadNumbers(connection, $"SELECT id FROM {table}", row =>
    {
        if (!seen.Contains(row[0]))
        {
            differences.Add(table, "*", $"{row[0]}", "a row", "nothing that points to it");
        }
    });

    private static string Units(int frames) => Display.Units.Count(frames, "frame");

    private static string FrameText(in Frame frame) => Display.SymbolText.Of(frame.Symbol, frame.Offset, frame.Module);

    /// <summary>A site by the references of its parts: equal ones are the same site, unequal ones may be.</summary>
    private readonly struct Key(long site, in DropEvent drop) : IEquatable<Key>
    {
        private readonly long _site = site;
        private readonly string _event = drop.Event;
        private readonly string? _location = drop.Location;
        private readonly CallStack? _stack = drop.Stack;

        public bool Equals(Key other) =>
            _site == other._site && ReferenceEquals(_event, other._event) && ReferenceEquals(_location, other._location) && ReferenceEquals(_stack, other._stack);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(
            _site, RuntimeHelpers.GetHashCode(_event), RuntimeHelpers.GetHashCode(_location), RuntimeHelpers.GetHashCode(_stack));
    }
}
