using DropForensics.Capture.Host;

namespace DropForensics.Tests.TestKit;

/// <summary>A host root of plain files that says of itself what a kernel with all kinds of probes does.</summary>
internal sealed class FakeTracefs : IDisposable
{
    private const string Readme =
        "\t   Format: p[:[<group>/][<event>]] <place>\n\t e[:[<group>/][<event>]] <group>.<event>\n\t place: [<module>:]<symbol>[+<offset>]\n"
        + "\t fetcharg: %<register>, $stack<index>, $stack, $retval, $comm, $arg<N>,\n\t type: s8/16/32/64, x8/16/32/64, string, symbol,\n";

    private readonly ScratchDirectory _directory = new();

    public FakeTracefs()
    {
        Host = new HostRoot(_directory.File("root"));
        Write("README", Readme);
        Write("available_tracers", "function nop\n");
        Write("available_filter_functions", "ip_rcv\nkfree_skb_reason\n");
        Write("dynamic_events", "");
        Write("trace_clock", "[local] global mono\n");
        Write("trace_options", "print-parent\nnosym-offset\n");
        Write("buffer_percent", "50\n");
        Write("buffer_size_kb", "7 (expanded: 1408)\n");
        Write("current_tracer", "nop\n");
        Write("set_event", "");
        Write("options/sym-offset", "0\n");
        Write("options/disable_on_free", "0\n");
        Write("options/hash-ptr", "1\n");
        Write("per_cpu/cpu0/stats", "entries: 0\n");
        Write("events/skb/kfree_skb/format", "print fmt: \"location=%pS \", __print_symbolic(REC->reason, { 2, \"NOT_SPECIFIED\" }, { 3, \"NO_SOCKET\" })\n");
        Directory.CreateDirectory(Path.Combine(Tracefs, "instances"));
        WriteHost("/proc/kallsyms", "ffffffff81000000 t eprobe_dyn_event_create\nffffffff81000010 t kprobe_dispatcher\n");
        WriteHost("/proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable:    4000000 kB\n");
        WriteHost("/proc/sys/kernel/osrelease", "6.1.0-made\n");
    }

    public HostRoot Host { get; }

    public string Tracefs => Host.At("/sys/kernel/tracing");

    /// <summary>A place for output, outside the host.</summary>
    public string Output => _directory.File("x.db");

    /// <summary>Every file and directory of the host with its content.</summary>
    public IReadOnlyList<string> Everything =>
        [.. Directory.EnumerateFileSystemEntries(Host.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(entry => $"{entry}: {(File.Exists(entry) ? File.ReadAllText(entry) : "directory")}")];

    public void Write(string path, string text) => WriteHost($"/sys/kernel/tracing/{path}", text);

    public void WriteHost(string path, string text)
    {
        var file = Host.At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);   // an absolute file path has a directory
        File.WriteAllText(file, text);
    }

    public void Dispose() => _directory.Dispose();
}
