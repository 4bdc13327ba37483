using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Core;
using DropForensics.Core.RingPages;

namespace DropForensics.Capture.Recording;

/// <summary>
/// Whether the pages of our rings can be turned into the text that the kernel would print, and what does it. Prepared with the gate shut,
/// for one setting of the instance goes with it; /proc/kallsyms is read when the first page is.
/// </summary>
internal sealed class RingPages
{
    // Where tracefs inherits something else from the top instance, the text has columns or forms that we do not make.
    private static readonly string[] NeededOptions =
        ["print-parent", "sym-offset", "nosym-addr", "noverbose", "noraw", "nohex", "nobin", "context-info", "nolatency-format", "irq-info", "norecord-tgid"];

    private static readonly string[] OptionsThatMustBeOff = ["fields", "userstacktrace", "function-args"];

    private volatile bool _isGivenUp;

    /// <param name="renderer">Null where the text is the only way.</param>
    /// <param name="whyNot">Then; null where nobody asked for pages.</param>
    internal RingPages(PageRenderer? renderer, string? whyNot) => (Renderer, WhyNot) = (renderer, whyNot);

    /// <summary>Null where the text is the only way.</summary>
    public PageRenderer? Renderer { get; }

    /// <summary>Why; null where pages can be read.</summary>
    public string? WhyNot { get; }

    /// <summary>Pages may be read, and what was read so far could be rendered.</summary>
    public bool CanBeRead => Renderer is not null && !_isGivenUp;

    /// <summary>Some were read: the text that is stored is not all the kernel's own.</summary>
    public bool WereRead { get; set; }

    /// <summary>Text was read.</summary>
    public bool TextWasRead { get; set; }

    /// <summary>What was read, for the file; text where there was nothing to read.</summary>
    public string Used => !WereRead ? "text" : TextWasRead ? "both" : "pages";

    /// <summary>Looks at what the host says of itself, and lets the instance show addresses, so that both ways give one text.</summary>
    /// <param name="host">For /proc/kallsyms.</param>
    /// <param name="tracefs">Where it is mounted.</param>
    /// <param name="instance">Configured, its gate shut.</param>
    /// <param name="events">What will be armed in it.</param>
    /// <param name="wanted">Text is asked for, so nothing is to be done.</param>
    /// <exception cref="UserError">Pages are insisted on and cannot be had.</exception>
    public static RingPages Prepare(HostRoot host, string tracefs, TraceInstance instance, IReadOnlyList<ArmedEvent> events, TransportKind wanted)
    {
        if (wanted == TransportKind.Text) return new RingPages(null, null);
        PageRenderer? renderer = TryMake(host, tracefs, instance, events, out string? whyNot);
        if (renderer is null && wanted == TransportKind.Pages)
            throw new UserError($"the ring's pages cannot be read here: {whyNot}", "--transport auto reads the kernel's text instead.");
        return new RingPages(renderer, renderer is null ? whyNot : null);
    }

    /// <summary>Text from here on: a line could not be made.</summary>
    public void GiveUp() => _isGivenUp = true;

    private static PageRenderer? TryMake(HostRoot host, string tracefs, TraceInstance instance, IReadOnlyList<ArmedEvent> armed, out string whyNot)
    {
        whyNot = "other events are recorded beside the drops, and only the kernel knows their text";
        if (armed.Count > 1) return null;
        whyNot = "/proc/kallsyms hides the addresses of functions (kernel.kptr_restrict)";
        if (!ShowsAddresses(host)) return null;
        IReadOnlyCollection<string> options = instance.TraceOptions;
        whyNot = "an option in trace_options changes the text";
        if (NeededOptions.Except(options).Any() || OptionsThatMustBeOff.Intersect(options).Any()) return null;

        (byte[] Format, string? AttachedTo)[] formats = [.. armed.Select(each => (Read(instance.At(each.FormatPath), Path.Combine(tracefs, each.FormatPath)), each.AttachedTo))];
        bool hashes = options.Contains("hash-ptr");
        if (hashes && armed.Any(each => each.Kind == ProbeKind.Tracepoint) && !formats.Any(each => PrintsLocationAsPointer(each.Format)))
        {
            instance.ShowPointers();
            hashes = false;
        }

        var events = new RingEvents
        {
            HeaderPage = Read(instance.At("events/header_page"), Path.Combine(tracefs, "events/header_page")),
            HeaderEvent = Read(instance.At("events/header_event"), Path.Combine(tracefs, "events/header_event")),
            Events = formats,
            KernelStack = Read(Path.Combine(tracefs, "events/ftrace/kernel_stack/format")),
            TraceHeader = Read(instance.At("trace")),
            HashesPointers = hashes,
        };
        return PageRenderer.TryMake(
            events, () => Open(host.At("/proc/kallsyms")), () => HostRoot.TryReadFile(host.At("/proc/modules")),
            () => HostRoot.TryReadFile(Path.Combine(tracefs, "saved_cmdlines")), out whyNot);
    }

    /// <summary>With nohash-ptr such a kernel (5.17 to 6.1) prints an empty reason.</summary>
    public static bool PrintsLocationAsPointer(ReadOnlySpan<byte> format) =>
        format.IndexOf("location=%p "u8) >= 0 || format.IndexOf("location=%p\""u8) >= 0;

    private static byte[] Read(params string[] places) => places.Select(HostRoot.TryReadFile).FirstOrDefault(content => content is { Length: > 0 }) ?? [];

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The first of its many lines tell: hidden, every address is zero.</summary>
    public static bool ShowsAddresses(HostRoot host)
    {
        using FileStream? file = Open(host.At("/proc/kallsyms"));
        if (file is null) return false;
        byte[] start = new byte[64 * 1024];
        int length = 0;
        while (length < start.Length && file.Read(start, length, start.Length - length) is > 0 and var read) length += read;
        ReadOnlySpan<byte> text = start.AsSpan(0, length);
        while (text.IndexOf((byte)'\n') is > 0 and var end)
        {
            if (text.IndexOf((byte)' ') is > 0 and var digits && text[..digits].ContainsAnyExcept((byte)'0')) return true;
            text = text[(end + 1)..];
        }

        return false;
    }
}
