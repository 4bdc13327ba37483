using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Core;
using DropForensics.Core.Btf;
using DropForensics.Core.Events;
using DropForensics.Core.Filters;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Probes;

/// <summary>What each kind of probe would be on this host, from what the kernel says of itself; nothing is tried here.</summary>
/// <remarks>The file is long because it has each probe from its arguments to its sentence, which differ by a few words.</remarks>
/// <param name="tracefs">Where it is mounted.</param>
/// <param name="btf">What the kernel's types are.</param>
/// <param name="options">What the user asked for.</param>
/// <param name="group">
/// Of probes of our own: the name of the instance that uses them, so that others can tell whether anybody does; a new name where null.
/// </param>
internal sealed class ProbePlanner(string tracefs, HostBtf btf, CaptureOptions options, string? group = null)
{
    private const string DropEvent = "drop", HitEvent = "hit", CountedEvent = "witness";

    // The kernel takes no more stacks than this beyond --max-drops, whatever becomes of us.
    private const long TriggerSlack = 100_000;

    // Documentation/trace/events.rst has no names for reasons, so the table is needed for filters too.
    private readonly byte[] _format = HostRoot.TryReadFile(Path.Combine(tracefs, DropTracepoint.Directory, "format")) ?? [];
    private readonly FilterFunctions _functions = new(tracefs);
    private readonly string _group = group ?? TraceInstance.NewName();
    private ReasonTable? _reasons;
    private TracefsReadme? _readme;

    private ReasonTable Reasons => _reasons ??= ReasonTable.FromHost(_format, btf.Reasons);

    private TracefsReadme Readme => _readme ??= TracefsReadme.Read(tracefs);

    /// <exception cref="UserError">This host cannot have it, or not with these options.</exception>
    public ProbePlan Plan(ProbeKind kind)
    {
        if (options.Follow is { } follow)
        {
            if (kind is ProbeKind.Kprobe or ProbeKind.Function) throw Cannot("--follow needs an event for every packet that is freed, and calls of a function miss some");
            if (follow.Words?.NeedsPackets == true && (kind == ProbeKind.Tracepoint || options.Packets == PacketBytes.None)) throw BlindToFlows(follow, kind);
            if (follow.Words is { } words) RequireReasons(words.Root);
        }

        ProbePlan plan = kind switch
        {
            ProbeKind.Eprobe => Eprobe(),
            ProbeKind.Tracepoint => Tracepoint(),
            ProbeKind.Kprobe => options.Function is { } function ? KprobeOn(function) : KprobeOnFree(),
            _ => FunctionTracer(),
        };
        return plan with { Filter = options.Filter };
    }

    private ProbePlan Eprobe()
    {
        DropTracepoint.Require(tracefs, _format);
        if (!Readme.HasEventProbes) throw Cannot("this kernel has no event probes, which came with Linux 5.15");
        if (btf.Layout is not { } layout) throw Cannot($"{btf.NoLayoutWhy}, so a probe cannot find a packet's fields");

        // On 6.1 the tracepoint's own text hides either the location or the reason; the eprobe has both.
        var fetch = new FetchArguments(layout, "$skbaddr");
        KernelWords? words = Words((ProbeNames.Of(ProbeName.Protocol), false), hasDevice: true, options.Packets, "--packets none leaves the packets out");
        string[] arguments =
        [
            FetchArguments.Argument(ProbeName.Skb, "$skbaddr:x64"), FetchArguments.Argument(ProbeName.Location, $"$location:{SymbolType}"),
            .. Reasons.HasReasons ? [TracepointReason] : Array.Empty<string>(), TracepointProtocol,
            .. fetch.Packet(options.Packets), .. Owner(fetch, HasReceiver ? "$rx_sk" : null), .. Names(fetch, words),
        ];
        string reasons = EventFilter.Reasons(Reasons, options.OnlyReasons, options.ExceptReasons);
        string filter = EventFilter.And(reasons, EventFilter.Interface(options.Interface), words?.Condition ?? "");

        ArmedEvent drops = Dynamic(ProbeKind.Eprobe, DropEvent, $"e:{_group}/{DropEvent} skb/kfree_skb {string.Join(' ', arguments)}", filter);
        return new ProbePlan
        {
            Events = [drops with { AttachedTo = "skb.kfree_skb", CountedBy = EprobeCounter(fetch, words, filter) }],
            Why = "an event probe on skb:kfree_skb, which fires for every dropped packet",
            Packets = options.Packets,
            ShowsOwner = Socket is not null,
            NotShown = WithoutPackets,
            Asked = filter,
            KernelDecides = words?.IsExact != false,
            Reasons = Reasons,
        };
    }

