using DropForensics.Capture.State;
using DropForensics.Core.Procfs;

namespace DropForensics.Tests.Analyze.Redact;

/// <summary>The host's state with names in it that no redacted capture may have.</summary>
internal static class PlantedState
{
    /// <summary>Every artifact of the host's state, as the agent writes it, with names in each place that can hold one.</summary>
    public static IEnumerable<(long Netns, string Path, string Content)> Files()
    {
        const long Netns = 4026531840;
        yield return (Netns, "sockets.tsv", "protocol\tstate\tlocal\tport\tpeer\tpeer_port\tifindex\trecv_q\tsend_q\trmem\trcvbuf\tdrops\tv6only\tuid\tinode\tcgroup\tpid\tcomm\n"
            + "udp\tUNCONN\t203.0.113.77\t53\t198.18.7.77\t9\t2\t0\t0\t0\t8448\t5\t-\t31077\t9\t1\t257\tplantcomm\nudp6\tUNCONN\t2001:db8:77:dead::beef\t53\t-\t-\t2\t0\t0\t0\t8448\t5\t-\t31077\t9\t1\t257\tplantcomm\n# PLANTED remark\nPLANTED\trow\n");
        yield return (Netns, "links.tsv", string.Join('\t', LinkTable.Columns) + "\n"
            + "plantif0\t2\tup\t1\tup\t1500\t1000\tfq\t-\tplantif0\tplantif0\t77\t02:4a:77:77:77:01\t0\t1\t1\t2\tgeneric 31077\t7\nplantif0\t3\tup\t1\tup\t1500\t1000\tfq\tveth\t-\tindex 31\t77\t02:4a:77:77:77:01\t0\t1\t1\t2\t-\tunknown\nplantif0\t4\tup\t1\tup\t1500\t1000\tfq\tveth\t-\tindex PLANTED\t77\t-\t0\t1\t1\t2\t-\tPLANTED\n");
        yield return (Netns, "firewall.tsv", "kind\tfamily\ttable\tchain\trule\thook\tpriority\tpolicy\tpackets\tbytes\tverdict\ttext\nnft\tinet\tplanttable\tplantchain\t-\tinput\t0\tdrop\t-\t-\t-\t-\n"
            + "nft\tinet\tplanttable\tplantchain\t7\t-\t-\t-\t5\t500\tdrop\tip saddr 203.0.113.77 counter drop comment \"plantrule\"\niptables\tip\tfilter\tplantjump\t1\t-\t-\t-\t5\t500\tjump plantchain\t-s 203.0.113.77 -j plantchain\n");
        yield return (Netns, "qdiscs.tsv", "interface\tkind\thandle\tparent\tlimit\tsent\tbytes\tdrops\toverlimits\trequeues\tqlen\tbacklog\tloss\nplantif0\tnetem\t1:\troot\t-\t1\t2\t3\t4\t5\t6\t7\t12.5\nplantif0\tnetem\t2:\troot\t-\t1\t2\t3\t4\t5\t6\t7\tPLANTED\n");
        yield return (Netns, "classes.tsv", "interface\tkind\thandle\tparent\tlimit\tsent\tbytes\tdrops\toverlimits\trequeues\tqlen\tbacklog\nplantif0\thtb\t1:10\t1:\t-\t1\t2\t3\t4\t5\t6\t7\n");
        yield return (Netns, "filters.tsv", "interface\tparent\tpriority\tprotocol\tchain\tkind\thandle\twhat\taction\tindex\tverdict\tpackets\tbytes\tdrops\n"
            + "plantif0\tingress\t5\tip\t0\tflower\t0x1\tsrc_ip 203.0.113.77\tgact\t1\tdrop\t1\t2\t3\nplantif0\tegress\t6\tall\t0\tbpf\t0x1\tplantprogram id 31077\t-\t-\tby the program\t-\t-\t-\n");
        yield return (Netns, "tcx.tsv", "interface\tdirection\tprogram\nplantif0\tingress\t31077\n");
        yield return (Netns, "devlink.tsv", "device\tport\tkind\tname\tstate\terrors\trecovered\tpackets\tbytes\tdrops\npci/PLANTED\t1\thealth\ttx\terror\t3\t2\t-\t-\t-\n");
        yield return (0, "/proc/sys", "vm.min_free_kbytes = 31077\n");
        yield return (Netns, "ethtool.tsv", "interface\tkind\tname\tvalue\nplantif0\tdriver\tdriver\te1000\nplantif0\tdriver\tfirmware\tPLANTED 1.0\nplantif0\tstatistic\trx_missed_errors\t7\n");
        yield return (Netns, "routes.tsv", "family\tdestination\tinterface\ninet\t203.0.113.77/32\tplantif0\n");
        yield return (Netns, "rules.tsv", "family\tfrom\tiif\ninet\t203.0.113.77\tplantif0\n");
        yield return (Netns, "neighbours.tsv", "address\tinterface\thardware\n203.0.113.77\tplantif0\t02:4a:77:77:77:01\n");
        yield return (Netns, "addresses.tsv", "interface\taddress\nplantif0\t203.0.113.77/24\n");
        yield return (Netns, "/proc/sys/net", "net.ipv4.conf.plantif0.rp_filter = 1\n");
        yield return (0, CgroupList.Path, "4711 /system.slice/plantgroup.service\n");
        yield return (0, NamespaceUser.ArtifactPath, $"{Netns}\t300\tplantcomm\t/system.slice/plantgroup.service\n");
        yield return (0, "/proc/interrupts", " 38: 0 1 PCI-MSIX plantif0-rx-0\n");
        yield return (0, "irqs.tsv", "irq\tname\n38\tplantif0-rx-0\n");
        yield return (0, "queues.tsv", "interface\tqueue\nplantif0\trx-0\n");
        yield return (0, "/proc/cmdline", "ip=203.0.113.77 hostname=plant-host\n");
        yield return (0, "/etc/os-release", "PRETTY_NAME=PLANTED\n");
        yield return (0, "/sys/class/dmi/id/product_name", "PLANTED\n");
        yield return (0, "build-ids.tsv", "module\tbuild_id\nplantsecret\tabab\n");
        yield return (0, "missing.tsv", "file\tnetns\twhy\nPLANTED\t-\tPLANTED\n");
        yield return (0, "/proc/net/sockstat", "PLANTED\n");
        yield return (0, "/proc/softirqs", "PLANTED\n");
        yield return (0, "/proc/uptime", "PLANTED\n");
    }
}
