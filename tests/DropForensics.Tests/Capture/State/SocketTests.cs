using System.Buffers.Binary;
using System.Net;
using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Capture.Network;
using DropForensics.Capture.State;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.State;

/// <summary>Sockets as the kernel lists them, and who holds them.</summary>
public sealed class SocketTests : IDisposable
{
    private readonly ScratchDirectory _root = new();

    private HostRoot Host => new(_root.FullName);

    public void Dispose() => _root.Dispose();

    [Fact]
    public void A_listener_of_the_kernels_answer_has_its_queue_and_its_limit()
    {
        SocketRow? row = SocketRow.TryParse("tcp", Answer(family: 2, state: 10, [127, 0, 0, 1], 8080, queue: 129, limit: 128, inode: 4711, Memory(0, 131072, drops: 7)));

        Assert.Equal(("tcp", "LISTEN", IPAddress.Loopback, 8080), (row?.Protocol, row?.State, row?.Local, row?.Port));
        Assert.Equal((129L, 128L, 4711L, 7L, 131072L), (row?.ReceiveQueue, row?.SendQueue, row?.Inode, row?.Drops, row?.ReceiveBuffer));
    }

    [Fact]
    public void An_answer_cut_anywhere_is_none_or_lacks_what_was_cut()
    {
        byte[] whole = Answer(family: 10, state: 7, IPAddress.IPv6Loopback.GetAddressBytes(), 53, 0, 0, 12, Memory(5, 6, 7));
        for (int length = 0; length < whole.Length; length++)
        {
            SocketRow? row = SocketRow.TryParse("udp", whole.AsSpan(0, length));
            Assert.Equal(length < 72, row is null);
            Assert.Null(row?.Drops);
        }

        Assert.Equal(("udp6", "::1", 7L), (SocketRow.TryParse("udp", whole)?.Protocol, SocketRow.TryParse("udp", whole)?.Local.ToString(), SocketRow.TryParse("udp", whole)?.Drops));
    }

