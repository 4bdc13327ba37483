using DropForensics.Capture;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Probes;
using DropForensics.Core;
using DropForensics.Core.Btf;
using DropForensics.Core.Filters;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Probes;

/// <summary>What each probe would be, by what a kernel says of itself: a fake tracefs. That kernels take it is the kernel matrix's to show.</summary>
public sealed class ProbePlannerTests : IDisposable
{
    private const string Arguments =
        "\t fetcharg: %<register>, $stack<index>, $stack, $retval, $comm, $arg<N>,\n\t type: s8/16/32/64, x8/16/32/64, string, symbol,\n\t <type>\\[<array-size>\\]\n";

    private const string Readme = "\t   Format: p[:[<group>/][<event>]] <place>\n\t e[:[<group>/][<event>]] <group>.<event>\n\t place: [<module>:]<symbol>[+<offset>]\n" + Arguments;

    // Linux 6.1.
    private static readonly SkbLayout Layout = new(
        Dev: 16, SkbIif: 144, Length: 112, DataLength: 116, Protocol: 180, MacHeader: 186, NetworkHeader: 184, TransportHeader: 182,
        Tail: 188, Head: 200, Data: 208, Users: 220, DeviceName: 0, DeviceIndex: 216, DeviceNet: 1280, DeviceQueues: 832, QueueDevice: 0, NetInode: 144);

    private static readonly HostBtf Btf = new(null, ReasonEnums.Empty, Layout, null);

    private static readonly SocketLayout Socket = new(SkbSocket: 24, State: 18, User: 612, Cgroup: 672, CgroupNode: 256, NodeId: 96);

    private readonly ScratchDirectory _directory = new();
    private readonly UndoJournal _journal = new(TracefsWriter.Real);

    public ProbePlannerTests()
    {
        Write("README", Readme);
        Write("available_tracers", "blk function nop\n");
        Write("available_filter_functions", "ip_rcv\nkfree_skb_reason\ne1000_clean [e1000]\nfoo.isra.0\n");
        Write("dynamic_events", "");
        Write("events/skb/kfree_skb/format", "print fmt: \"\", __print_symbolic(REC->reason, { 2, \"NOT_SPECIFIED\" }, { 3, \"NO_SOCKET\" })\n");
    }

    [Fact]
    public void An_eprobe_follows_the_pointers_that_BTF_knows_and_names_its_task_last()
    {
        var plan = Plan(ProbeKind.Eprobe);

        var definition = plan.Drops.Definition!.Text;   // an eprobe is always defined
        Assert.Matches(@"^e:dropforensics_[0-9a-f]{16}/drop skb/kfree_skb skb=\$skbaddr:x64 loc=\$location:symbol reason=\$reason:u32 protocol=\$protocol:u16 ", definition);
        Assert.Contains(" netns=+144(+1280(+16($skbaddr))):u32 ", definition);
        Assert.Contains(" pkt96=-96(+208($skbaddr)):x64[32] ", definition);
        Assert.EndsWith(" devq=+0(+832(+16($skbaddr))):x64 pktdev=+0(+16($skbaddr)):x64[2] comm=$comm:string", definition);
        Assert.True(plan.Drops.HasComm);
        Assert.Equal(("events/skb/kfree_skb", ""), Counted(plan));
    }

