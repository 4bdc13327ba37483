using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// How long packets had been in the kernel when they were dropped, read or sent: the kernel itself notes when it saw each one by its address, and counts
/// the difference in powers of two (Documentation/trace/histogram.rst). No event is recorded for it, and nothing is read before the end. It has an instance
/// of its own, because the text of an event's tables is that of all of them together.
/// </summary>
internal sealed class LatencyCounter
{
    private const string Use = "latency";
    private const int SmallestRingKiB = 4;
    private const string Synthetic = "synthetic/";

    /// <summary>Addresses that each of the kernel's tables has room for; they are used again and again, and a table takes some 5 MB.</summary>
    private const int Room = 16_384;

    private static readonly Stretch[] Stretches =
    [
        new(LatencyTable.Received, "net/netif_receive_skb", LatencyTable.Dropped, "skb/kfree_skb"),
        new(LatencyTable.Received, "net/netif_receive_skb", LatencyTable.Read, "skb/skb_copy_datagram_iovec"),
        new(LatencyTable.Queued, "net/net_dev_queue", LatencyTable.Dropped, "skb/kfree_skb"),
        new(LatencyTable.Queued, "net/net_dev_queue", LatencyTable.Sent, "net/net_dev_start_xmit"),
    ];

    /// <summary>
    /// Where a packet's time is forgotten: it goes out again, which is another stretch, or is freed without a drop. Its address soon is another packet's. A
    /// variable is unset once it was read. In the order in which they can be removed.
    /// </summary>
    private static readonly (string Event, Stretch Of)[] Forgetting =
        [("skb/consume_skb", Stretches[0]), ("skb/consume_skb", Stretches[2]), ("net/net_dev_queue", Stretches[0])];

    // Drops that do not count.
    private static readonly (string Event, Stretch Of)[] ForgettingWhereFiltered = [("skb/kfree_skb", Stretches[0]), ("skb/kfree_skb", Stretches[2])];

    private readonly string _tracefs;
    private readonly TraceInstance _instance;
    private readonly string _filter;
    private readonly bool _hasReasons;
    private long[] _withoutRoom = [];
    private HistText?[]? _counts;

    /// <summary>Makes its instance and the events that carry the times. Nothing is counted yet.</summary>
    /// <param name="tracefs">Where it is mounted.</param>
    /// <param name="journal">Takes every change.</param>
    /// <param name="drops">The event that counts the drops: its filter says which of them count.</param>
    /// <exception cref="UserError">This kernel cannot do it, or the capture records something else than what it counts.</exception>
    public LatencyCounter(string tracefs, UndoJournal journal, ArmedEvent drops)
    {
        Require(tracefs);
        if (drops.Directory != DropTracepoint.Directory)
            throw Cannot("it counts what skb:kfree_skb names, and that has neither interfaces nor calls of functions", "Leave --latency out, or take --probe eprobe or tracepoint.");
        (_tracefs, _filter) = (tracefs, drops.Filter);

        // Nothing is enabled in it that could be recorded: its open gate tells others that its capture is alive, and shuts if that dies.
        _instance = TraceInstance.Create(tracefs, journal, Use, SmallestRingKiB);
        _instance.OpenGate();
        _hasReasons = Encoding.ASCII.GetString(_instance.FormatOf(DropTracepoint.Directory)).Contains(" reason;", StringComparison.Ordinal);
        foreach (Stretch each in Stretches)
        {
            string name = NameOf(each), fields = HasReason(each) ? "u64 us; u32 reason;" : "u64 us;";
            OrRefuse(() => journal.DefineProbe(Path.Combine(tracefs, "dynamic_events"), Synthetic + name, $"s:{name} {fields}"));
        }
    }

    /// <summary>Says what is missing on a kernel that cannot do it. Changes nothing.</summary>
    /// <exception cref="UserError">Something is.</exception>
    public static void Require(string tracefs)
    {
        string? missing = !File.Exists(Path.Combine(tracefs, "events", Stretches[0].Start, "hist")) ? "hist triggers (CONFIG_HIST_TRIGGERS)"
            : !File.Exists(Path.Combine(tracefs, "synthetic_events")) ? "synthetic events (CONFIG_SYNTH_EVENTS)" : null;
        if (missing is not null) throw Cannot($"this kernel has no {missing}", "Leave --latency out.");
    }

