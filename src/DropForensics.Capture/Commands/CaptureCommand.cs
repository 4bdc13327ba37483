using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DropForensics.Capture.Host;
using DropForensics.Capture.Recording;
using DropForensics.Capture.Session;
using DropForensics.Core;

namespace DropForensics.Capture.Commands;

/// <summary>The command line of <c>capture</c>: options in, exit code out.</summary>
internal static class CaptureCommand
{
    private const string Auto = "auto";

    private const string Description =
        """
        Records why this host drops packets: the kernel's kfree_skb events with their stacks, for a bounded window, into one
        SQLite file. Needs root and tracefs, nothing else; the host is left as it was. Read the file with: analyze FILE
        'capture doctor' says what this host allows, 'capture plan' what a capture would change; neither changes anything.

        Exit codes: 0 done; 1 failed; 2 wrong usage; 3 this host can't (the message says what to do); 4 done, but data is missing.
        """;

    // Options with a unit have no default of their own: the help would show it without the unit.
    private static readonly Option<TimeSpan?> Duration = new("--duration", "-d")
    {
        Description = "How long to record: 500ms, 60s, 5m, 1h (at most 24h). Default: 60s.",
        HelpName = "TIME",
        CustomParser = result => Parse(result, Quantities.TryDuration, "a duration such as 500ms, 60s, 5m or 1h, at most 24h"),
    };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The capture file to make. Default: drops-HOST-TIME.db in this directory.",
        HelpName = "FILE",
    };

    private static readonly Option<string> Probe = new("--probe")
    {
        Description =
            "Where to listen. eprobe: every drop with interface, namespace and packet headers (Linux 5.15 on); tracepoint: every drop; "
            + "kprobe, function: calls of the free function. auto takes the first of these that this host can do.",
        DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<string?> Function = new("--function")
    {
        Description = "Record the calls of this kernel function, with their stacks, instead of drops; by kprobe, or by the function tracer.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Interface = new("--interface")
    {
        Description = "Record only drops of packets that belong to an interface of this name, in whichever namespace. Needs eprobe or kprobe.",
        HelpName = "NAME",
    };

    private static readonly Option<string> Packets = new("--packets")
    {
        Description =
            "What eprobe and kprobe keep of a packet. headers: up to the transport header, the rest is zeroed before it is stored; "
            + "full: the beginning of the payload too; none: nothing, so no addresses or ports.",
        DefaultValueFactory = _ => "headers",
    };

    private static readonly Option<string[]> Reason = new("--reason")
    {
        Description = "Record only drops of this reason, by the kernel's name (NO_SOCKET). May be given again.",
        HelpName = "NAME",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string[]> ExcludeReason = new("--exclude-reason")
    {
        Description = "Leave out drops of this reason. May be given again.",
        HelpName = "NAME",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> NoStack = new("--no-stack")
    {
        Description = "Record no stacks: cheaper, but the driver and the way into the host stay unknown.",
    };

    private static readonly Option<long> MaxDrops = new("--max-drops")
    {
        Description = "End the window after about this many drops; soon after, the kernel stops taking stacks by itself.",
        HelpName = "N",
        DefaultValueFactory = _ => CaptureOptions.DefaultMaxDrops,
        CustomParser = result => Parse(result, TryCount, "a whole number above 0") ?? 0,
    };

    private static readonly Option<long?> MaxRate = new("--max-rate")
    {
        Description =
            "Spare the host: at more drops a second than this for a second, stacks are given up, and the window ends if that was not enough. Default: "
            + "as many as cost this host one CPU's time (half of it where there is only one), by what a stack is measured to cost here. none: no bound.",
        HelpName = "N",
        CustomParser = result => Parse(result, text => text == "none" ? 0 : TryCount(text), "a whole number above 0, or none"),
    };

    private static readonly Option<long?> MaxSize = Size("--max-size", "End the window when the file has about this size. Default: 1GiB.");

    private static readonly Option<long?> Buffer = Size("--buffer", "Ring buffer in the kernel, all CPUs together. Default: 64MiB.");

    private static readonly Option<string> Transport = new("--transport")
    {
        Description =
            "How the ring is read. text: as the kernel prints it, which costs it some 20 µs a drop; pages: as it is, and the agent makes the same "
            + "text of it for a fraction; auto: text in calm, pages when drops pile up.",
        DefaultValueFactory = _ => Auto,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the result as one JSON document." };

    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "No progress on standard error." };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace the output file if it is there and yours." };

    /// <summary>The root command.</summary>
    public static RootCommand Create()
    {
        Probe.AcceptOnlyFromAmong(Auto, "eprobe", "tracepoint", "kprobe", "function");
        Packets.AcceptOnlyFromAmong("headers", "full", "none");
        Transport.AcceptOnlyFromAmong(Auto, "text", "pages");
        Output.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }]) result.AddError("--output: a file name is missing.");
        });
        var command = new RootCommand(Description);
        AddOptionsTo(command);
        command.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        command.Subcommands.Add(DoctorCommand.Create());
        command.Subcommands.Add(PlanCommand.Create());
        command.Subcommands.Add(ScriptCommand.Create());
        command.Subcommands.Add(CleanupCommand.Create());
        command.Subcommands.Add(SnapshotCommand.Create());
        command.Subcommands.Add(GuardCommand.Create());
        command.SetAction(Run);
        return command;
    }

    /// <summary>For commands that ask what a capture with these options would be; all but <c>--quiet</c>.</summary>
    public static void AddOptionsTo(Command command)
    {
        Option[] options = [Duration, Output, Probe, Function, Interface, Packets, Reason, ExcludeReason, NoStack, MaxDrops, MaxRate, MaxSize, Buffer, Transport, Json, Quiet, Force];
        foreach (var option in options) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Function) is not null && result.GetValue(Probe) is "eprobe" or "tracepoint")
                result.AddError("--function needs --probe kprobe or function (auto takes one of them).");
        });
    }

    private static int Run(ParseResult parsed)
    {
        var host = new HostRoot();
        var options = Read(parsed, host);
        using var window = new Window();
        using var signals = new Signals(window);
        var result = new CaptureSession(options, host, window).Run();
        try
        {
            if (options.Json) ResultPrinter.WriteJson(result, Console.Out);
            else ResultPrinter.WriteText(result, Console.Out);
            return (int)result.ExitCode;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"capture: the result cannot be printed ({e.Message}); the capture is in {Printable.Of(result.File)}");
            return (int)ExitCode.Failed;
        }
    }

    /// <summary>What the command line asks for.</summary>
    public static CaptureOptions Read(ParseResult parsed, HostRoot host) =>
        new()
        {
            Duration = parsed.GetValue(Duration) ?? CaptureOptions.DefaultDuration,
            Output = parsed.GetValue(Output) is { } output ? output : DefaultOutput(host),
            Force = parsed.GetValue(Force),
            Probe = parsed.GetValue(Probe) is { } probe and not Auto ? Enum.Parse<ProbeKind>(probe, ignoreCase: true) : null,
            Function = parsed.GetValue(Function),
            Interface = parsed.GetValue(Interface),
            Packets = Enum.Parse<PacketBytes>(parsed.GetValue(Packets) ?? "headers", ignoreCase: true),
            OnlyReasons = parsed.GetValue(Reason) ?? [],
            ExceptReasons = parsed.GetValue(ExcludeReason) ?? [],
            Stacks = !parsed.GetValue(NoStack),
            MaxDrops = Math.Min(parsed.GetValue(MaxDrops), CaptureOptions.MostDrops),
            MaxRate = parsed.GetValue(MaxRate),
            MaxSize = parsed.GetValue(MaxSize) ?? CaptureOptions.DefaultMaxSize,
            Buffer = parsed.GetValue(Buffer) ?? CaptureOptions.DefaultBuffer,
            Transport = Enum.Parse<TransportKind>(parsed.GetValue(Transport) ?? Auto, ignoreCase: true),
            Json = parsed.GetValue(Json),
            Quiet = parsed.GetValue(Quiet),
            CommandLine = string.Join(' ', WordsOf(parsed)),
            Words = [.. WordsOf(parsed)],
        };

    private static IEnumerable<string> WordsOf(ParseResult parsed) => parsed.Tokens.Where(token => token.Type != TokenType.Command).Select(token => token.Value);

    /// <summary>drops-web1-20261122T090216Z.db; a host name is not trusted to be a file name.</summary>
    private static string DefaultOutput(HostRoot host)
    {
        var name = host.TryReadText("/proc/sys/kernel/hostname") ?? "host";
        var safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_'));
        return $"drops-{safe}-{DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.db";
    }

    private static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result => Parse(result, Quantities.TrySize, "a size such as 64MiB or 1GiB"),
    };

    private static long? TryCount(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;

    private static T? Parse<T>(ArgumentResult result, Func<string, T?> parse, string expected) where T : struct
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (parse(text) is { } value) return value;
        result.AddError($"{result.Argument.Name}: '{text}' is not {expected}.");
        return null;
    }
}
