using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>Which rule dropped a packet: real rules of nftables, beside what the program nft says of them.</summary>
[Collection(LiveCollection.Name)]
public sealed partial class FirewallTests : IDisposable
{
    private const string Rules =
        """
        table inet fw {
          set bad { type ipv4_addr; elements = { 192.0.2.66 } }
          chain in {
            type filter hook input priority 0; policy drop;
            ct state established,related accept
            ct state invalid counter drop
            iifname "eth*" tcp dport 22 accept
            iifname != "lo" oif 1 accept
            ip saddr @bad counter drop comment "known bad"
            ip saddr 10.0.0.0/8 udp dport 53 counter accept
            ip daddr 10.1.2.0/23 tcp sport != 80 accept
            ip saddr 172.16.0.0/12 tcp dport 1000-2000 reject
            ip6 saddr fd00::/8 drop
            ip6 daddr fd00::1 icmpv6 type 128 accept
            tcp dport { 80, 443 } counter accept
            icmp type echo-request limit rate 5/second accept
            meta l4proto { icmp, udplite } accept
            udp dport { 300-310, 400 } accept
            iifname vmap { "eth7" : jump extra, "eth8" : drop }
            udp dport 20-29 counter drop
            counter udp dport 50 drop
            jump extra
          }
          chain extra {
            meta mark 0x5 counter drop
            tcp flags syn limit rate over 100/second drop
            ip daddr . tcp dport { 1.2.3.4 . 80 } drop
            meta skuid 33 reject
            tcp dport vmap { 81 : drop, 82 : accept }
            udp dport 31 counter drop
            udp dport 33 log prefix "gone " accept
          }
        }
        table ip other {
          chain out { type filter hook output priority 10; policy accept;
            udp dport 40 counter drop
            ip daddr 127.0.0.9 goto late
          }
          chain late {
            counter
            udp dport 41 drop
          }
          chain post { type nat hook postrouting priority 100; policy accept;
            oifname "eth0" masquerade
          }
        }
        table netdev early {
          chain ing { type filter hook ingress device "lo" priority -500; policy accept;
            ip saddr 203.0.113.0/24 drop
            ether saddr 02:00:00:00:00:01 drop
          }
        }
        """;

    // Loads a program of two instructions, r0 = XDP_DROP; exit, and pins it to a file.
    private const string DropAll =
        """
        #include <linux/bpf.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int main(int argc, char **argv)
        {
            struct bpf_insn code[] = {{ .code = 0xb7, .imm = 1 }, { .code = 0x95 }};
            union bpf_attr attr;
            memset(&attr, 0, sizeof attr);
            attr.prog_type = BPF_PROG_TYPE_XDP;
            attr.insns = (unsigned long)code;
            attr.insn_cnt = 2;
            attr.license = (unsigned long)"GPL";
            int program = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
            memset(&attr, 0, sizeof attr);
            attr.pathname = (unsigned long)argv[argc - 1];
            attr.bpf_fd = program;
            return program < 0 || syscall(SYS_bpf, BPF_OBJ_PIN, &attr, sizeof attr) != 0;
        }
        """;

    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost? _host;

    public FirewallTests()
    {
        Requires.LiveKernel();
        Requires.Program("nft", "nftables");
        _host = new LiveHost();
    }

    private LiveHost Host => _host ?? throw new InvalidOperationException("the constructor skipped");

    public void Dispose()
    {
        _host?.Dispose();   // null where the constructor skipped
        _directory.Dispose();
    }

    [Fact]
    public void Each_rule_is_stored_in_nfts_own_words()
    {
        Load(Rules);
        string[] expected = [.. Rule().Matches(Host.Run("nft", "-a", "list", "ruleset").Output).Select(match => $"{match.Groups["handle"].Value} {AsStored(match.Groups["text"].Value)}")];

        Capture(() => { });

        Assert.True(expected.Length > 25, $"{expected.Length}");
        Assert.Equal(["map drop,jump extra", "map accept,drop"], Stored().Select(row => row.Text("verdict")).Where(verdict => verdict?.StartsWith("map", StringComparison.Ordinal) == true));
        Assert.Equal(expected, Stored().Where(row => row.Text("rule") is not null).Select(row => $"{row.Text("rule")} {AsStored(row.Text("text") ?? "")}"));
        Assert.Equal(
            ["inet fw in input drop", "inet fw extra - -", "ip other out output accept", "ip other late - -", "ip other post postrouting accept", "netdev early ing ingress accept"],
            Stored().Where(row => row.Text("rule") is null).Select(row => $"{row.Text("family")} {row.Text("table")} {row.Text("chain")} {row.Text("hook") ?? "-"} {row.Text("policy") ?? "-"}"));
    }