    /// <summary>Arms it, paused: what is set last is removed first, as the kernel demands.</summary>
    /// <exception cref="UserError">The kernel refused.</exception>
    public void Arm()
    {
        foreach (Stretch each in Stretches.DistinctBy(each => each.Start))
            Trigger($"events/{each.Start}", $"hist:keys=skbaddr:{each.Since}=common_timestamp.usecs:size={Room}");
        foreach (Stretch each in Stretches)
        {
            string time = $"{each.Since}_{each.Until}", condition = each.Until == LatencyTable.Dropped && _filter.Length > 0 ? $" if {_filter}" : "";
            Trigger($"events/{each.End}", $"hist:keys=skbaddr:{time}=common_timestamp.usecs-${each.Since}:size={Room}"
                + $":onmatch({each.Start.Replace('/', '.')}).{NameOf(each)}(${time}{(HasReason(each) ? ",reason" : "")}){condition}");
        }

        // The kernel goes through these triggers of an event from the oldest to the newest: what counts comes first.
        foreach ((string @event, Stretch of) in _filter.Length > 0 ? [.. ForgettingWhereFiltered, .. Forgetting] : Forgetting)
            Trigger($"events/{@event}", $"hist:keys=skbaddr:no_longer_{of.Since}=common_timestamp.usecs-{of.Beginning}:size={Room}");
        foreach (Stretch each in Stretches) Trigger(TableOf(each), $"{Keys(each)}:pause", $"!{Keys(each)}");
    }

    public void Start() => Array.ForEach(Stretches, each => _instance.TryTrigger(TableOf(each), $"{Keys(each)}:cont"));

    /// <summary>Stops counting, and keeps the counts. Does nothing the second time.</summary>
    public void Stop()
    {
        if (_counts is not null) return;
        Array.ForEach(Stretches, each => _instance.TryTrigger(TableOf(each), $"{Keys(each)}:pause"));
        _counts = Array.ConvertAll(Stretches, each => HistText.TryParse(HostRoot.TryReadFile(_instance.At($"{TableOf(each)}/hist")) ?? [], "us:"));
        _withoutRoom = Array.ConvertAll(Stretches, each => Math.Max(WithoutRoom(each.Start), WithoutRoom(each.End)));
    }

    /// <summary>Packets whose address found no room in the kernel's tables of an event, which all see the same packets: they have no time.</summary>
    private long WithoutRoom(string @event)
    {
        const string label = "Dropped:";
        string text = Encoding.ASCII.GetString(HostRoot.TryReadFile(_instance.At($"events/{@event}/hist")) ?? []);
        long most = 0;
        for (int at = text.IndexOf(label, StringComparison.Ordinal); at >= 0; at = text.IndexOf(label, at + 1, StringComparison.Ordinal))
        {
            int end = text.IndexOf('\n', at);
            if (end > 0 && long.TryParse(text.AsSpan(at + label.Length, end - at - label.Length).Trim(), out long dropped)) most = Math.Max(most, dropped);
        }

        return most;
    }

    /// <summary>What was counted, for the file. See <see cref="LatencyTable"/>.</summary>
    /// <param name="reasonOf">The name of a drop reason.</param>
    public byte[] Text(Func<long, string> reasonOf)
    {
        StringBuilder table = new StringBuilder().AppendJoin('\t', LatencyTable.Columns).Append('\n');
        for (int i = 0; i < Stretches.Length; i++)
        {
            Stretch each = Stretches[i];
            if (_counts?[i] is not { } counts)
            {
                table.Append($"# {each.Since} to {each.Until}: the kernel's counts cannot be read\n");
                continue;
            }

            foreach ((long? reason, string power, long packets) in counts.Entries)
            {
                // "~ 2^5": more than 16, at most 32
                if (int.TryParse(power.AsSpan(power.IndexOf('^') + 1), out int exponent) && exponent is >= 0 and < 63)
                    table.Append($"{each.Since}\t{each.Until}\t{(reason is { } number ? reasonOf(number) : "-")}\t{1L << exponent}\t{packets}\n");
            }

            if (_withoutRoom[i] > 0) table.Append($"{each.Since}\t{each.Until}\t-\t-\t{_withoutRoom[i]}\n");
        }

        return Encoding.UTF8.GetBytes(table.ToString());
    }