    /// <summary>
    /// The kernel serves an event probe in the first instance that enables it and in no other (kernel/trace/trace_eprobe.c,
    /// enable_trace_eprobe): the tracepoint is counted, or an event probe of its own where that cannot be filtered.
    /// </summary>
    private ArmedEvent EprobeCounter(FetchArguments fetch, KernelWords? words, string filter)
    {
        if (!ComparesDevice(words)) return KfreeSkb(filter); // it has reason and protocol by the same names
        string compared = $"{(Reasons.HasReasons ? $"{TracepointReason} " : "")}{(words is null ? "" : $"{TracepointProtocol} ")}{fetch.DeviceName}";
        return Dynamic(ProbeKind.Eprobe, CountedEvent, $"e:{_group}/{CountedEvent} skb/kfree_skb {compared}", filter);
    }

    private ProbePlan Tracepoint()
    {
        DropTracepoint.Require(tracefs, _format);
        if (options.Interface is not null)
        {
            throw new UserError(
                "the tracepoint skb:kfree_skb does not have the interface, so --interface has nothing to compare",
                "--probe eprobe (Linux 5.15 on) and --probe kprobe can; or capture everything and let analyze sort it.");
        }

        KernelWords? words = Words((ProbeNames.Of(ProbeName.Protocol), false), hasDevice: false, PacketBytes.None, "the tracepoint skb:kfree_skb shows neither packets nor interfaces");
        string asked = EventFilter.And(EventFilter.Reasons(Reasons, options.OnlyReasons, options.ExceptReasons), words?.Condition ?? "");
        return new ProbePlan
        {
            Events = [KfreeSkb(asked)],
            Why = "skb:kfree_skb, which fires for every dropped packet",
            NotShown = (ProbePlan.NothingOfThePacket, "the tracepoint does not have them"),
            Asked = asked,
            KernelDecides = words?.IsExact != false,
            Reasons = Reasons,
        };
    }

    /// <summary>
    /// On the function that frees a dropped packet. It is also called for no packet at all, for one that somebody else still holds,
    /// and (6.2 on) for one that was consumed: none of those is a drop.
    /// </summary>
    private ProbePlan KprobeOnFree()
    {
        RequireKprobes();
        FreeFunction free = _functions.Free ?? throw _functions.Refuse(FreeFunction.Newest);
        string skb = CallArguments.At(Readme, free.SkbPosition);
        FetchArguments? fetch = btf.Layout is { } layout ? new FetchArguments(layout, skb) : null;
        string? reason = free.ReasonPosition is { } position ? CallArguments.At(Readme, position) : null;
        string? receiver = free.ReceiverPosition is { } socket ? CallArguments.At(Readme, socket) : null;
        List<string> arguments = [FetchArguments.Argument(ProbeName.Skb, $"{skb}:x64"), Caller];
        if (fetch is not null) arguments.Add(fetch.Users);
        if (reason is not null) arguments.Add(FetchArguments.Argument(ProbeName.Reason, $"{reason}:u32"));
        if (fetch is not null) arguments.AddRange([fetch.Protocol, .. fetch.Packet(options.Packets), .. Owner(fetch, receiver)]);
        KernelWords? words = WordsOfCalls(fetch, $"{btf.NoLayoutWhy}");
        arguments.AddRange(Names(fetch, words));

        if (fetch is null && options.Interface is not null) throw Cannot($"--interface needs to know where a packet's interface is, and {btf.NoLayoutWhy}");
        string condition = EventFilter.And(
            "skb != 0", fetch is null ? "" : "users == 1", reason is not null && Reasons.Consumed is { } consumed ? $"reason != {consumed}" : "");
        string asked = EventFilter.And(
            EventFilter.Reasons(Reasons, options.OnlyReasons, options.ExceptReasons), EventFilter.Interface(options.Interface), words?.Condition ?? "");
        return new ProbePlan
        {
            Events = [Dynamic(ProbeKind.Kprobe, DropEvent, $"p:{_group}/{DropEvent} {free.Name} {string.Join(' ', arguments)}", EventFilter.And(condition, asked))],
            Why = $"a kprobe on {free.Name}, which frees most dropped packets" + (fetch is null ? ", and also packets that something else still holds" : ""),
            Packets = fetch is null ? PacketBytes.None : options.Packets,
            ShowsOwner = fetch is not null && Socket is not null,
            NotShown = fetch is null ? (ProbePlan.NothingOfThePacket, $"{btf.NoLayoutWhy}") : WithoutPackets,
            Condition = condition,
            Asked = asked,
            KernelDecides = words?.IsExact != false,
            Reasons = Reasons,
        };
    }

