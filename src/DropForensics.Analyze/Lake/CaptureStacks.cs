using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Lake;

/// <summary>
/// The stacks of a capture by what they hold: the same stack has the same name in every capture, 16 hexadecimal digits of the SHA-256 of its frames
/// as the view <c>frames</c> has them.
/// </summary>
internal sealed class CaptureStacks
{
    private const string Sql = "SELECT stack_id, depth, symbol, offset, module FROM frames ORDER BY stack_id, depth";
    private const int Digits = 16;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<long, string> _hashes = [];
    private readonly Dictionary<long, long> _drops = [];
    private HashSet<string>? _names;

    /// <summary>Reads all stacks once.</summary>
    /// <param name="connection">The capture.</param>
    /// <param name="stop">Ends it between two frames.</param>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    public CaptureStacks(SqliteConnection connection, CancellationToken stop)
    {
        _connection = connection;
        long current = -1;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void End()
        {
            if (current >= 0) _hashes[current] = Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
        }

        Read(frame =>
        {
            if (frame.Stack != current) End();
            current = frame.Stack;
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{frame.Symbol}\0{frame.Offset}\0{frame.Module}\n")));
        }, stop);
        End();
    }

    /// <summary>How many there are.</summary>
    public int Count => _hashes.Count;

    /// <summary>Their names, each once.</summary>
    public IReadOnlySet<string> Names => _names ??= [.. _hashes.Values];

    /// <summary>A stack's name; null where there is no stack, or it has no frame.</summary>
    public string? this[long? stack] => stack is { } id ? _hashes.GetValueOrDefault(id) : null;

    /// <summary>Counts a drop with a stack.</summary>
    public void CountDrop(long? stack)
    {
        if (stack is { } id) _drops[id] = _drops.GetValueOrDefault(id) + 1;
    }

    /// <summary>Writes the frames of stacks that <paramref name="known"/> lacks, and adds them to it.</summary>
    public void Write(ParquetTable table, HashSet<string> known, CancellationToken stop)
    {
        // Two stacks of a capture differ in frames that the view does not show, and have one name.
        HashSet<long> fresh = [.. _hashes.OrderBy(stack => stack.Key).Where(stack => known.Add(stack.Value)).Select(stack => stack.Key)];
        if (fresh.Count == 0) return;
        LakeTable columns = LakeSchema.Stacks;
        int hash = columns[LakeSchema.StackHash], depth = columns["depth"], symbol = columns["symbol"], offset = columns["offset"], module = columns["module"];
        Read(frame =>
        {
            if (!fresh.Contains(frame.Stack)) return;
            table.Set(hash, _hashes[frame.Stack]);
            table.Set(depth, frame.Depth);
            table.Set(symbol, frame.Symbol);
            table.Set(offset, frame.Offset);
            table.Set(module, frame.Module);
            table.EndRow();
        }, stop);
    }

    /// <summary>Writes which stacks the capture has.</summary>
    public void WriteNames(ParquetTable table, CaptureName capture)
    {
        LakeTable columns = LakeSchema.CaptureStacks;
        int id = columns["stack_id"], hash = columns[LakeSchema.StackHash], drops = columns["drops"];
        foreach ((long stack, string name) in _hashes.OrderBy(stack => stack.Key))
        {
            capture.Set(table);
            table.Set(id, stack);
            table.Set(hash, name);
            table.Set(drops, _drops.GetValueOrDefault(stack));
            table.EndRow();
        }
    }

    private void Read(Action<(long Stack, long? Depth, string? Symbol, long? Offset, string? Module)> each, CancellationToken stop) => SqlRows.Read(_connection, Sql, row =>
    {
        stop.ThrowIfCancellationRequested();
        each((SqlRows.Number(row, 0) ?? -1, SqlRows.Number(row, 1), SqlRows.Text(row, 2), SqlRows.Number(row, 3), SqlRows.Text(row, 4)));
    });
}

/// <summary>What names a capture in each of its rows.</summary>
/// <param name="Uuid">Its own.</param>
/// <param name="Host">Its host's name; null if unknown.</param>
internal sealed record CaptureName(string Uuid, string? Host)
{
    /// <summary>Sets the first two columns of the current row, which every table by capture has.</summary>
    public void Set(ParquetTable table)
    {
        table.Set(0, Uuid);
        table.Set(1, Host);
    }
}