    /// <summary>
    /// Removes the triggers of a dead capture's instance, which hold it: the kernel does not remove it before. Those go first that use what others note.
    /// </summary>
    /// <param name="instance">Its directory.</param>
    /// <returns>False if it has none.</returns>
    public static bool TryDisarm(string instance)
    {
        string synthetic = Path.Combine(instance, "events", "synthetic"), name = Path.GetFileName(instance);
        string[] tables = Directory.Exists(synthetic) ? Directory.GetDirectories(synthetic, $"{name}_*") : [];
        if (tables.Length == 0) return false; // an instance for something else, whose gate may be shut while it is in use

        IEnumerable<string> directories = tables.Concat(Stretches.Select(each => each.End).Concat(Array.ConvertAll(Forgetting, each => each.Event))
            .Concat(Stretches.Select(each => each.Start)).Distinct().Select(each => Path.Combine(instance, "events", each)));
        foreach (string directory in directories)
        {
            string file = Path.Combine(directory, "trigger");
            foreach (string line in Encoding.ASCII.GetString(HostRoot.TryReadFile(file) ?? []).Split('\n'))
            {
                if (!line.StartsWith("hist:", StringComparison.Ordinal)) continue;
                try
                {
                    // "… [active]". Older kernels (6.1) print a variable of another event otherwise than they read it.
                    string written = line[..line.LastIndexOf(" [", StringComparison.Ordinal)];
                    foreach (Stretch each in Stretches) written = written.Replace($"${each.Beginning.Replace("$", "")}", each.Beginning, StringComparison.Ordinal);
                    TracefsWriter.Real.Write(file, $"!{written}");
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
                {
                    // The instance stays, and is said to be in use.
                }
            }
        }

        return true;
    }

    /// <summary>The instance that an event of ours belongs to, by its <c>group/event</c>: of <c>synthetic/dropforensics_…_received_read</c> as well.</summary>
    public static string InstanceOf(string probe) =>
        probe.StartsWith(Synthetic, StringComparison.Ordinal) ? string.Join('_', probe[Synthetic.Length..].Split('_').Take(2)) : probe[..probe.IndexOf('/')];

    private void Trigger(string directory, string trigger, string? undo = null)
    {
        if (!_instance.TryTrigger(directory, trigger, undo ?? $"!{trigger}"))
            throw Cannot($"the kernel refused a table of times: {ErrorLog.ReasonFor(_tracefs, trigger) ?? "it gives no reason"}", "Leave --latency out.");
    }

    private static void OrRefuse(Action define)
    {
        try
        {
            define();
        }
        catch (IOException e)
        {
            throw Cannot($"the kernel refused an event for times: {e.Message}", "Leave --latency out.");
        }
    }

    private static UserError Cannot(string why, string remedy) => new($"--latency cannot count here: {why}", remedy);

    private string NameOf(Stretch stretch) => $"{Path.GetFileName(_instance.Path)}_{stretch.Since}_{stretch.Until}";

    private string TableOf(Stretch stretch) => $"events/{Synthetic}{NameOf(stretch)}";

    private bool HasReason(Stretch stretch) => _hasReasons && stretch.Until == LatencyTable.Dropped;

    private string Keys(Stretch stretch) => $"hist:keys={(HasReason(stretch) ? "reason," : "")}us.log2";

    /// <summary>What lies between two events of the same packet.</summary>
    private sealed class Stretch(string since, string start, string until, string end)
    {
        public string Since => since;

        public string Start => start;

        /// <summary>The kernel's word for the time noted there.</summary>
        public string Beginning => $"{start.Replace('/', '.')}.${since}";

        public string Until => until;

        public string End => end;
    }
}
