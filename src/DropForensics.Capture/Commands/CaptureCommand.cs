using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DropForensics.Capture.Background;
using DropForensics.Capture.Host;
using DropForensics.Capture.Metrics;
using DropForensics.Capture.Probes;
using DropForensics.Capture.Recording;
using DropForensics.Capture.Session;
using DropForensics.Core;
using DropForensics.Core.Commands;
using DropForensics.Core.Filters;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Commands;

/// <summary>The command line of <c>capture</c>: options in, exit code out.</summary>
/// <remarks>The file is long because it has the help of each option, which five commands share.</remarks>
internal static class CaptureCommand
{
    private const string Auto = "auto";
    private const string Headers = "headers";
    private const string End = "end";
    private const string SizeUnits = "K, M, G and KiB, MiB, GiB are powers of 1024; KB, MB, GB are powers of 1000. A number alone is in bytes.";

    private const string Description =
        """
        Records why this host drops packets, with the kernel stack of each drop, for a limited time, in one SQLite file.

        It needs root and tracefs, and leaves the host as it found it. Read the file with: analyze FILE

        Try `capture doctor` first: it shows what this host allows. `capture plan` prints what a capture would change. Neither changes anything.

        Exit codes: 0 done; 1 failed; 2 invalid arguments; 3 this host cannot do it (the message says what to do); 4 done, but data is missing.
        """;

    // Options with a unit have no default of their own: the help would show it without the unit.
    private static readonly Option<TimeSpan?> Duration = TypedOptions.Duration(
        "--duration", "How long to record: 90 (seconds), 90s, 1m30s, 1h or 500ms, at most 24h. Default: 60s.", "-d");

    private static readonly Option<TimeSpan?> KeepLast = TypedOptions.Duration(
        "--keep-last",
        """
        Flight recorder: record until stopped, and keep only the drops of the last 10m, 90s or 2h.

        It makes the folder FILE.parts and keeps at most --max-size there: analyze reads the folder as one capture. Stop it with Ctrl-C or --duration.
        """);

    private static readonly Option<string[]> Until = Repeated(
        "--until", "EVENT",
        """
        Stop when this happens: reason=SOCKET_RCVBUFF, interface=eth0>50 or 'rate>1000/s for 5s'. May be repeated.

        Also drops>1000 and 'counter Udp.RcvbufErrors +100'. With more than one, the first that happens counts. Drops are looked at as they are recorded, rates and counters once a second.
        """);

    private static readonly Option<TimeSpan?> Then = TypedOptions.Duration("--then", "How long to go on after what --until names: 10s. Default: stop at once.");

    private static readonly Option<bool> Freeze = new("--freeze")
    {
        Description =
            """
            Read nothing until the end: the kernel keeps the newest drops in --buffer and itself stops at the drop that --until names.

            So what led to that drop is there to the microsecond, and waiting costs no more than the events. It goes on until --until, --duration or Ctrl-C.
            """,
    };

    private static readonly Option<long?> Repeat = TypedOptions.Count(
        "--repeat", "With --keep-last: stop at the Nth time. Before that, each is saved as FILE-1.parts, FILE-2.parts … Default: 1.", 1, 1_000);

    private static readonly Option<string?> Output = SharedOptions.Output<string>("The capture file to create. Default: drops-HOST-TIME.db in this directory.", "FILE");

    private static readonly Option<string> Probe = TypedOptions.Choice(
        "--probe", "NAME",
        """
        How to observe drops: auto, eprobe, tracepoint, kprobe or function.

        eprobe: every drop with interface, namespace and packet headers (Linux 5.15 on); tracepoint: every drop; kprobe, function: calls of the free
        function. auto uses the first of these that works on this host.
        """,
        [Auto, .. Enum.GetValues<ProbeKind>().Select(kind => kind.Name())], Auto);

