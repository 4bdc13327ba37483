"""Causes that need modules: XDP, IPsec, bridges, bonds, multicast, connection tracking, tunnels and what a router sends on. See boot.

Beside many stands a twin: something of the same kind that is nobody's loss, or is meant to be so. A list, so longer than other files.
"""
import contextlib
import ctypes
import socket
import struct
import time

from traffic import HOST4, HOST6, HOST_MAC, PEER4, PEER_MAC, Peer, frames, ip, ip6, nft, scenario, send_udp, sh, udp

FAR4, FAR6, FAR_MAC, OUT_MAC = "10.9.1.2", "fd19::2", "02:00:00:00:09:12", "02:00:00:00:09:11"
SENT = 60


@contextlib.contextmanager
def sink(address, port, namespace=None):
    """A socket that takes what is sent to it, so that only what should be dropped is."""
    with Peer(namespace) if namespace else contextlib.nullcontext():
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        s.bind((address, port))
    with s:
        yield s


def router(mtu=1500):
    """This host forwards between the peer and a namespace "far" behind w-host."""
    sh("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding; "
       f"ip netns add far; ip link add w-host address {OUT_MAC} mtu {mtu} type veth peer name w-far address {FAR_MAC} netns far; "
       "ip addr add 10.9.1.1/24 dev w-host; ip addr add fd19::1/64 dev w-host nodad; ip link set w-host up; "
       f"ip -n far addr add {FAR4}/24 dev w-far; ip -n far addr add {FAR6}/64 dev w-far nodad; ip -n far link set w-far up; ip -n far link set lo up; "
       f"ip neigh replace {FAR4} lladdr {FAR_MAC} dev w-host; ip -6 neigh replace {FAR6} lladdr {FAR_MAC} dev w-host; "
       f"ip -n far neigh replace 10.9.1.1 lladdr {OUT_MAC} dev w-far; ip -n far -6 neigh replace fd19::1 lladdr {OUT_MAC} dev w-far; "
       f"ip -n far route add default via 10.9.1.1; ip -n far -6 route add default via fd19::1; "
       f"ip -n peer route add default via {HOST4}; ip -n peer -6 route add default via {HOST6}")


def to_far(**how):
    return ip(udp(9), 17, dst=FAR4, **how)


# -------------------------------------------------------------------------------------------------------------------- XDP

XDP_DROP, XDP_PASS, GENERIC, NATIVE = 1, 2, 2, 4


def xdp(link, verdict, mode):
    """Attaches a program of one verdict for as long as this process lives: bpf(2) with BPF_PROG_LOAD and BPF_LINK_CREATE."""
    code = ctypes.create_string_buffer(struct.pack("<BBhi", 0xb7, 0, 0, verdict) + struct.pack("<BBhi", 0x95, 0, 0, 0))
    licence = ctypes.create_string_buffer(b"GPL")
    program = bpf(5, struct.pack("<IIQQ", 6, 2, ctypes.addressof(code), ctypes.addressof(licence)).ljust(48, b"\0"))
    return bpf(28, struct.pack("<IIII", program, socket.if_nametoindex(link), 37, mode).ljust(64, b"\0"))


def bpf(command, attributes):
    room = ctypes.create_string_buffer(attributes, len(attributes))
    done = ctypes.CDLL(None, use_errno=True).syscall(321, command, room, len(attributes))
    if done < 0:
        raise OSError(ctypes.get_errno(), f"bpf {command}")
    return done


@scenario(lambda: xdp("v-host", XDP_DROP, GENERIC))
def xdp_generic():
    frames(ip(udp(7777), 17) for _ in range(SENT))


@scenario(lambda: xdp("v-host", XDP_DROP, NATIVE))
def xdp_native():
    frames(ip(udp(7777), 17) for _ in range(SENT))


@scenario(lambda: xdp("v-host", XDP_PASS, NATIVE))
def xdp_passes():
    frames(ip(udp(9), 17) for _ in range(SENT))


# ------------------------------------------------------------------------------------------------------------------ IPsec

KEYS = "auth 'hmac(sha256)' 0x" + "11" * 32 + " enc 'cbc(aes)' 0x" + "22" * 16
STATE = f"state add src {PEER4} dst {HOST4} proto esp spi 0x100 reqid 1 mode transport replay-window 32 {KEYS}"
POLICY = f"policy add src {PEER4} dst {HOST4} dir %s tmpl proto esp reqid %d mode transport"


