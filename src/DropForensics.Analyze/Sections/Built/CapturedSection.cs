using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>How the capture was made.</summary>
internal static class CapturedSection
{
    public static Section Of(ReportModel model) => new("captured", "How it was captured")
    {
        Short = "How captured",
        Parts =
        [
            .. model.Facts.Capture.IsImport
                ? [new Note("Imported from a text file that another tool recorded. What the text does not contain is unknown: host, kernel, window, filter, trigger, options, trace clock and buffer.")]
                : Array.Empty<Part>(),
            .. model.Facts.Capture.EarlierHeading is { } earlier ? [new Note(earlier)] : Array.Empty<Part>(),
            Tracing(model),
            Host(model),
            .. Unread(model),
        ],
    };

    // An import's unknowns are said once, above.
    private static string? Unknown(CaptureInfo capture) => capture.IsImport ? null : "unknown";

    private static KnownLines Tracing(ReportModel model)
    {
        CaptureInfo capture = model.Facts.Capture;
        string? unknown = Unknown(capture);
        return new KnownLines([
            new KnownLine("Probe", capture.Probe) { Note = capture.ProbeWhy, IsName = true },
            new KnownLine("Event", capture.Event) { Unknown = unknown, IsName = true },
            new KnownLine("Definition", capture.ProbeDefinition) { Unknown = null, IsName = true },
            new KnownLine("Packet bytes", Packets(capture)) { Unknown = null, Note = Masked(capture) },
            new KnownLine("Counts as a drop", capture.ProbeCondition) { Unknown = null, Note = "filtered by in the kernel", IsName = true },
            .. capture.Expression is { } words ? [new KnownLine("Filter", words) { Note = Decided(model.Facts), IsName = true }] : Array.Empty<KnownLine>(),
            new KnownLine(capture.Expression is null ? "Filter" : "Filter in the kernel", capture.Filter) { Unknown = capture.Filter is null ? unknown : $"none: every {model.Subject.One}", IsName = true },
            new KnownLine("Trigger", capture.Trigger)
            {
                Unknown = capture.IsImport ? null : capture.Probe == "function" ? "none: the function tracer prints the caller" : "none: stacks were not requested",
                IsName = true,
            },
            new KnownLine("Trace options", capture.TraceOptions) { Unknown = unknown, IsName = true },
            new KnownLine("Trace clock", capture.TraceClock) { Unknown = unknown, Note = model.Facts.Window.IsTime ? null : capture.WhyNoTime, IsName = true },
            new KnownLine("Ring read as", Transport(capture)) { Unknown = capture.IsImport ? null : "unknown: the agent did not record it" }, // an earlier one, or one that was killed
            new KnownLine("Buffer", capture.BufferKibPerCpu is long kib ? $"{Bytes(kib * 1024)} per CPU" : null) { Unknown = unknown },
        ])
        { Width = Width.Half };
    }

    private static string Decided(CaptureFacts facts) => facts.Ledger.Filtered is > 0 and var left
        ? $"the agent left out {facts.Capture.Subject.CountedOf(left)} before it stored anything" : "no drop that the kernel let through was left out";

    private static KnownLines Host(ReportModel model)
    {
        CaptureInfo capture = model.Facts.Capture;
        WindowFacts window = model.Facts.Window;
        string? unknown = Unknown(capture);
        return new KnownLines(
            new KnownLine("Host", capture.HostName) { Unknown = unknown },
            new KnownLine("Kernel", capture.KernelRelease) { Unknown = unknown, Note = capture.KernelVersion },
            new KnownLine("Machine", capture.Machine) { Unknown = unknown, Note = capture.CpusOnline is null ? null : $"CPUs online: {capture.CpusOnline}" },
            new KnownLine("Maximum drops per second", capture.MaxRate is long rate ? Count(rate) : null) { Unknown = capture.IsImport ? null : "no limit", Note = "to spare the host" },
            new KnownLine("Window requested", capture.WindowNs is long asked ? Duration(asked) : null) { Unknown = unknown },
            new KnownLine("Window kept", window is { IsWindow: true, IsTime: true } ? Duration(window.LengthNs) : null) { Unknown = unknown },
            new KnownLine("Ended by", capture.Ended) { Unknown = "the agent died" },
            new KnownLine("Began", window.StartUtc is { } start ? Utc(start) : null)
            {
                Unknown = unknown,
                Note = capture.TimeZone is null ? null : $"the host's zone: {capture.TimeZone}",
            },
            new KnownLine("Made by", $"{capture.Tool} {capture.ToolVersion}") { Note = capture.CommandLine })
        { Width = Width.Half };
    }

    private static IEnumerable<Part> Unread(ReportModel model)
    {
        IReadOnlyList<UnreadFacts> unread = model.Facts.Unread;
        if (unread.Count == 0) yield break;
        string[] rest = unread.Count > model.Limits.Rows ? [$"{Count(unread.Count - model.Limits.Rows)} more"] : [];
        yield return new Bullets(
            [.. unread.Take(model.Limits.Rows).Select(each => $"{each.What}, {each.Phase} the window: {each.Why}"), .. rest], $"Could not be read: {Count(unread.Count, "part")} of the host");
    }

    private static string? Packets(CaptureInfo capture) => capture.Packets switch
    {
        "headers" => "headers only",
        "full" => "headers and the following bytes, as far as the probe read",
        var other => other,
    };

    // What the probe reads past the packet is other memory of the kernel's.
    private static string? Masked(CaptureInfo capture) => (capture.Packets, capture.MaskedChunks) switch
    {
        (null or "none", 0) => null,
        ("headers", 0) => "bytes outside the headers are zeroed on the host before they are stored; no chunk of raw text had any",
        ("headers", var chunks) => $"all other bytes that the probe read were zeroed on the host before they were stored: in {Count(chunks, "chunk")} of raw text",
        (_, var chunks) => $"bytes outside the packet were zeroed on the host before they were stored: in {Count(chunks, "chunk")} of raw text",
    };

    private static string? Transport(CaptureInfo capture) => capture.Transport switch
    {
        "text" => "text, as the kernel printed it",
        "pages" => "pages: the agent rendered the lines that the kernel would have printed",
        "both" => "text at low rates, pages at high rates; from pages the agent rendered the lines that the kernel would have printed",
        { } tool when capture.IsImport => $"text of {tool}",
        var other => other,
    };
}

/// <summary>What no capture of this kind can show.</summary>
internal static class LimitsSection
{
    public static Section Of(ReportModel model) => new("limits", "What this method cannot see")
    {
        Short = "Blind spots",
        Parts =
        [
            model.Facts.Capture.HitsOf is { } function
                ? new Note($"Calls of `{function}` that the compiler inlined are not seen; a hit shows that it ran, not what happened to the packet.")
                : new Bullets(
                [
                    "Packets the hardware dropped before they reached the kernel: a full receive ring, a bad checksum on the wire. Check `ethtool -S`.",
                    "Packets an XDP program dropped: they are gone before the stack sees them. Check the program's own counters; `xdp:xdp_exception` shows only failures.",
                    "Networking outside the kernel, such as DPDK or AF_XDP.",
                    "Loss on the path: a packet that never reached this host was not dropped by it.",
                    "Frees that the kernel does not count as drops (`consume_skb`), even if a person would.",
                ]),
        ],
    };
}