    [Theory]
    [InlineData(ProbeKind.Eprobe, "", false, "+24($skbaddr)", null)]
    [InlineData(ProbeKind.Eprobe, "\tfield:void * rx_sk;\toffset:24;\tsize:8;\tsigned:0;\n", false, "+24($skbaddr)", "$rx_sk")]
    [InlineData(ProbeKind.Kprobe, "", false, "+24($arg1)", null)]
    [InlineData(ProbeKind.Kprobe, "", true, "+24($arg2)", "$arg1")]
    internal void The_owner_is_fetched_of_the_packets_socket_and_of_the_receivers_where_the_kernel_names_it(
        ProbeKind kind, string field, bool isNew, string socket, string? receiver)
    {
        Write("events/skb/kfree_skb/format", field + "print fmt: \"\", __print_symbolic(REC->reason, { 2, \"NOT_SPECIFIED\" })\n");
        if (isNew) Write("available_filter_functions", "sk_skb_reason_drop\n");

        var plan = new ProbePlanner(_directory.FullName, Btf with { Socket = Socket }, Options(new())).Plan(kind);

        var definition = plan.Drops.Definition!.Text;   // as above
        Assert.Contains(
            $" sk={socket}:x64 skst=+18({socket}):u8 skcgid=+96(+256(+672({socket}))):u64 skuid=+612({socket}):u32 ", definition);
        Assert.Equal(receiver is not null, definition.Contains(" rsk=", StringComparison.Ordinal));
        if (receiver is not null) Assert.Contains($" rsk={receiver}:x64 rskst=+18({receiver}):u8 rskcgid=+96(+256(+672({receiver}))):u64 rskuid=+612({receiver}):u32 ", definition);
        Assert.True(plan.ShowsOwner);
        var without = new ProbePlanner(_directory.FullName, Btf with { Socket = Socket }, Options(new() { Owner = false })).Plan(kind);
        Assert.DoesNotContain(" sk=", without.Drops.Definition!.Text, StringComparison.Ordinal);   // as above
        Assert.False(without.ShowsOwner);
        Assert.Contains(" flow and owner of each drop", plan.Sight);
        Assert.False(Plan(kind).ShowsOwner);
    }

    [Theory]
    [InlineData(PacketBytes.None, false, "")]
    [InlineData(PacketBytes.Full, true, ":x64[64] ")]
    internal void As_many_packet_bytes_are_fetched_as_were_asked_for(PacketBytes packets, bool asks, string window)
    {
        var definition = Plan(ProbeKind.Eprobe, new() { Packets = packets }).Drops.Definition!.Text;   // as above

        Assert.Equal(asks, definition.Contains(" pkt96", StringComparison.Ordinal));
        Assert.Contains(window, definition);
        Assert.Contains(" len=+112($skbaddr):u32 ", definition);
    }

    [Fact]
    public void An_interface_and_a_reason_are_filtered_in_the_kernel_and_for_what_counts_too()
    {
        var plan = Plan(ProbeKind.Eprobe, new() { Interface = "eth0", OnlyReasons = ["NO_SOCKET", "NOT_SPECIFIED"] });

        const string Filter = "(reason == 3 || reason == 2) && dev == \"eth0\"";
        Assert.Equal(Filter, plan.Drops.Filter);
        Assert.EndsWith(" dev=+0(+16($skbaddr)):string comm=$comm:string", plan.Drops.Definition!.Text);
        Assert.Equal(($"events/{Group(plan)}/witness", Filter), Counted(plan));
        Assert.Equal($"e:{Group(plan)}/witness skb/kfree_skb reason=$reason:u32 dev=+0(+16($skbaddr)):string", plan.Drops.CountedBy!.Definition!.Text);
    }

    [Fact]
    public void What_an_eprobe_shows_of_an_expression_the_kernel_decides_for_the_counter_too_and_the_agent_the_rest()
    {
        var plan = Plan(ProbeKind.Eprobe, new() { Filter = "reason NO_SOCKET and host 2001:db8::1" });

        const string Filter = "reason == 3 && (protocol == 34525 || protocol == 33024 || protocol == 34984 || protocol == 37120 || protocol == 37376)";
        Assert.Equal((Filter, Filter, false), (plan.Asked, plan.Drops.Filter, plan.KernelDecides));
        Assert.Equal(("events/skb/kfree_skb", Filter), Counted(plan));
        Assert.Equal($"stacktrace:10100000 if {Filter}", plan.Drops.Trigger); // drops that are left out have stacks as well
        Assert.EndsWith("the agent decides before it stores anything.", plan.Said);
        Assert.Equal("stacktrace:101000", Plan(ProbeKind.Eprobe).Drops.Trigger);
    }