def ipsec(reqid=1):
    sh(f"ip xfrm {STATE}; ip xfrm {POLICY % ('in', reqid)}; ip -n peer xfrm {STATE}; ip -n peer xfrm {POLICY % ('out', 1)}")


@scenario(lambda: sh("modprobe esp4"))
def ipsec_unknown_spi():
    frames(ip(struct.pack("!II", 0x4711, n) + bytes(48), 50) for n in range(SENT))


@scenario(lambda: sh(f"ip xfrm {POLICY % ('in', 1)}"))
def ipsec_in_the_clear():
    with sink(HOST4, 7777):
        frames(ip(udp(7777), 17) for _ in range(SENT))


@scenario(lambda: ipsec(reqid=2))
def ipsec_template():
    with sink(HOST4, 7777), Peer():
        send_udp(HOST4, 7777, SENT)


@scenario(ipsec)
def ipsec_replay():
    with sink(HOST4, 7777), socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800)) as seen:
        seen.bind(("v-host", 0x0800))
        with Peer():
            send_udp(HOST4, 7777, 1)
        packet = seen.recv(2048)
        frames(packet for _ in range(SENT))


@scenario(ipsec)
def ipsec_closed_port():
    with Peer():
        send_udp(HOST4, 9, SENT)


@scenario(lambda: (router(), sh(f"ip xfrm policy add src {PEER4} dst {FAR4} dir fwd action block")))
def ipsec_blocks():
    frames(to_far() for _ in range(SENT))


# ----------------------------------------------------------------------------------------------------------------- bridge

def bridge(options="", ports=""):
    router()
    sh(f"ip addr flush dev v-host; ip addr flush dev w-host; ip link add br0 type bridge {options}; ip link set br0 up; "
       f"ip link set v-host master br0; ip link set w-host master br0; {ports}")


@scenario(lambda: bridge("vlan_filtering 1"))
def bridge_vlan():
    frames((struct.pack("!HH", 30, 0x0800) + to_far() for _ in range(SENT)), ethertype=0x8100, dst=FAR_MAC)


@scenario(lambda: bridge("stp_state 1 forward_delay 3000"))
def bridge_stp():
    frames((to_far() for _ in range(SENT)), dst=FAR_MAC)


@scenario(bridge)
def bridge_same_port():
    frames([to_far()], dst="02:00:00:00:09:bb", src="02:00:00:00:09:aa")
    frames((to_far() for _ in range(SENT)), dst="02:00:00:00:09:aa", src="02:00:00:00:09:bb")


@scenario(lambda: bridge(ports="bridge link set dev w-host flood off"))
def bridge_no_flood():
    frames((to_far() for _ in range(SENT)), dst="02:00:00:00:09:cc")


@scenario(bridge)
def bridge_pause():
    frames((struct.pack("!HH", 1, 0xffff) for _ in range(SENT)), ethertype=0x8808, dst="01:80:c2:00:00:01")


# ------------------------------------------------------------------------------------------------------------------- bond

def bond():
    sh("ip netns add far; ip link add bond0 type bond mode active-backup miimon 100; "
       "for m in m0 m1; do ip link add $m type veth peer name f-$m netns far; ip link set $m master bond0; ip -n far link set f-$m up; done; "
       "ip addr add 10.9.2.1/24 dev bond0; ip link set bond0 up; sleep 1; ip neigh replace 10.9.2.2 lladdr 02:00:00:00:09:22 dev bond0")


@scenario(lambda: (bond(), sh("ip -n far link set f-m0 down; ip -n far link set f-m1 down; sleep 2")))
def bond_no_member():
    send_udp("10.9.2.2", 9, SENT)


@scenario(bond)
def bond_backup_arp():
    request = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + bytes.fromhex("020000000922") + socket.inet_aton("10.9.2.2") + bytes(6) + socket.inet_aton("10.9.2.9")
    frames((request for _ in range(SENT)), ethertype=0x0806, dst="ff:ff:ff:ff:ff:ff", link="f-m1", namespace="far")


# -------------------------------------------------------------------------------------------------------------- multicast

GROUP, GROUP_MAC = "239.9.9.9", "01:00:5e:09:09:09"