    [Fact]
    public void Drops_have_the_rule_that_counted_them_and_the_policy_that_nothing_else_explains()
    {
        Load(Rules);

        Capture(() => Host.InNetwork(() =>
        {
            Send("127.0.0.1", 25, 40);   // in, a rule that counts
            Send("127.0.0.1", 31, 7);    // in, in a chain that is jumped to
            Send("127.0.0.1", 40, 11);   // out, a rule that counts
            Send("127.0.0.9", 41, 5);    // out, a rule that does not
        }));

        ReportModel model = MadeCapture.Read(File);
        Finding finding = model.Findings[0];
        Assert.Equal(("policy", 63L), (finding.Id, finding.Drops));
        string[] counted = [.. model.Facts.Host.Firewall.Dropping.Select(rule => $"{rule.Chain.Words} {rule.Counted}: {rule.Text}")];
        Assert.Equal(["`inet fw in` 40: udp dport 20-29 counter drop", "`ip other out` 11: udp dport 40 counter drop", "`inet fw extra` 7: udp dport 31 counter drop"], counted);
        string late = Stored().Single(row => row.Text("text") == "udp dport 41 drop").Text("rule") ?? "";
        Assert.EndsWith($"; 63.5 % by rule `inet fw in handle {Stored().Single(row => row.Text("text") == "udp dport 20-29 counter drop").Text("rule")}`.", finding.Title);
        Assert.Contains(finding.Evidence.Select(EvidenceWords.Of), sentence => sentence
            == $"The other 5 packets dropped at the hook `ip output` met rule `ip other late handle {late}`: `udp dport 41 drop`: of the rules that were listed, nothing else drops there without counting.");
        Assert.DoesNotContain(finding.Evidence.Select(EvidenceWords.Of), sentence => sentence.Contains("ip input", StringComparison.Ordinal));
        Assert.Contains(finding.Checks, check => check.Command.EndsWith("nft -a list chain inet fw in", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("iptables-legacy", "ip", "10.0.0.0/8", "127.0.0.1/32")]
    [InlineData("ip6tables-legacy", "ip6", "fd00::/8", "::1/128")]
    public void Rules_of_iptables_are_stored_in_its_own_words(string program, string family, string net, string host)
    {
        Requires.Program(program, "iptables");
        string[] rules =
        [
            "INPUT -p udp -m udp --dport 9 -j DROP", $"INPUT -s {net} -i eth+ -p tcp -m tcp --dport 22:30 -m comment --comment \"two words\" -j ACCEPT", $"INPUT ! -d {host} ! -i lo -j own",
            "INPUT -p tcp -m multiport --dports 80,443,1000:2000 -j REJECT", "own -m conntrack --ctstate INVALID -j DROP", "own -m mark --mark 0x5/0xff -j LOG", "own -p tcp -m tcp ! --sport 7 -g own2",
            "own -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j DROP", "own -p udp -m multiport ! --ports 5,7 -j ACCEPT", "own -m state --state UNTRACKED -j ACCEPT",
            "own2 -m limit --limit 5/sec -j RETURN", "own2 -m conntrack ! --ctstate RELATED,ESTABLISHED", "OUTPUT -o lo -p udp -m udp --sport 1:1024",
        ];
        Host.Sh($"{program} -N own; {program} -N own2; {program} -P FORWARD DROP\n" + string.Join('\n', rules.Select(rule => $"{program} -A {rule}")));
        string[] expected = [.. Host.Run(program, "-S").Output.Split('\n').Where(line => line.StartsWith("-A ", StringComparison.Ordinal)).Select(line => Options().Replace(line[3..], ""))];

        Capture(() => { });

        TsvRow[] stored = [.. Stored().Where(row => row.Text("family") == family)];
        Assert.Equal(rules.Length, expected.Length);
        Assert.Equal(expected.Order(), stored.Where(row => row.Text("rule") is not null).Select(row => $"{row.Text("chain")} {row.Text("text")}".Trim()).Order());
        Assert.Equal(
            ["INPUT input accept", "FORWARD forward drop", "OUTPUT output accept", "own - -", "own2 - -"],
            stored.Where(row => row.Text("rule") is null).Select(row => $"{row.Text("chain")} {row.Text("hook") ?? "-"} {row.Text("policy") ?? "-"}"));
        Assert.Equal(
            ["drop", "accept", "jump own", "reject", "-", "drop", "-", "goto own2", "drop", "accept", "accept", "return", "-"],
            stored.Where(row => row.Text("rule") is not null).Select(row => row.Text("verdict") ?? "-"));
    }

    [Fact]
    public void A_rule_and_a_policy_of_iptables_have_counted_their_drops()
    {
        Requires.Program("iptables-legacy", "iptables");
        Host.Sh("iptables-legacy -A INPUT -p udp --dport 1:1023 -j DROP; iptables-legacy -A INPUT -p udp --dport 2000 -j ACCEPT; iptables-legacy -P INPUT DROP");

        Capture(() => Host.InNetwork(() =>
        {
            Send("127.0.0.1", 9, 21);
            Send("127.0.0.1", 2001, 5);
        }));

        Finding finding = MadeCapture.Read(File).Findings[0];
        Assert.Equal(("policy", 26L), (finding.Id, finding.Drops));
        Assert.EndsWith("; 80.8 % by rule 1 of `iptables INPUT`.", finding.Title);
        Assert.Equal(
            ["Firewall rule 1 of `iptables INPUT` counted 21 packets during the capture: `-p udp -m udp --dport 1:1023 -j DROP`.",
                "The policy of `iptables INPUT` counted 5 packets during the capture: no rule of the chain decided on them."],
            finding.Evidence.Select(EvidenceWords.Of).Take(2));
        Assert.Contains(finding.Checks, check => check.Command.EndsWith("iptables -t filter -nvxL INPUT --line-numbers", StringComparison.Ordinal));
    }

    [Fact]
    public void An_XDP_program_that_drops_is_named_by_its_interface_and_id()
    {
        Requires.Program("gcc", "gcc");
        Requires.Program("ip", "iproute2");
        System.IO.File.WriteAllText(_directory.File("load.c"), DropAll);
        Assert.Equal(0, Shell.Run("gcc", "-o", _directory.File("load"), _directory.File("load.c")).ExitCode);
        Host.Sh($"mount -t bpf none /sys/fs/bpf; '{_directory.File("load")}' /sys/fs/bpf/all; ip link set dev lo xdpgeneric pinned /sys/fs/bpf/all");
        string id = Id().Match(Host.Run("ip", "-details", "link", "show", "dev", "lo").Output).Groups[1].Value;

        Capture(() => Host.InNetwork(() => Send("127.0.0.1", 9, 12)));

        Finding finding = MadeCapture.Read(File).Findings[0];
        Assert.Equal(("xdp", 12L), (finding.Id, finding.Drops));
        Assert.Matches($@"^`lo` in network namespace \d+ has an XDP program \(generic mode, id {id}\): `bpftool prog show id {id}` names it\.$", EvidenceWords.Of(finding.Evidence[0]));
    }

    [Fact]
    public void A_host_without_rules_has_no_list_of_them()
    {
        Capture(() => { });

        Assert.Empty(Db.Rows<string>(File, "select path from artifact where path = 'firewall.tsv'"));
    }

    private string File => _directory.File("x.db");

    private void Load(string rules)
    {
        System.IO.File.WriteAllText(_directory.File("rules"), rules);
        Host.Sh($"nft -f '{_directory.File("rules")}'");
    }

    private void Capture(Action traffic)
    {
        Finished finished = Agent.Around(Host, traffic, "--duration", "60s", "-o", File);
        Assert.True(finished.ExitCode == 0, finished.ToString());
    }

    private IReadOnlyList<TsvRow> Stored() => new TsvText(System.Text.Encoding.UTF8.GetBytes(
        Db.Scalar<string>(File, "select cast(content as text) from artifact where path = 'firewall.tsv' and phase = 'before'"))).Rows;

    // The sender of what is dropped on its way out is told so.
    private static void Send(string address, int port, int count)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < count; i++)
        {
            try
            {
                socket.SendTo([1], new IPEndPoint(IPAddress.Parse(address), port));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AccessDenied)
            {
            }
        }
    }

