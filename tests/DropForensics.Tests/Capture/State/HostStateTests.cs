using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Capture.State;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.NetlinkBytes;

namespace DropForensics.Tests.Capture.State;

/// <summary>How a host is set up: a tree of files stands for it.</summary>
public sealed class HostStateTests : IDisposable
{
    private readonly ScratchDirectory _root = new();

    private HostRoot Host => new(_root.FullName);

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Settings_are_one_text_without_keys_what_findings_speak_of_comes_first_and_other_settings_of_interfaces_last()
    {
        Write("proc/sys/net/ipv4/ip_forward", "1\n");
        Write("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
        Write("proc/sys/net/ipv4/tcp_fastopen_key", "00000000-deadbeef\n");
        Write("proc/sys/net/ipv6/conf/eth0/stable_secret", "2001:db8::1\n");
        Write("proc/sys/net/core/netdev_rss_key", "aa:bb\n");
        Write("proc/sys/net/ipv4/conf/eth0/rp_filter", "2\n");
        Write("proc/sys/net/ipv4/conf/eth0/forwarding", "1\n");
        Write("proc/sys/net/ipv4/conf/all/rp_filter", "1\n");
        Write("proc/sys/net/unix/max_dgram_qlen", "512\n");

        Assert.Equal(
            "net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 1\nnet.ipv4.conf.eth0.rp_filter = 2\nnet.ipv4.tcp_rmem = 4096\t131072\t6291456\nnet.unix.max_dgram_qlen = 512\nnet.ipv4.conf.eth0.forwarding = 1\n",
            Encoding.UTF8.GetString(new SysctlTree(Host).Read()));
    }

    [Fact]
    public void What_is_as_it_was_before_is_named_and_not_listed_again()
    {
        Write("etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n");
        Write("proc/uptime", "100.00 1.00\n");
        IReadOnlyList<(long Netns, HostFile File)> before = HostState.Read(Host);
        Write("proc/uptime", "160.00 1.00\n");

        IReadOnlyList<(long Netns, HostFile File)> after = HostState.Read(Host, before);

        Assert.Contains(before, each => each.File.Path == "/etc/os-release");
        Assert.DoesNotContain(after, each => each.File.Path == "/etc/os-release");
        Assert.Contains(after, each => each.File.Path == "/proc/uptime");
        Assert.Contains("/etc/os-release", Encoding.UTF8.GetString(after.Single(each => each.File.Path == HostState.MissingPath).File.Content));
    }

    [Fact]
    public void Build_ids_of_kernel_and_modules_are_a_table()
    {
        Write("sys/kernel/notes", Note(0xab));
        Write("sys/module/e1000/notes/.note.gnu.build-id", Note(0xcd));
        Write("sys/module/loop/parameters/max_loop", "0\n");

        byte[] table = HostFiles.Read(Host, (_, _) => { }).Single(file => file.Path == "build-ids.tsv").Content;

        Assert.Equal("module\tbuild_id\nkernel\tabababab\ne1000\tcdcdcdcd\n", Encoding.UTF8.GetString(table));
    }

    [Fact]
    public void A_file_that_is_too_large_is_cut_and_that_is_said()
    {
        Write("proc/interrupts", new string('x', 300_000));
        string? missing = null;

        HostFile file = HostFiles.Read(Host, (name, why) => missing = $"{name}: {why}").Single(each => each.Path == "/proc/interrupts");

        Assert.Equal(128 * 1024, file.Content.Length);
        Assert.StartsWith("/proc/interrupts: cut after", missing);
    }

    [Fact]
    public void Of_the_kernels_command_line_the_arguments_of_the_first_process_are_left_out()
    {
        Write("proc/cmdline", "quiet root=/dev/vda1 -- --token secret\n");

        Assert.Equal("quiet root=/dev/vda1", Encoding.UTF8.GetString(HostFiles.Read(Host, (_, _) => { }).Single(file => file.Path == "/proc/cmdline").Content));
    }

    [Fact]
    public void An_interrupt_has_its_CPUs_and_its_name()
    {
        Write("proc/interrupts", "           CPU0       CPU1\n 38:          0       5186  PCI-MSIX-0000:00:05.0   1-edge      eth0-rx-0\nNMI:          0          0   Non-maskable interrupts\n");
        Write("proc/irq/38/smp_affinity_list", "0-1\n");
        Write("proc/irq/38/effective_affinity_list", "1\n");

        byte[] table = HostFiles.Read(Host, (_, _) => { }).Single(file => file.Path == "irqs.tsv").Content;

        Assert.Equal("irq\taffinity\teffective\tname\n38\t0-1\t1\teth0-rx-0\n", Encoding.UTF8.GetString(table));
    }

    [Fact]
    public void A_link_of_rtnetlink_has_its_state_and_a_queue_its_drops()
    {
        byte[] link = [.. new byte[4], .. Int(3), .. Int(0x41), .. Int(0), .. Attribute(3, "eth0\0"u8), .. Attribute(4, Int(1400)), .. Attribute(16, [6])];
        LinkState? state = LinkState.TryParse(link);
        Assert.Equal((3, "eth0", 1400u, (byte)6, true), (state?.Index, state?.Name, state?.Mtu, state?.OperState, state?.IsDevice));

        byte[] queue = [.. new byte[4], .. Int(3), .. Int(0x10000), .. Int(-1), .. Int(1), .. Attribute(1, "pfifo\0"u8), .. Attribute(2, Int(100)),
            .. Attribute(7, Attribute(3, [.. Int(1), .. Int(2), .. Int(3), .. Int(4), .. Int(5)]))];
        Qdisc? qdisc = Qdisc.TryParse(queue);
        Assert.Equal(("pfifo", 100u, 3u, 5u), (qdisc?.Kind, qdisc?.Limit, qdisc?.Counts.Drops, qdisc?.Counts.Overlimits));
        for (int length = 0; length < queue.Length; length++) _ = Qdisc.TryParse(queue.AsSpan(0, length));
        for (int length = 0; length < link.Length; length++) _ = LinkState.TryParse(link.AsSpan(0, length));
    }

    private static byte[] Note(byte value) => [4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, (byte)'G', (byte)'N', (byte)'U', 0, value, value, value, value];

    private void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    private void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root.File(path)) ?? "");
        File.WriteAllBytes(_root.File(path), content);
    }
}