    [Fact]
    public void The_interface_of_an_expression_is_counted_by_its_name()
    {
        var plan = Plan(ProbeKind.Eprobe, new() { Filter = "interface eth0 and tcp" });

        Assert.StartsWith("dev == \"eth0\" && ", plan.Drops.Filter);
        Assert.Equal(($"events/{Group(plan)}/witness", plan.Drops.Filter), Counted(plan));
        Assert.EndsWith(" reason=$reason:u32 protocol=$protocol:u16 dev=+0(+16($skbaddr)):string", plan.Drops.CountedBy!.Definition!.Text);
    }

    [Fact]
    public void The_tracepoint_decides_types_and_reasons_itself()
    {
        var plan = Plan(ProbeKind.Tracepoint, new() { Filter = "ip6 and not reason NO_SOCKET" });

        Assert.Equal(("protocol == 34525 && reason != 3", true), (plan.Drops.Filter, plan.KernelDecides));
        Assert.EndsWith(" The kernel decides the filter.", plan.Said);
        Assert.Contains("protocol_be == 56710", Plan(ProbeKind.Kprobe, new() { Packets = PacketBytes.None, Filter = "ip6" }).Drops.Filter);
    }

    [Theory]
    [InlineData(ProbeKind.Tracepoint, "port 53", "the tracepoint skb:kfree_skb shows neither packets nor interfaces, so --filter 'port 53' has nothing to compare")]
    [InlineData(ProbeKind.Tracepoint, "interface eth0", "the tracepoint skb:kfree_skb shows neither packets nor interfaces, so --filter")]
    [InlineData(ProbeKind.Function, "ip", "the function tracer sees no arguments, so --filter 'ip' has nothing to compare")]
    internal void What_a_probe_cannot_see_is_refused_as_usage_only_where_the_user_chose_the_probe(ProbeKind kind, string filter, string why)
    {
        var error = Assert.Throws<UserError>(() => Plan(kind, new() { Filter = filter }));
        Assert.Contains(why, error.Message);
        Assert.Contains("analyze --filter", error.Remedy);
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Equal(ExitCode.Usage, Assert.Throws<UserError>(() => Plan(kind, new() { Filter = filter, Probe = kind })).ExitCode);
    }

    [Fact]
    public void Without_packet_bytes_an_expression_about_them_is_refused()
    {
        var error = Assert.Throws<UserError>(() => Plan(ProbeKind.Eprobe, new() { Packets = PacketBytes.None, Filter = "port 53" }));
        Assert.Contains("--packets none leaves the packets out", error.Message);
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.True(Plan(ProbeKind.Eprobe, new() { Packets = PacketBytes.None, Filter = "ip6" }).KernelDecides);
    }

    [Fact]
    public void A_kprobe_counts_only_calls_that_free_a_dropped_packet()
    {
        var plan = Plan(ProbeKind.Kprobe, new() { ExceptReasons = ["NO_SOCKET"] });

        Assert.Contains("/drop kfree_skb_reason skb=$arg1:x64 loc=+0($stack):symbol users=+220($arg1):s32 reason=$arg2:u32 protocol_be=+180($arg1):x16 ", plan.Drops.Definition!.Text);
        Assert.Equal("skb != 0 && users == 1 && reason != 1", plan.Condition);
        Assert.Equal("skb != 0 && users == 1 && reason != 1 && reason != 3", plan.Drops.Filter);
    }

    [Theory]
    [InlineData("sk_skb_reason_drop\nkfree_skb_list_reason\n", "sk_skb_reason_drop skb=$arg2:x64", "reason=$arg3:u32")]
    [InlineData("kfree_skb\nkfree_skb_partial\n", "kfree_skb skb=$arg1:x64", "")]
    public void The_free_function_is_the_one_this_kernel_has(string functions, string place, string reason)
    {
        Write("available_filter_functions", functions);

        var definition = Plan(ProbeKind.Kprobe).Drops.Definition!.Text;

        Assert.Contains($"/drop {place} ", definition);
        Assert.Contains(reason, definition);
        Assert.Equal(reason.Length > 0, definition.Contains(" reason=", StringComparison.Ordinal));   // as above
    }