    // What the agent leaves out of nft's words: counts, which have columns of their own, members of a rule's own set that are intervals or joined, and how it
    // rejects. The kernel has members in no order.
    private static string AsStored(string text) => Omitted().Replace(Members().Replace(text, match => match.Value.Contains(" . ", StringComparison.Ordinal) || match.Value.Contains('-', StringComparison.Ordinal) ? "{ … }"
        : $"{{ {string.Join(", ", match.Value.Trim('{', '}', ' ').Split(", ").Order(StringComparer.Ordinal))} }}"), "").Replace("mark 0x00000005", "mark 0x5", StringComparison.Ordinal)
        .Replace("oif \"lo\"", "oif 1", StringComparison.Ordinal).Replace("type echo-request accept", "type 128 accept", StringComparison.Ordinal);

    // What iptables adds of targets and matches whose data the agent does not read.
    [GeneratedRegex(@" --reject-with [a-z0-9-]+| --limit [0-9]+/sec")]
    private static partial Regex Options();

    [GeneratedRegex(@"^\t\t(?<text>[^\n]*) # handle (?<handle>[0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex Rule();

    [GeneratedRegex("prog/xdp id ([0-9]+)")]
    private static partial Regex Id();

    [GeneratedRegex(@"\{ [^}]* \}")]
    private static partial Regex Members();

    [GeneratedRegex(@" packets [0-9]+ bytes [0-9]+| burst [0-9]+ packets| with icmpx? [a-z-]+")]
    private static partial Regex Omitted();
}