    private ProbePlan KprobeOn(string function)
    {
        RequireKprobes();
        if (!_functions.Contains(function)) throw _functions.Refuse(function);
        RefuseReasons();
        int? position = btf.Kernel?.Function(function)?.SkbPosition;
        string? skb = position is { } argument ? CallArguments.At(Readme, argument) : null;
        FetchArguments? fetch = skb is not null && btf.Layout is { } layout ? new FetchArguments(layout, skb) : null;
        if (fetch is null && options.Interface is not null) throw Cannot($"--interface needs a packet, but {function} has no known packet argument");
        KernelWords? words = WordsOfCalls(fetch, $"{function} has no known packet argument");
        string[] caller = CallArguments.StacksLackCaller ? [Caller] : [];
        string[] arguments = fetch is null
            ? [.. caller, .. Names(fetch, words)] : [FetchArguments.Argument(ProbeName.Skb, $"{skb}:x64"), .. caller, fetch.Protocol, .. fetch.Packet(options.Packets), .. Owner(fetch, receiver: null), .. Names(fetch, words)];
        string asked = EventFilter.And(EventFilter.Interface(options.Interface), words?.Condition ?? "");
        return new ProbePlan
        {
            Events = [Dynamic(ProbeKind.Kprobe, HitEvent, $"p:{_group}/{HitEvent} {function} {string.Join(' ', arguments)}", asked)],
            Why = position is { } known ? $"a kprobe on {function}, whose argument {known} is a packet" : $"a kprobe on {function}",
            HitsOf = function,
            Packets = fetch is null ? PacketBytes.None : options.Packets,
            ShowsOwner = fetch is not null && Socket is not null,
            NotShown = fetch is not null ? WithoutPackets
                : (ProbePlan.NothingOfThePacket, skb is null ? $"{function} has no known packet argument" : $"{btf.NoLayoutWhy}"),
            Asked = asked,
            KernelDecides = words?.IsExact != false,
            Reasons = Reasons,
        };
    }

    private ProbePlan FunctionTracer()
    {
        string tracers = System.Text.Encoding.ASCII.GetString(HostRoot.TryReadFile(Path.Combine(tracefs, "available_tracers")) ?? []);
        if (!tracers.Split(' ', '\n').Contains("function")) throw Cannot("this kernel has no function tracer");
        string function = options.Function ?? _functions.Free?.Name ?? FreeFunction.Newest;
        if (!_functions.Contains(function)) throw _functions.Refuse(function);
        RefuseReasons();
        if (options.Interface is not null) throw Cannot("the function tracer sees no arguments, so --interface has nothing to compare");
        if (options.Filter is not null) throw Blind("the function tracer sees no arguments");
        return new ProbePlan
        {
            Events = [new ArmedEvent { Id = $"function:{function}", Kind = ProbeKind.Function, Function = function }],
            Why = $"the function tracer on {function}, which records calls and their callers",
            NotShown = ($"{ProbePlan.NothingOfThePacket} stack", "the function tracer sees no arguments"),
            HitsOf = function,
            Reasons = Reasons,
        };
    }

    private ArmedEvent KfreeSkb(string filter) => new()
    {
        Id = "skb:kfree_skb",
        Kind = ProbeKind.Tracepoint,
        Directory = DropTracepoint.Directory,
        Filter = filter,
        Trigger = Trigger(filter),
    };

    /// <summary>An event of our own.</summary>
    private ArmedEvent Dynamic(ProbeKind kind, string name, string definition, string filter) => new()
    {
        Id = $"{_group}:{name}",
        Kind = kind,
        Directory = $"events/{_group}/{name}",
        Definition = new ProbeDefinition(
            File.Exists(Path.Combine(tracefs, "dynamic_events")) ? "dynamic_events" : "kprobe_events", $"{_group}/{name}", definition),
        Filter = filter,
        Trigger = Trigger(filter),
        HasComm = true,
    };

    /// <summary>What takes stacks; null where there are to be none. The event's filter does not bind the trigger, so it is repeated there.</summary>
    private string? Trigger(string filter) =>
        options.Stacks ? $"stacktrace:{MostStacks + TriggerSlack}{(filter.Length > 0 ? $" if {filter}" : "")}" : null;

    // Drops that the agent leaves out do not count for --max-drops, but their stacks were taken.
    private long MostStacks => options.Filter is null ? options.MaxDrops : Math.Max(options.MaxDrops, CaptureOptions.DefaultMaxDrops);

    private SocketLayout? Socket => options.Owner ? btf.Socket : null;

    // Linux 6.11 on.
    private bool HasReceiver => _format.AsSpan().IndexOf(" rx_sk;"u8) >= 0;

    private IEnumerable<string> Owner(FetchArguments fetch, string? receiver) =>
        Socket is { } socket ? fetch.Owner(socket, receiver) : [];

    // Text, the task's last: it may hold anything.
    private IEnumerable<string> Names(FetchArguments? fetch, KernelWords? words)
    {
        if (fetch is not null && ComparesDevice(words)) yield return fetch.DeviceName;
        yield return FetchArguments.Argument(ProbeName.Comm, "$comm:string");
    }