@scenario()
def mcast_full():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(HOST4))
        s.bind((GROUP, 5000))
        frames((ip(udp(5000, b"x" * 400), 17, dst=GROUP) for _ in range(SENT)), dst=GROUP_MAC)


@scenario()
def mcast_other_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(HOST4))
        s.bind((GROUP, 5000))
        frames((ip(udp(5001), 17, dst=GROUP) for _ in range(SENT)), dst=GROUP_MAC)


@scenario()
def mcast6():
    frames((ip6(udp(5353), 17, src="fe80::9", dst="ff02::fb") for _ in range(SENT)), ethertype=0x86dd, dst="33:33:00:00:00:fb")


# ---------------------------------------------------------------------------------------------------- connection tracking

def table_of(entries):
    sh(f"nsenter -t 1 -n -m sysctl -qw net.netfilter.nf_conntrack_max={entries}")


@scenario(lambda: (router(), nft("table ip t { chain c { type filter hook forward priority 0; ct state new counter; }; }"), table_of(10)))
def ct_full_router():
    try:
        with sink(FAR4, 9, "far"):
            frames(ip(struct.pack("!HHHH", 40000 + n, 9, 16, 0) + b"x" * 8, 17, dst=FAR4) for n in range(SENT))
    finally:
        table_of(65536)


@scenario(lambda: nft("table ip t { chain c { type filter hook input priority 0; ct state established accept; udp dport 7777 drop; }; }"))
def ct_and_rule():
    frames(ip(udp(7777), 17) for _ in range(SENT))


@scenario(lambda: (router(), nft("table ip n { chain c { type nat hook postrouting priority 100; oifname w-host udp dport 9 masquerade to :5000; }; }")))
def nat_exhausted():
    with sink(FAR4, 9, "far"):
        frames(ip(struct.pack("!HHHH", 40000 + n, 9, 16, 0) + b"x" * 8, 17, dst=FAR4) for n in range(SENT))


# ---------------------------------------------------------------------------------------------------------------- tunnels

VXLAN = "ip link add vx0 type vxlan id 42 dstport 4789 %s; ip addr add 10.9.3.1/24 dev vx0; ip link set vx0 up"
INNER = bytes.fromhex("020000000931020000000932")


def encapsulated(vni, port, inner=b""):
    """VXLAN, or GENEVE by its port."""
    frame = INNER + struct.pack("!H", 0x0800) + (inner or ip(udp(9), 17, src="10.9.3.2", dst="10.9.3.1"))
    head = struct.pack("!II", 0x08000000, vni << 8) if port == 4789 else struct.pack("!BBHI", 0, 0, 0x6558, vni << 8)
    return ip(udp(port, head + frame), 17)


@scenario(lambda: sh(VXLAN % f"local {HOST4}"))
def vxlan_vni():
    frames(encapsulated(43, 4789) for _ in range(SENT))


@scenario(lambda: sh(VXLAN % f"group 239.1.1.1 dev v-host"))
def vxlan_group():
    payload = encapsulated(43, 4789)[20:]
    frames((ip(payload, 17, dst="239.1.1.1") for _ in range(SENT)), dst="01:00:5e:01:01:01")


@scenario(lambda: sh(VXLAN % f"local {HOST4}" + "; ip neigh replace 10.9.3.2 lladdr 02:00:00:00:09:32 dev vx0"))
def vxlan_no_remote():
    send_udp("10.9.3.2", 9, SENT)


@scenario(lambda: sh(VXLAN % f"local {HOST4}" + "; ip route add 224.0.0.0/4 dev vx0"))
def vxlan_own_multicast():
    send_udp("224.0.0.251", 5353, SENT)


@scenario(lambda: sh(VXLAN % f"local {HOST4} remote {PEER4}" + "; ip link set vx0 address 02:00:00:00:09:31"))
def vxlan_closed_port():
    frames(encapsulated(42, 4789) for _ in range(SENT))


@scenario(lambda: sh(f"ip link add gn0 type geneve id 42 remote {PEER4}; ip link set gn0 up"))
def geneve_vni():
    frames(encapsulated(43, 6081) for _ in range(SENT))


