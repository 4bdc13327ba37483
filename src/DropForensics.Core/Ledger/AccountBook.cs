using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Ledger;

/// <summary>Collects the accounts of the CPUs from the agent or from a capture file.</summary>
public sealed class AccountBook
{
    private const int Merged = -1;

    private readonly SortedDictionary<int, CpuAccount> _accounts = [];

    /// <summary>By CPU, a merged stream first.</summary>
    public IReadOnlyList<CpuAccount> Accounts => [.. _accounts.Values];

    /// <summary>Drops captured on a CPU of a merged stream, whose lines cannot be assigned to a CPU.</summary>
    public void AddCaptured(int cpu, long drops) => Change(cpu, account => account with { Captured = account.Captured + drops });

    /// <summary>Lines of one kind, by the names of table <c>line_count</c>.</summary>
    /// <param name="cpu">The stream, null for a merged one.</param>
    public void AddLines(int? cpu, string kind, long lines) => Change(cpu, account => Kind(account with { Lines = account.Lines + lines }, kind, lines));

    /// <summary>Ring records lost.</summary>
    public void AddLost(int cpu, long records, long uncountedHoles) => Change(
        cpu, account => account with { RecordsLost = account.RecordsLost + records, UncountedHoles = account.UncountedHoles + uncountedHoles });

    /// <summary>The ring's counters at the end, from its <c>stats</c> file; ignored if it does not parse.</summary>
    public void SetStats(int cpu, ReadOnlySpan<byte> text)
    {
        if (RingStats.TryParse(text) is { } stats) SetStats(cpu, stats);
    }

    /// <summary>The same, parsed.</summary>
    public void SetStats(int cpu, RingStats stats) =>
        Change(cpu, account => account with { RecordsRead = stats.ReadEvents, RecordsLeft = stats.Entries });

    /// <summary>Drops the kernel counted.</summary>
    public void SetCounted(int cpu, long drops) => Change(cpu, account => account with { Counted = drops });

    /// <summary>Those that it counted while the gate was open, of a sample.</summary>
    public void SetSampled(SampledSpans? spans)
    {
        if (spans is not { Count: > 0 }) return;
        foreach (CpuAccount account in Accounts)
        {
            if (account.Cpu is { } cpu && account.Counted is not null) _accounts[cpu] = account with { Sampled = spans.On(cpu) };
        }
    }

    /// <summary>Records of other events in the same ring, by the kernel's count.</summary>
    public void SetOthersWritten(int cpu, long records) => Change(cpu, account => account with { OthersWritten = records });

    private static CpuAccount Kind(CpuAccount account, string kind, long lines) => kind switch
    {
        "event" => account with { Captured = account.Captured + lines },
        "other_event" => account with { OtherEvents = account.OtherEvents + lines },
        "stack" => account with { Stacks = account.Stacks + lines },
        "filtered" => account with { Filtered = account.Filtered + lines },
        "filtered_unseen" => account with { Filtered = account.Filtered + lines, FilteredUnseen = account.FilteredUnseen + lines },
        "filtered_stack" => account with { FilteredStacks = account.FilteredStacks + lines },
        "orphan_stack" => account with { Stacks = account.Stacks + lines, OrphanStacks = account.OrphanStacks + lines },
        _ when kind.StartsWith("unparsed_", StringComparison.Ordinal) => account with { UnparsedLines = account.UnparsedLines + lines },
        _ => account,
    };

    private void Change(int? cpu, Func<CpuAccount, CpuAccount> change)
    {
        int key = cpu ?? Merged;
        _accounts[key] = change(_accounts.TryGetValue(key, out CpuAccount? account) ? account : new CpuAccount { Cpu = cpu });
    }
}