    private static readonly Option<string?> Function = new("--function")
    {
        Description = "Record the calls of this kernel function instead of drops, with their stacks.\n\nIt uses a kprobe, or the function tracer.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Interface = new("--interface")
    {
        Description = "Record only packets of an interface with this name, in any namespace. Needs eprobe or kprobe.",
        HelpName = "NAME",
    };

    private static readonly Option<string> Packets = TypedOptions.Choice(
        "--packets", "WHAT",
        """
        What to keep of each packet: headers, full or none. For eprobe and kprobe.

        headers: up to the transport header; the rest is zeroed before it is stored; full: also the beginning of the payload; none: nothing, so no
        addresses or ports.
        """,
        [Headers, "full", "none"], Headers);

    private static readonly Option<string[]> Reason = Repeated("--reason", "NAME", "Record only drops with this reason, by the kernel's name (NO_SOCKET) in any case. May be repeated.");

    private static readonly Option<string[]> ExcludeReason = Repeated("--exclude-reason", "NAME", "Leave out drops with this reason. May be repeated.");

    private static readonly Option<string?> Filter = SharedOptions.Filter("Record only drops that match, in the words of pcap-filter: 'tcp port 443 and host 10.0.0.7'.\n\nAlso: reason NO_SOCKET, interface eth0. What the kernel cannot decide, the agent decides before it stores anything.");

    private static readonly Option<string[]> With = TypedOptions.Choices(
        "--with", "SET",
        """
        Also record what else happened: tcp, queues, softirq, xdp or hardware. May be repeated.

        tcp: retransmits and resets; queues: full socket buffers and stuck transmit queues; softirq: polls that used up their budget; xdp: errors of
        XDP; hardware: what devlink reports. Each as far as the host's kernel has it. None of these events comes with every packet.
        """,
        [.. OtherEvents.Sets]);

    private static readonly Option<string[]> Event = Repeated(
        "--event", "SYSTEM:NAME",
        "Also record this tracepoint. May be repeated.\n\nWith a filter after it if needed: tcp:tcp_probe or 'sched:sched_switch/prev_pid == 1/'.");

    private static readonly Option<string?> Follow = new("--follow")
    {
        Description = $"""
            Also record where packets had been, for analyze follow: 'udp and port 53', 'interface eth0' or {FollowedPackets.All}.

            The words are those of --filter and choose among the drops; a packet is of an interface if it passed there. If they name nothing but interfaces, the
            kernel records only what happens at these. Otherwise it records up to seven events of every packet, dropped or not, which cost the host about
            3 µs a packet; --duration, --max-rate and --max-size bound that. Needs eprobe or tracepoint.
            """,
        HelpName = "EXPRESSION",
    };

    private static readonly Option<bool> Latency = new("--latency")
    {
        Description =
            """
            Let the kernel count how long packets had been in it when they were dropped, read or sent.

            It counts every packet in its own tables (hist triggers), which take about 40 MB while it records, and records no event for it. The report shows
            drops by the time since they were received or queued, beside the packets that were read or sent.
            """,
    };

    private static readonly Option<bool> NoStack = new("--no-stack") { Description = "Record no stacks. This is cheaper, but the driver stays unknown." };

    private static readonly Option<bool> NoOwner = new("--no-owner")
    {
        Description = "Do not fetch who owns a packet's socket. This is cheaper on a host that drops very much.",
    };

    private static readonly Option<bool> NoHostState = new("--no-host-state")
    {
        Description = "Do not store how the host is set up: links, routes, neighbours, queues, cards, settings, interrupts, kernel and machine.",
    };

    private static readonly Option<long?> MaxDrops = TypedOptions.Count(
        "--max-drops", $"Stop after about this many drops: 10000, 10k or 2M. Default: {CaptureOptions.DefaultMaxDrops}.", 1, CaptureOptions.MostDrops);

    private static readonly Option<long?> MaxRate = TypedOptions.Of<long>(
        "--max-rate", "N",
        """
        Drops per second that the host can afford: 5000, 10k or none. Default: the rate that costs one CPU.

        Above this rate, sustained for a second, the capture stops taking stacks; if that is not enough, --overload says what it does. The default depends
        on the measured cost of a stack on this host; with a single CPU, it is half of that CPU. none: no limit.
        """,
        Rate);

    private static readonly Option<string> Overload = TypedOptions.Choice(
        "--overload", "WHAT",
        """
        What to do above --max-rate when stacks are gone: sample or end.

        sample: count every drop and record some, in many short spans; end: end the window.
        """,
        ["sample", End], "sample");

    private static readonly Option<long?> MaxSize = TypedOptions.Size("--max-size", $"Stop when the file has about this size: 64M or 64MiB (1024-based), 64MB (1000-based). Default: 1GiB.\n\n{SizeUnits}");

    private static readonly Option<long?> Buffer = TypedOptions.Size("--buffer", "Ring buffer in the kernel, for all CPUs together; a size as for --max-size. Default: 64MiB.");

    private static readonly Option<string> Transport = TypedOptions.Choice(
        "--transport", "HOW",
        """
        How to read the ring buffer: auto, text or pages.

        text: as the kernel prints it, at about 20 µs a drop; pages: in binary; the agent makes the same text from it for a fraction of the cost;
        auto: text at low rates, pages when drops pile up.
        """,
        [Auto, "text", "pages"], Auto);

    private static readonly Option<string?> Metrics = new("--metrics")
    {
        Description = "Each second, write counts for Prometheus into this file: drops by reason and interface, losses, cost.\n\nThe name ends in .prom, which node_exporter's textfile collector reads. The file is removed at the end.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Json = SharedOptions.Json("text");

    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print no progress." };

    private static readonly Option<bool> Force = SharedOptions.Force("Replace an existing file that you own.");

    /// <summary>Runs what a command line asks for, or says what is wrong with it; the exit code.</summary>
    public static int Invoke(string[] args)
    {
        ParseResult parsed = CommandParser.Parse(Create(), args);
        if (Mistakes.Of(parsed, "capture") is { Count: > 0 } mistakes)
        {
            foreach (string mistake in mistakes) Console.Error.WriteLine(TerminalText.Message(Printable.Of($"capture: {mistake}")));
            Console.Error.WriteLine(TerminalText.Message(CommandParser.Advice(parsed, "capture")));
            return (int)ExitCode.Usage;
        }

        CommandParser.ShortenHelp(parsed);
        return parsed.Invoke(new() { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    /// <summary>The root command.</summary>
    public static RootCommand Create()
    {
        var command = new RootCommand(Description);
        AddOptionsTo(command);
        command.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        command.Subcommands.Add(DoctorCommand.Create());
        command.Subcommands.Add(PlanCommand.Create());
        command.Subcommands.Add(ScriptCommand.Create());
        command.Subcommands.Add(CleanupCommand.Create());
        command.Subcommands.Add(SnapshotCommand.Create());
        command.Subcommands.Add(BackgroundCommands.CreateStart());
        command.Subcommands.Add(BackgroundCommands.CreateStatus());
        command.Subcommands.Add(BackgroundCommands.CreateStop());
        command.Subcommands.Add(GuardCommand.Create());
        command.SetAction(Run);
        return command;
    }

    /// <summary>For commands that describe a capture with these options; they ignore <c>--quiet</c>.</summary>
    public static void AddOptionsTo(Command command)
    {
        Option[] options = [Duration, KeepLast, Freeze, Until, Then, Repeat, Output, Probe, Function, Interface, Filter, Packets, Reason, ExcludeReason, With, Event, Follow, Latency, NoStack, NoOwner, NoHostState, MaxDrops, MaxRate, Overload, MaxSize, Buffer, Transport, Metrics, Json, Quiet, Force];
        foreach (Option option in options) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Function) is not null && result.GetValue(Probe) is "eprobe" or "tracepoint")
                result.AddError("--function needs --probe kprobe or --probe function; leave --probe out to take one of them.");
            if (result.GetValue(KeepLast) is not null && result.GetValue(MaxDrops) is not null)
                result.AddError("--max-drops ends a capture, and --keep-last goes on; limit what is kept by --max-size.");
            if (result.GetValue(Metrics) is { Length: > 0 } metrics)
            {
                if (!metrics.EndsWith(MetricsFile.Extension, StringComparison.Ordinal) || metrics.EndsWith("/" + MetricsFile.Extension, StringComparison.Ordinal))
                    result.AddError($"--metrics: node_exporter reads only files whose names end in {MetricsFile.Extension}.");
                else if (result.GetValue(Function) is not null)
                    result.AddError("--metrics counts drops, and --function records calls; leave one of them out.");
                else if (result.GetValue(Freeze))
                    result.AddError("--metrics counts what is read, and --freeze reads nothing until the end; leave one of them out.");
                else if (result.GetValue(Output) is { Length: > 0 } output && Path.GetFullPath(output) == Path.GetFullPath(metrics))
                    result.AddError("--metrics and --output name the same file.");
            }

            if (result.GetValue(Until) is null or [] && (result.GetValue(Then) is not null || result.GetValue(Repeat) is not null))
                result.AddError("--then and --repeat need --until, which names what is waited for.");
            else if (result.GetValue(Repeat) is > 1 && result.GetValue(KeepLast) is null)
                result.AddError("--repeat needs --keep-last, which says how much is saved each time.");
            if (result.GetValue(Freeze) && (result.GetValue(KeepLast) is not null || result.GetValue(Then) is not null || result.GetValue(MaxDrops) is not null))
                result.AddError("--freeze stops at once and keeps what --buffer holds: it goes with neither --keep-last nor --then nor --max-drops.");
            if (result.GetValue(Follow) is not null)
            {
                if (result.GetValue(Filter) is not null || result.GetValue(Interface) is not null || result.GetValue(Reason) is { Length: > 0 } || result.GetValue(ExcludeReason) is { Length: > 0 })
                    result.AddError("--follow needs every drop, to know where a packet ends; leave --filter, --interface and the reasons out, and write them after --follow.");
                if (result.GetValue(Function) is not null || result.GetValue(Probe) is "kprobe" or "function")
                    result.AddError("--follow needs --probe eprobe or tracepoint: calls of a function miss the end of some packets.");
            }

            if (result.GetValue(Latency) && (result.GetValue(KeepLast) is not null || result.GetValue(Freeze)))
                result.AddError("--latency counts one whole window: it goes with neither --keep-last nor --freeze.");
            if (result.GetValue(Latency) && (result.GetValue(Interface) is not null || result.GetValue(Filter) is not null))
                result.AddError("--latency counts every drop: skb:kfree_skb names neither interface nor addresses to choose by; leave out --interface and --filter.");
            if (result.GetValue(Latency) && (result.GetValue(Function) is not null || result.GetValue(Probe) is "kprobe" or "function"))
                result.AddError("--latency needs --probe eprobe or tracepoint: what skb:kfree_skb names is what it counts.");
            foreach (string? text in result.GetValue(Until) ?? [])
            {
                if (Trigger.Parse(text, out string? problem) is null) result.AddError($"--until: {problem}");
            }
        });
    }

    private static Option<string[]> Repeated(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => [],
    };

    private static int Run(ParseResult parsed)
    {
        var host = new HostRoot();
        var background = BackgroundCapture.OfThisProcess();
        try
        {
            ExitCode code = Run(Read(parsed, host), host, background);
            background?.End(code);
            return (int)code;
        }
        catch (UserError e)
        {
            background?.End(e.ExitCode);
            throw;
        }
        catch (Exception)
        {
            background?.End(ExitCode.Failed);
            throw;
        }
    }

    private static ExitCode Run(CaptureOptions options, HostRoot host, BackgroundCapture? background)
    {
        using var window = new Window(isInBackground: background is not null);
        using var signals = new Signals(window);
        CaptureResult result = new CaptureSession(options, host, window, background).Run();
        try
        {
            if (options.Json) ResultPrinter.WriteJson(result, Console.Out);
            else ResultPrinter.WriteText(result, Console.Out);
            return result.ExitCode;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"capture: cannot print the result ({FileTrouble.Nameless(e).Message}); the capture is in {Printable.Of(result.File)}");
            return ExitCode.Failed;
        }
    }