@scenario(lambda: sh(f"ip tunnel add g0 mode gre local {HOST4} remote {PEER4} key 1; ip link set g0 up"))
def gre_key():
    frames(ip(struct.pack("!HHI", 0x2000, 0x0800, 2) + ip(udp(9), 17), 47) for _ in range(SENT))


@scenario(lambda: sh(f"ip tunnel add t0 mode ipip local {HOST4} remote 10.9.0.77; ip link set t0 up"))
def ipip_stranger():
    frames(ip(ip(udp(9), 17), 4) for _ in range(SENT))


@scenario(lambda: sh("ip link add wg0 type wireguard; ip addr add 10.9.4.1/24 dev wg0; ip link set wg0 up"))
def wireguard_no_peer():
    send_udp("10.9.4.2", 9, SENT)


@scenario(lambda: sh("ip link add wg0 type wireguard; ip addr add 10.9.4.1/24 dev wg0; ip link set wg0 up; ip route add 224.0.0.0/4 dev wg0"))
def wireguard_own_multicast():
    send_udp("224.0.0.251", 5353, SENT)


@scenario(lambda: sh("ip link add a0 type veth peer name a1; ip addr add 10.9.5.1/24 dev a0; ip link set a0 up; ip route add 224.0.0.0/4 dev a0; sleep 1"))
def no_carrier_multicast():
    send_udp("224.0.0.251", 5353, SENT)


# ----------------------------------------------------------------------------------------------------- a router's way out

@scenario(lambda: router(1280))
def fwd6_mtu():
    frames((ip6(udp(9, b"x" * 1350), 17, dst=FAR6) for _ in range(SENT)), ethertype=0x86dd)


@scenario(lambda: router(1300))
def fwd_mtu_learned():
    with Peer("far"):
        listener = socket.create_server((FAR4, 8080))
    with listener:
        for _ in range(4):
            with Peer():
                client = socket.create_connection((FAR4, 8080))
            server, _ = listener.accept()
            client.sendall(b"x" * 8000)
            client.shutdown(socket.SHUT_WR)
            while server.recv(65536):
                pass
            server.close()
            client.close()
            sh("ip -n peer route flush cache")


@scenario(router)
def fwd_neighbour():
    frames(ip(udp(9), 17, dst="10.9.1.77") for _ in range(SENT))
    time.sleep(4)  # three unanswered questions, a second apart, are the kernel's own pace


@scenario(router)
def fwd6_ttl():
    frames((ip6(udp(33434), 17, dst=FAR6, hops=1) for _ in range(SENT)), ethertype=0x86dd)


@scenario(router)
def fwd_traceroute():
    frames(ip(udp(33434 + n), 17, dst=FAR4, ttl=1) for n in range(3))


@scenario(router)
def fwd6_no_route():
    frames((ip6(udp(9), 17, dst="2001:db8::9") for _ in range(SENT)), ethertype=0x86dd)


@scenario(lambda: (router(), sh("tc qdisc add dev w-host root netem loss 100%")))
def fwd_netem():
    frames(to_far() for _ in range(SENT))


@scenario(lambda: (router(), sh("tc qdisc add dev w-host root handle 1: tbf rate 400kbit burst 2000 latency 10s; tc qdisc add dev w-host parent 1: codel target 1ms interval 5ms")))
def fwd_codel():
    with sink(FAR4, 9, "far"):
        frames(ip(udp(9, b"x" * 400), 17, dst=FAR4) for _ in range(200))
        time.sleep(3)  # the queue's own pace: 88 kB at 400 kbit/s, and what is dropped is dropped on the way out


@scenario(lambda: (router(), sh("echo 1 > /proc/sys/net/ipv4/conf/v-host/rp_filter")))
def fwd_rp_filter():
    frames(to_far(src="10.9.1.50") for _ in range(SENT))


@scenario(lambda: sh("echo 1 > /proc/sys/net/ipv4/conf/v-host/rp_filter"))
def rp_filter_multicast():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(HOST4))
        frames((ip(udp(5000), 17, src="192.168.7.7", dst=GROUP) for _ in range(SENT)), dst=GROUP_MAC)


@scenario(lambda: sh("tc qdisc add dev v-host clsact; tc filter add dev v-host ingress matchall action police rate 8kbit burst 1000 conform-exceed drop"))
def tc_policer():
    with sink(HOST4, 7777):
        frames(ip(udp(7777), 17) for _ in range(SENT))