    [Fact]
    public void Without_argument_numbers_the_registers_of_the_calling_convention_are_named()
    {
        Write("README", Readme.Replace(", $arg<N>", ""));

        Assert.Contains(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64
            ? " skb=%x0:x64 " : " skb=%di:x64 ", Plan(ProbeKind.Kprobe).Drops.Definition!.Text);
        Assert.Equal(["%di", "%si", "%dx"], Enumerable.Range(1, 3).Select(position => CallArguments.Register(position, arm64: false)));
        Assert.Equal(["%x0", "%x1", "%x2"], Enumerable.Range(1, 3).Select(position => CallArguments.Register(position, arm64: true)));
    }

    [Theory]
    [InlineData("ip_rcv", true)]
    [InlineData("e1000_clean", true)]
    [InlineData("foo.isra.0", true)]
    [InlineData("ip_rc", false)]
    [InlineData("p_rcv", false)]
    [InlineData("e1000_clean [e1000]", false)]
    [InlineData("*", false)]
    [InlineData("", false)]
    [InlineData("ip_rcv\np:x/y do_exit", false)]
    public void Only_a_function_in_the_kernels_list_is_ever_written(string function, bool listed)
    {
        foreach (var kind in new[] { ProbeKind.Kprobe, ProbeKind.Function })
        {
            if (listed)
            {
                Assert.Equal(function, Plan(kind, new() { Function = function }).HitsOf);
                continue;
            }

            var error = Assert.Throws<UserError>(() => Plan(kind, new() { Function = function }));
            Assert.Equal(ExitCode.Unable, error.ExitCode);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void A_host_without_BTF_gets_the_tracepoint_and_is_told_why()
    {
        var plan = Select(new HostBtf(null, ReasonEnums.Empty, null, "this kernel carries no BTF"));

        Assert.Equal(ProbeKind.Tracepoint, plan.Drops.Kind);
        Assert.Null(plan.Drops.Definition);
        Assert.Equal(
            "It shows function, reason and stack of each drop, but no interface, namespace or flow: this kernel carries no BTF, so a probe cannot find a packet's fields",
            plan.Sight);
        Assert.Equal("", File.ReadAllText(_directory.File("dynamic_events")));
    }

    [Fact]
    public void A_definition_is_added_and_taken_out_by_its_own_name()
    {
        Write("events/skb/kfree_skb/id", "1");
        var plan = Select(Btf);
        Assert.Equal(ProbeKind.Eprobe, plan.Drops.Kind);
        Assert.Equal(plan.Drops.Definition?.Text + "\n", File.ReadAllText(_directory.File("dynamic_events")));

        _journal.Undo();

        // A plain file is overwritten from its start, where the kernel takes each write as a command.
        Assert.StartsWith($"-:{Group(plan)}/drop\n", File.ReadAllText(_directory.File("dynamic_events")));
        Assert.Empty(_journal.Failures);
    }

    [Fact]
    public void Where_nothing_works_each_probe_says_why()
    {
        Write("README", "");
        Write("available_tracers", "nop\n");
        File.Delete(_directory.File("events/skb/kfree_skb/format"));

        var error = Assert.Throws<UserError>(() => Select(Btf));

        foreach (var kind in new[] { "no eprobe: ", "no tracepoint: ", "no kprobe: ", "no function: " }) Assert.Contains(kind, error.Message);
    }

    // The kernel's own answer differs from one to the next, and doctor does not try: both ask what the kernel was built with.
    [Fact]
    public void A_refused_definition_is_explained_as_doctor_does()
    {
        Directory.CreateDirectory(_directory.File("proc"));
        Write("proc/kallsyms", "0000000000000000 t kprobe_dispatcher\n");
        File.Delete(_directory.File("dynamic_events"));

        var tried = Select(Btf);
        var planned = Selector(Btf).Select(Parts.Require);

        Assert.Equal(ProbeKind.Tracepoint, tried.Drops.Kind);
        Assert.Contains("no interface, namespace or flow: this kernel was built without event probes (CONFIG_EPROBE_EVENTS); --probe kprobe shows them here", tried.Sight, StringComparison.Ordinal);
        Assert.Equal(planned.Sight, tried.Sight);
    }

    [Theory]
    [InlineData(ProbeKind.Eprobe, PacketBytes.Headers, "It shows function, reason, stack, interface, namespace and flow of each drop")]
    [InlineData(ProbeKind.Eprobe, PacketBytes.None, "It shows function, reason, stack, interface and namespace of each drop, but no flow: --packets none leaves headers out")]
    [InlineData(ProbeKind.Tracepoint, PacketBytes.Headers,
        "It shows function, reason and stack of each drop, but no interface, namespace or flow: the tracepoint does not have them")]
    [InlineData(ProbeKind.Function, PacketBytes.Headers,
        "It shows function of each hit, but no interface, namespace, flow or stack: the function tracer sees no arguments")]
    internal void A_probe_says_in_a_sentence_what_it_shows_and_what_not(ProbeKind kind, PacketBytes packets, string sentence) =>
        Assert.Equal(sentence, Plan(kind, new() { Packets = packets }).Sight);

    [Theory]
    [InlineData("reason NO_SOKET")]
    [InlineData("interface br0 or not reason NO_SOKET")]
    public void A_reason_that_this_kernel_does_not_have_is_refused_in_each_expression(string words)
    {
        foreach (CaptureOptions options in (CaptureOptions[])[Options(new()) with { Follow = FollowedPackets.Parse(words) }, Options(new()) with { Filter = DropFilter.Parse(words) }])
        {
            var error = Assert.Throws<UserError>(() => new ProbePlanner(_directory.FullName, Btf, options).Plan(ProbeKind.Eprobe));
            Assert.Equal((ExitCode.Usage, "Did you mean NO_SOCKET?"), (error.ExitCode, error.Remedy));
        }
    }

    public void Dispose() => _directory.Dispose();

    private KernelParts Parts => new(new HostRoot(_directory.FullName));

    private ProbeSelector Selector(HostBtf btf) => new(_directory.FullName, btf, Options(new()), Parts);

    private ProbePlan Select(HostBtf btf) => Selector(btf).Select(plan => plan.Drops.Define(_directory.FullName, _journal));

    private static (string?, string)? Counted(ProbePlan plan) => plan.Drops.CountedBy is { } counted ? (counted.Directory, counted.Filter) : null;

    private ProbePlan Plan(ProbeKind kind, Wanted? wanted = null) => new ProbePlanner(_directory.FullName, Btf, Options(wanted ?? new())).Plan(kind);

    private static CaptureOptions Options(Wanted wanted) => new()
    {
        Duration = TimeSpan.FromSeconds(1),
        Output = "x.db",
        Packets = wanted.Packets,
        Interface = wanted.Interface,
        Function = wanted.Function,
        OnlyReasons = wanted.OnlyReasons,
        ExceptReasons = wanted.ExceptReasons,
        Owner = wanted.Owner,
        Probe = wanted.Probe,
        MaxDrops = 1000,
        Filter = wanted.Filter is { } filter ? DropFilter.Parse(filter) : null,
    };

    private static string Group(ProbePlan plan) => plan.Drops.Id.Split(':')[0];

    private void Write(string path, string text)
    {
        var file = _directory.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);   // it is below the scratch directory
        File.WriteAllText(file, text);
    }

    private sealed record Wanted
    {
        public PacketBytes Packets { get; init; }
        public string? Interface { get; init; }
        public string? Function { get; init; }
        public string[] OnlyReasons { get; init; } = [];
        public string[] ExceptReasons { get; init; } = [];
        public bool Owner { get; init; } = true;
        public string? Filter { get; init; }
        public ProbeKind? Probe { get; init; }
    }
}