    private bool ComparesDevice(KernelWords? words) => options.Interface is not null || words?.UsesDevice == true;

    /// <summary>What the kernel decides of --filter on a call of a function, whose packet is an argument.</summary>
    private KernelWords? WordsOfCalls(FetchArguments? fetch, string blind) => fetch is null
        ? Words(protocol: null, hasDevice: false, PacketBytes.None, blind)
        : Words((ProbeNames.Of(ProbeName.NetworkProtocol), BitConverter.IsLittleEndian), hasDevice: true, options.Packets, "--packets none leaves the packets out");

    /// <summary>What the kernel decides of --filter; null where there is none.</summary>
    /// <param name="protocol">See <see cref="KernelWords"/>; null: nothing is known of a packet.</param>
    /// <param name="hasDevice">The event has the packet's interface.</param>
    /// <param name="packets">What it has of packets.</param>
    /// <param name="blind">Why not more.</param>
    /// <exception cref="UserError">The expression asks for what the event does not have.</exception>
    private KernelWords? Words((string, bool)? protocol, bool hasDevice, PacketBytes packets, string blind)
    {
        if (options.Filter is not { } filter) return null;
        if (protocol is null || (filter.NeedsPackets && packets == PacketBytes.None) || (filter.NeedsInterface && !hasDevice)) throw Blind(blind);
        return KernelWords.Of(filter, reason => EventFilter.Reasons(Reasons, [reason], []), protocol, hasDevice, packets != PacketBytes.None);
    }

    // An error of usage only where the user chose what cannot see it: with auto, this host has nothing better, or another probe can.
    private UserError Blind(string why) => new(
        $"{why}, so --filter '{Printable.Of(options.Filter?.Text ?? "")}' has nothing to compare",
        "--probe eprobe (Linux 5.15 on) and --probe kprobe show packets; the tracepoint decides ip, ip6, arp, rarp and reason. Or capture everything, where packets are shown, and use: analyze --filter",
        options.Probe is not null || options.Packets == PacketBytes.None ? ExitCode.Usage : ExitCode.Unable);

    /// <exception cref="UserError">A part names a reason that this kernel does not have.</exception>
    private void RequireReasons(FilterNode node)
    {
        if (node is ReasonNode reason) _ = EventFilter.Reasons(Reasons, [reason.Name], []);
        else if (node is NotNode not) RequireReasons(not.Inner);
        else if (node is BothNode both)
        {
            RequireReasons(both.Left);
            RequireReasons(both.Right);
        }
        else if (node is EitherNode either)
        {
            RequireReasons(either.Left);
            RequireReasons(either.Right);
        }
    }

    private UserError BlindToFlows(FollowedPackets follow, ProbeKind kind) => new(
        $"{(kind == ProbeKind.Tracepoint ? "the tracepoint skb:kfree_skb shows no packets" : "--packets none leaves the packets out")}, so --follow '{Printable.Of(follow.Text)}' cannot choose among the drops",
        $"--follow {FollowedPackets.All} records the way of each, and interfaces and reasons can be chosen without packets. --probe eprobe (Linux 5.15 on) shows packets.",
        options.Probe is not null || options.Packets == PacketBytes.None ? ExitCode.Usage : ExitCode.Unable);

    private (string, string)? WithoutPackets => options.Packets == PacketBytes.None ? ("flow", "--packets none leaves headers out") : null;

    private static string TracepointProtocol => FetchArguments.Argument(ProbeName.Protocol, "$protocol:u16");

    private static string TracepointReason => FetchArguments.Argument(ProbeName.Reason, "$reason:u32");

    private string Caller => FetchArguments.Argument(ProbeName.Location, $"{CallArguments.ReturnAddress}:{SymbolType}");

    // Without it the address itself is printed, and the function comes from the stack.
    private string SymbolType => Readme.HasSymbolType ? "symbol" : "x64";

    private void RequireKprobes()
    {
        if (!Readme.HasKernelProbes) throw Cannot("this kernel was built without kprobe events (CONFIG_KPROBE_EVENTS)");
    }

    private void RefuseReasons()
    {
        if (options.OnlyReasons.Count + options.ExceptReasons.Count == 0) return;

        // An error of usage only where the user chose calls: with auto, this host has nothing better.
        bool asked = options.Function is not null || options.Probe is not null;
        throw new UserError(
            $"{(asked ? "calls of a function have" : "this host can record only calls of a function, which have")} no drop reason, so --reason and --exclude-reason have nothing to compare",
            "Leave them out.", asked ? ExitCode.Usage : ExitCode.Unable);
    }

    private static UserError Cannot(string why) =>
        new(why, "--probe auto selects the best probe for this host; --probe tracepoint works on every kernel since 2.6.");
}