    [Fact]
    public void A_line_of_procfs_is_a_socket_without_what_procfs_does_not_say()
    {
        SocketRow? row = SocketFiles.TryParse("udp", "  483: 0100007F:0035 00000000:0000 07 00000000:00000A00 00:00000000 00000000   101        0 21447 2 0000000000000000 12");

        Assert.Equal(("UNCONN", "127.0.0.1", 53, 101L, 21447L, 12L), (row?.State, row?.Local.ToString(), row?.Port, row?.Uid, row?.Inode, row?.Drops));
        Assert.Equal((2560L, null), (row?.ReceiveMemory, row?.ReceiveBuffer));
        Assert.Equal("::1", SocketFiles.TryParse("udp6", "  1: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 5 2 0 0")?.Local.ToString());
        Assert.Null(SocketFiles.TryParse("udp", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops"));
    }

    [Fact]
    public void Of_a_file_of_TCP_the_listeners_are_read_which_come_first()
    {
        Write("tcp", """
              sl  local_address rem_address   st
               0: 00000000:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0
               1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0 20 4 0 10 -1
               2: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13 1 0 100 0 0 10 0
            """);
        var rows = new List<SocketRow>();

        Assert.True(SocketFiles.Read(_root.File("tcp"), "tcp", 100, rows));
        Assert.Equal((8080, 3L, null), (Assert.Single(rows).Port, rows[0].ReceiveQueue, rows[0].SendQueue));
    }

    [Theory]
    [InlineData(null, null, null, false)]              // a kernel without modules
    [InlineData("udp_diag 16384 0 - Live 0x0\n", null, null, false)]
    [InlineData("my_udp_diag 16384 0 - Live 0x0\n", null, null, true)]
    [InlineData("e1000 1 0 - Live 0x0\n", "1\n", null, false)]
    [InlineData("e1000 1 0 - Live 0x0\n", "0\n", "kernel/net/ipv4/udp_diag.ko\n", false)]
    [InlineData("e1000 1 0 - Live 0x0\n", "0\n", "kernel/net/ipv4/tcp_diag.ko\n", true)]
    public void The_kernel_is_not_asked_where_that_would_load_a_module(string? modules, string? disabled, string? builtIn, bool would)
    {
        if (modules is not null) Write("proc/modules", modules);
        if (disabled is not null) Write("proc/sys/kernel/modules_disabled", disabled);
        Write("proc/sys/kernel/osrelease", "6.12.1\n");
        if (builtIn is not null) Write("lib/modules/6.12.1/modules.builtin", builtIn);

        Assert.Equal(would ? "udp_diag" : null, DiagModules.WouldLoad(Host, "udp_diag"));
    }

    [Fact]
    public void A_sockets_process_is_found_by_its_inode()
    {
        Process(12, "dnsmasq", "socket:[21447]", "/dev/null");
        Process(13, "other", "socket:[21448]", "socket:[21447]");

        SocketHolders holders = SocketHolders.Read(Host, TimeSpan.FromMinutes(1), 100);

        Assert.Contains(holders.Of(21447), new SocketHolder?[] { new(12, "dnsmasq"), new(13, "other") });
        Assert.Equal(new SocketHolder(13, "other"), holders.Of(21448));
        Assert.Null(holders.Of(99));
        Assert.Null(holders.WhyNotAll);
    }

    [Fact]
    public void Too_many_descriptors_are_given_up_and_that_is_said()
    {
        Process(12, "many", [.. Enumerable.Range(1, 20).Select(i => $"socket:[{i}]")]);

        Assert.NotNull(SocketHolders.Read(Host, TimeSpan.FromMinutes(1), 5).WhyNotAll);
    }

    [Fact]
    public void Cells_cannot_break_out_of_their_table()
    {
        var table = new TsvTable(1000, "pid", "comm");
        table.Add("1", "a\tb\nc");
        table.Add(null, "");

        Assert.Equal("pid\tcomm\n1\ta?b?c\n-\t-\n", Encoding.UTF8.GetString(table.Bytes()));
    }

    [Fact]
    public void A_table_that_is_full_counts_what_is_left_out()
    {
        var table = new TsvTable(20, "n");
        for (int i = 0; i < 100; i++) table.Add("0123456789");

        Assert.EndsWith("\n# 98 more rows are left out\n", Encoding.UTF8.GetString(table.Bytes()));
    }

    [Fact]
    public void A_dump_that_a_change_interrupted_says_so_and_one_that_is_too_long_is_cut()
    {
        byte[] rows = [.. Message(20, 0, 1), .. Message(20, 0x10, 2), .. Message(3, 0, 0)];

        NetlinkDump<string> whole = NetlinkDump<string>.Collect(() => rows, 5, body => $"{body[0]}"), cut = NetlinkDump<string>.Collect(() => rows, 1, body => $"{body[0]}");

        Assert.Equal(["1", "2"], whole.Rows);
        Assert.Equal((false, false, true), (whole.IsConsistent, whole.IsCut, cut.IsCut));
        Assert.Throws<IOException>(() => NetlinkDump<string>.Collect(() => Message(2, 0, 255, 255, 255, 255), 5, body => ""));
    }

    private static byte[] Message(ushort type, ushort flags, params byte[] body)
    {
        byte[] message = new byte[16 + ((body.Length + 3) & ~3)];
        BinaryPrimitives.WriteInt32LittleEndian(message, 16 + body.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), flags);
        body.CopyTo(message, 16);
        return message;
    }

    private static byte[] Answer(byte family, byte state, byte[] local, ushort port, uint queue, uint limit, uint inode, byte[] attribute)
    {
        byte[] answer = new byte[72 + attribute.Length];
        (answer[0], answer[1]) = (family, state);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(4), port);
        local.CopyTo(answer, 8);
        BinaryPrimitives.WriteUInt32LittleEndian(answer.AsSpan(56), queue);
        BinaryPrimitives.WriteUInt32LittleEndian(answer.AsSpan(60), limit);
        BinaryPrimitives.WriteUInt32LittleEndian(answer.AsSpan(68), inode);
        attribute.CopyTo(answer, 72);
        return answer;
    }

    // INET_DIAG_SKMEMINFO
    private static byte[] Memory(uint used, uint size, uint drops)
    {
        byte[] attribute = new byte[4 + 36];
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, 40);
        attribute[2] = 7;
        BinaryPrimitives.WriteUInt32LittleEndian(attribute.AsSpan(4), used);
        BinaryPrimitives.WriteUInt32LittleEndian(attribute.AsSpan(8), size);
        BinaryPrimitives.WriteUInt32LittleEndian(attribute.AsSpan(36), drops);
        return attribute;
    }

    private void Process(int pid, string comm, params string[] links)
    {
        Write($"proc/{pid}/comm", comm + "\n");
        Directory.CreateDirectory(_root.File($"proc/{pid}/fd"));
        for (int i = 0; i < links.Length; i++) File.CreateSymbolicLink(_root.File($"proc/{pid}/fd/{i}"), links[i]);
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root.File(path)) ?? "");
        File.WriteAllText(_root.File(path), text);
    }
}