    /// <summary>What the command line asks for.</summary>
    public static CaptureOptions Read(ParseResult parsed, HostRoot host) =>
        new()
        {
            Duration = parsed.GetValue(Duration) ?? (parsed.GetValue(KeepLast) is null && !parsed.GetValue(Freeze) ? CaptureOptions.DefaultDuration : null),
            KeepLast = parsed.GetValue(KeepLast),
            Freeze = parsed.GetValue(Freeze),
            Until = [.. (parsed.GetValue(Until) ?? []).Select(text => Trigger.Parse(text, out _)).OfType<Trigger>()],
            Then = parsed.GetValue(Then) ?? TimeSpan.Zero,
            Repeat = (int)(parsed.GetValue(Repeat) ?? 1),
            Output = parsed.GetValue(Output) is { } output ? output : DefaultOutput(host),
            Metrics = parsed.GetValue(Metrics),
            Force = parsed.GetValue(Force),
            Probe = parsed.GetValue(Probe) is { } probe and not Auto ? Enum.Parse<ProbeKind>(probe, ignoreCase: true) : null,
            Function = parsed.GetValue(Function),
            Interface = parsed.GetValue(Interface),
            Packets = Enum.Parse<PacketBytes>(parsed.GetValue(Packets) ?? Headers, ignoreCase: true),
            OnlyReasons = parsed.GetValue(Reason) ?? [],
            ExceptReasons = parsed.GetValue(ExcludeReason) ?? [],
            Filter = parsed.GetValue(Filter) is { } expression ? DropFilter.Parse(expression) : null,
            EventSets = parsed.GetValue(With) ?? [],
            Events = parsed.GetValue(Event) ?? [],
            Follow = parsed.GetValue(Follow) is { } words ? FollowedPackets.Parse(words) : null,
            Latency = parsed.GetValue(Latency),
            Stacks = !parsed.GetValue(NoStack),
            Owner = !parsed.GetValue(NoOwner),
            HostState = !parsed.GetValue(NoHostState),
            MaxDrops = parsed.GetValue(MaxDrops) ?? (parsed.GetValue(KeepLast) is null && !parsed.GetValue(Freeze) ? CaptureOptions.DefaultMaxDrops : CaptureOptions.MostDrops),
            MaxRate = parsed.GetValue(MaxRate),
            EndsOnOverload = End.Equals(parsed.GetValue(Overload), StringComparison.OrdinalIgnoreCase),
            MaxSize = parsed.GetValue(MaxSize) ?? CaptureOptions.DefaultMaxSize,
            Buffer = parsed.GetValue(Buffer) ?? CaptureOptions.DefaultBuffer,
            Transport = Enum.Parse<TransportKind>(parsed.GetValue(Transport) ?? Auto, ignoreCase: true),
            Json = parsed.GetValue(Json),
            Quiet = parsed.GetValue(Quiet),
            CommandLine = string.Join(' ', WordsOf(parsed).Select(ShellText.Word)),
            Words = [.. WordsOf(parsed)],
        };

    /// <summary>The options as they were given.</summary>
    public static IEnumerable<string> WordsOf(ParseResult parsed) => parsed.Tokens.Where(token => token.Type != TokenType.Command).Select(token => token.Value);

    /// <summary>drops-web1-20261122T090216Z.db; a host name is not trusted to be a file name.</summary>
    private static string DefaultOutput(HostRoot host)
    {
        string name = host.TryReadText("/proc/sys/kernel/hostname") ?? "host";
        string safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_'));
        return $"drops-{safe}-{DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.db";
    }

    private static long? Rate(string text, out string problem)
    {
        problem = "";
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase)) return 0;
        if (Quantities.Count(text, 1, CaptureOptions.MostDrops, out problem) is { } rate) return rate;
        problem += " Or none, for no limit.";
        return null;
    }
}
