using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.State;

/// <summary>What speaks of the whole host: interrupts, the kernel and its modules' build ids, the distribution, the machine.</summary>
internal static class HostFiles
{
    private const int MostBytes = 128 * 1024, MostModules = 1_000, MostIrqs = 2_000, MostQueues = 500;

    // As they are.
    private static readonly string[] Whole = ["/proc/interrupts", "/proc/softirqs", "/proc/cmdline", "/proc/uptime", "/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/product_name"];

    // Settings beside those of the network that decide when packets are lost: memory for them, CPU time to serve them, room for sockets, who may attach programs.
    private static readonly string[] Settings =
    [
        "fs/file-max", "fs/file-nr", "fs/nr_open", "kernel/sched_rt_period_us", "kernel/sched_rt_runtime_us", "kernel/softlockup_panic", "kernel/timer_migration", "kernel/numa_balancing",
        "kernel/unprivileged_bpf_disabled", "kernel/watchdog_thresh", "vm/lowmem_reserve_ratio", "vm/min_free_kbytes", "vm/overcommit_memory", "vm/overcommit_ratio", "vm/panic_on_oom",
        "vm/watermark_boost_factor", "vm/watermark_scale_factor", "vm/zone_reclaim_mode",
    ];

    // In the directory of the machine's configuration, or where distributions keep the original.
    private static readonly string[] Release = ["/etc/os-release", "/usr/lib/os-release"];

    /// <summary>Reads what is there.</summary>
    /// <param name="host">Where.</param>
    /// <param name="missing">Takes what was left out: the file, and why.</param>
    public static List<HostFile> Read(HostRoot host, Action<string, string> missing)
    {
        var files = new List<HostFile>();
        byte[] buffer = new byte[MostBytes + 1];
        foreach (string path in Whole) Add(path, path);
        foreach (string path in Release)
        {
            if (Add(path, Release[0])) break;
        }

        if (SettingsOf(host) is { Length: > 0 } settings) files.Add(new HostFile("/proc/sys", settings));
        files.Add(new HostFile("build-ids.tsv", BuildIds(host)));
        files.Add(new HostFile("irqs.tsv", Irqs(host, buffer)));
        files.Add(new HostFile("queues.tsv", Queues(host)));
        return files;

        bool Add(string path, string name)
        {
            int length = SmallFile.Read(host.At(path), buffer);
            if (length < 0) return false;
            if (length > MostBytes) missing(name, $"cut after {MostBytes} bytes");

            // What follows are arguments of the first process.
            if (path == "/proc/cmdline" && buffer.AsSpan(0, length).IndexOf(" -- "u8) is >= 0 and var end) length = end;
            files.Add(new HostFile(name, buffer[..Math.Min(length, MostBytes)]));
            return true;
        }
    }

    /// <summary>In the form of <see cref="SysctlTree"/>: <c>vm.min_free_kbytes = 67584</c>; those that the host has.</summary>
    private static byte[] SettingsOf(HostRoot host)
    {
        var text = new StringBuilder();
        foreach (string name in Settings)
        {
            if (SmallFile.Text(host.At($"/proc/sys/{name}")) is { } value) text.Append(name.Replace('/', '.')).Append(" = ").Append(value.Replace('\n', ' ')).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>By which debug information is found: of the kernel and of each module that is loaded.</summary>
    private static byte[] BuildIds(HostRoot host)
    {
        var table = new TsvTable(MostBytes, "module", "build_id");
        byte[] notes = new byte[4096];
        Add("kernel", "/sys/kernel/notes");
        List<(string Name, bool IsDirectory)> modules = SmallFile.Names(host.At("/sys/module"), 4 * MostModules);
        modules.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach ((string? name, bool _) in modules)
        {
            if (table.Rows > MostModules) break;
            Add(name, $"/sys/module/{name}/notes/.note.gnu.build-id");
        }

        return table.Bytes();

        void Add(string name, string path)
        {
            int length = SmallFile.Read(host.At(path), notes);
            if (length > 0 && LinkerBuildId.In(notes.AsSpan(0, length)) is { } id) table.Add(name, id);
        }
    }

    /// <summary>Which CPUs may serve each interrupt of a device; what it is called tells whose it is.</summary>
    private static byte[] Irqs(HostRoot host, byte[] buffer)
    {
        var table = new TsvTable(MostBytes, "irq", "affinity", "effective", "name");
        int length = SmallFile.Read(host.At("/proc/interrupts"), buffer);
        if (length <= 0) return table.Bytes();
        foreach (string line in Encoding.UTF8.GetString(buffer, 0, length).Split('\n'))
        {
            //  35:          0       5186  PCI-MSIX-0000:00:05.0   1-edge      virtio2-input.0
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !line.AsSpan(0, colon).Trim().ToString().All(char.IsAsciiDigit)) continue;
            string irq = line[..colon].Trim();
            if (table.Rows == MostIrqs) break;
            table.Add(
                irq, SmallFile.Text(host.At($"/proc/irq/{irq}/smp_affinity_list")), SmallFile.Text(host.At($"/proc/irq/{irq}/effective_affinity_list")),
                line[(line.LastIndexOf(' ') + 1)..]);
        }

        return table.Bytes();
    }

    /// <summary>How packets are steered from the queues of the interfaces that this process's sysfs shows: RPS and XPS.</summary>
    private static byte[] Queues(HostRoot host)
    {
        var table = new TsvTable(MostBytes, "interface", "queue", "cpus", "flows");
        foreach ((string? link, bool _) in SmallFile.Names(host.At("/sys/class/net"), MostQueues))
        {
            foreach ((string? queue, bool _) in SmallFile.Names(host.At($"/sys/class/net/{link}/queues"), MostQueues))
            {
                if (table.Rows == MostQueues) return table.Bytes();
                string folder = host.At($"/sys/class/net/{link}/queues/{queue}");
                bool isReceive = queue.StartsWith("rx-", StringComparison.Ordinal);
                table.Add(link, queue, SmallFile.Text($"{folder}/{(isReceive ? "rps_cpus" : "xps_cpus")}"), isReceive ? SmallFile.Text($"{folder}/rps_flow_cnt") : null);
            }
        }

        return table.Bytes();
    }
}
