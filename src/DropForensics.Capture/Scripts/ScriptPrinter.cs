using System.Globalization;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Probes;
using DropForensics.Core;
using DropForensics.Core.Commands;

namespace DropForensics.Capture.Scripts;

/// <summary>
/// Prints a POSIX shell script that makes a capture with only a shell. The requested options are at its top; the rest is capture.sh, the same
/// in each. With the tracepoint any machine can make the script; an eprobe or a kprobe is planned on the host's kernel, and only for that kernel.
/// </summary>
internal sealed class ScriptPrinter(CaptureOptions options, HostRoot host)
{
    /// <exception cref="UserError">A shell cannot make such a capture, or this host cannot plan it.</exception>
    public void Write(TextWriter output)
    {
        Check();
        output.WriteLine("#!/bin/sh");
        output.WriteLine("# Records why a Linux host drops packets, using only a shell, and restores the host. Run it there as root, then read the result with");
        output.WriteLine("#   analyze import DIRECTORY -o drops.db");
        output.WriteLine(Printable.Comment($"Made by `capture script {options.CommandLine}`, version {AgentVersion.Text}."));
        foreach ((string? name, string? value) in Common().Concat(Probe())) output.WriteLine($"{name}={(value.Length > 0 ? ShellText.Quote(value) : "")}");
        output.Write(Body());
    }

    /// <summary>The part that is the same in every script.</summary>
    internal static string Body()
    {
        using Stream resource = typeof(ScriptPrinter).Assembly.GetManifestResourceStream("capture.sh") ?? throw new InvalidOperationException("capture.sh is not embedded");
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    private void Check()
    {
        if (options.Probe == ProbeKind.Function) throw Cannot("a script cannot use the function tracer", "Choose another probe, or leave --probe out.");
        if (options.Force) throw Cannot("a script replaces no directory, so --force does nothing", "Leave --force out. If the directory exists, remove it or name another with --output.");
        if (options.Transport == TransportKind.Pages) throw Cannot("a shell cannot read the ring as pages", "Leave --transport out.");
        if (options.Metrics is not null) throw Cannot("a script counts nothing while it records", "Leave --metrics out.");
        if (options.KeepLast is not null) throw Cannot("a script records for a limited time", "Leave --keep-last out.");
        if (options.Freeze) throw Cannot("a script reads what it records", "Leave --freeze out.");
        if (options.Words.Any(word => word == "--overload" || word.StartsWith("--overload=", StringComparison.Ordinal)))
            throw Cannot("a script cannot record a sample: at too many drops it ends", "Leave --overload out.");
        if (options.Events.Count + options.EventSets.Count > 0) throw Cannot("a script records drops alone", "Leave --event and --with out.");
        if (options.Filter is not null)
            throw Cannot("a shell cannot look into packets, so a script has no --filter", "Leave it out, and use: analyze --filter. --reason chooses in the kernel.");
        if (options is { Probe: null } && (options.Function ?? options.Interface) is not null)
            throw Cannot("--function and --interface need a probe built for one kernel", "Generate the script on the host itself, with --probe eprobe or kprobe.");

        // What a probe fetches holds payload and other memory of the kernel. The agent zeroes both before it stores anything, a shell cannot.
        if (options.Packets != PacketBytes.None && options.Words.Contains("--packets"))
            throw Cannot("a shell cannot zero a packet's payload, so a script records no packet bytes", "Leave --packets out.");
        foreach (string? name in options.OnlyReasons.Concat(options.ExceptReasons))
        {
            if (name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) continue;
            throw Cannot($"'{Printable.Of(name)}' is not a drop reason", "Spell it as the kernel does: NO_SOCKET.");
        }
    }

    private IEnumerable<(string Name, string Value)> Common() =>
    [
        ("script_version", AgentVersion.Text),
        ("command_line", Printable.Of($"script {options.CommandLine}".TrimEnd())),
        ("duration_s", Text((long)Math.Ceiling((options.Duration ?? CaptureOptions.DefaultDuration).TotalSeconds))),

        // Empty for the default, which the script makes itself: it has the name of the host where it runs.
        ("output", options.Words.Any(word => word is "-o" or "--output") ? options.Output : ""),
        ("only_reasons", Reasons(options.OnlyReasons)),
        ("except_reasons", Reasons(options.ExceptReasons)),
        ("stacks", options.Stacks ? "1" : "0"),
        ("max_drops", Text(options.MaxDrops)),
        ("max_size_kib", Text(Math.Max(1, options.MaxSize >> 10))),
        ("least_free_kib", Text(FreeDisk.MostLeft >> 10)),
        ("buffer_kib", Text(Math.Max(4, options.Buffer >> 10))),
    ];

    private IEnumerable<(string Name, string Value)> Probe()
    {
        ProbePlan? plan = options.Probe is { } kind and not ProbeKind.Tracepoint ? Plan(kind) : null;
        ArmedEvent? drops = plan?.Drops;
        ArmedEvent? counted = drops?.CountedBy;
        return
        [
            ("probe", plan?.Name ?? "tracepoint"),
            ("probe_kind", drops?.Definition?.Text[..1] ?? ""),
            ("probe_event", drops?.Id.Split(':')[^1] ?? ""),
            ("probe_definition", Nameless(drops?.Definition)),
            ("probe_filter", drops?.Filter ?? ""),
            ("probe_filter_by_name", plan?.Asked ?? ""),
            ("condition", plan?.Condition ?? ""),
            ("hits_of", plan?.HitsOf ?? ""),
            ("counting_probe_definition", Nameless(counted?.Definition)),
            ("counting_probe_filter", counted?.Filter ?? ""),
            ("counts_by_tracepoint", counted is { Definition: null } ? "1" : ""),
            ("needs_probe", (options.Function ?? options.Interface) is not null ? "1" : ""),
            ("made_for_kernel", plan is null ? "" : $"{HostFacts.Read(host).KernelRelease} {HostFacts.Read(host).KernelVersion}"),
        ];
    }

    private ProbePlan Plan(ProbeKind kind)
    {
        ProbePlan plan = new ProbePlanner(TracefsMount.Find(host), HostBtf.Load(host), options with { Packets = PacketBytes.None }).Plan(kind);
        new KernelParts(host).Require(plan);
        return plan;
    }

    /// <summary>A definition from its first blank on: the part before it has a random name, which the script makes itself.</summary>
    private static string Nameless(ProbeDefinition? definition) => definition is null ? "" : definition.Text[definition.Text.IndexOf(' ')..];

    /// <summary>As the kernel spells them: a shell compares letter by letter.</summary>
    private static string Reasons(IEnumerable<string> names) => string.Join(' ', names.Select(name => EventFilter.BareReason(name).ToUpperInvariant()));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static UserError Cannot(string why, string remedy) => new(why, remedy, ExitCode.Usage);
}
