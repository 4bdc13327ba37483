"""Faults that are in how the host is set up, so that its state explains them: what findings must say of it stands in evidence.tsv. Made like causes.py."""
import ctypes
import socket
import struct
import time

from causes import SENT, bpf, router, sink, to_far
from traffic import HOST4, HOST_MAC, PEER4, Peer, frames, ip, ip6, nft, scenario, send_udp, sh, udp


def tcx(link):
    """Attaches a program that drops what comes in, for as long as this process lives: BPF_PROG_LOAD, and BPF_LINK_CREATE with BPF_TCX_INGRESS."""
    code = ctypes.create_string_buffer(struct.pack("<BBhi", 0xb7, 0, 0, 2) + struct.pack("<BBhi", 0x95, 0, 0, 0))
    licence = ctypes.create_string_buffer(b"GPL")
    program = bpf(5, struct.pack("<IIQQ", 3, 2, ctypes.addressof(code), ctypes.addressof(licence)).ljust(48, b"\0"))
    return bpf(28, struct.pack("<IIII", program, socket.if_nametoindex(link), 46, 0).ljust(64, b"\0"))


@scenario(lambda: (router(), sh("echo 0 > /proc/sys/net/ipv4/ip_forward")))
def state_forwarding_off():
    frames(to_far() for _ in range(SENT))


@scenario(lambda: (router(), sh("echo 1 > /proc/sys/net/ipv4/conf/v-host/rp_filter")))
def state_rp_filter():
    frames(to_far(src="10.9.1.50") for _ in range(SENT))


@scenario(lambda: (router(), sh("echo 2 > /proc/sys/net/ipv4/conf/v-host/rp_filter")))
def state_rp_filter_loose():
    """The route back leads elsewhere, which loose filtering allows: these reach a closed port, as they should."""
    frames(ip(udp(9), 17, src="10.9.1.50") for _ in range(SENT))


@scenario(lambda: (sh("echo 1 > /proc/sys/net/ipv4/conf/v-host/rp_filter; ip rule add fwmark 7 lookup 77; ip route add 10.8.0.0/24 dev v-host table 77"),
                   nft("table inet t { chain c { type filter hook prerouting priority mangle; meta mark set 7; }; }")))
def state_rp_filter_mark():
    frames(ip(udp(9), 17, src="10.8.0.5") for _ in range(SENT))


@scenario(lambda: router(1300))
def state_mtu():
    frames(ip(udp(9, b"x" * 1350), 17, dst="10.9.1.2", flags=0x4000) for _ in range(SENT))


@scenario(router)
def state_neighbour():
    frames(ip(udp(9), 17, dst="10.9.1.77") for _ in range(SENT))
    time.sleep(4)  # three unanswered questions, a second apart, are the kernel's own pace


@scenario(lambda: (router(), sh("tc qdisc add dev w-host root netem loss 30%")))
def state_netem():
    with sink("10.9.1.2", 9, "far"):
        frames(to_far() for _ in range(5 * SENT))


@scenario(lambda: (router(), sh("tc qdisc add dev w-host root handle 1: tbf rate 80kbit burst 2000 latency 10s; tc qdisc add dev w-host parent 1: pfifo limit 5")))
def state_qdisc_limit():
    with sink("10.9.1.2", 9, "far"):
        frames(ip(udp(9, b"x" * 400), 17, dst="10.9.1.2") for _ in range(SENT))
        time.sleep(1)  # what is queued leaves at the queue's own pace


KEPT = []  # sockets that the agent finds open when it has ended


def receiver():
    KEPT.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    KEPT[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    KEPT[0].bind(("127.0.0.1", 5353))


@scenario(receiver)
def state_receive_buffer():
    send_udp("127.0.0.1", 5353, 80, 800)


def listener():
    KEPT.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    KEPT[0].bind((HOST4, 8081))
    KEPT[0].listen(1)


@scenario(listener)
def state_listen_backlog():
    with Peer():
        for _ in range(SENT):
            KEPT.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            KEPT[-1].setblocking(False)
            KEPT[-1].connect_ex((HOST4, 8081))
    time.sleep(1)  # the handshakes' own pace


@scenario(lambda: nft("table inet t { chain c { type filter hook input priority 0; udp dport 7777 counter drop; udp dport 7778 counter drop; }; }"))
def state_nft_counter():
    with Peer():
        send_udp(HOST4, 7777, SENT)


@scenario(lambda: tcx("v-host"))
def state_tcx():
    frames(ip(udp(7777), 17) for _ in range(SENT))


@scenario(lambda: sh("tc qdisc add dev v-host clsact; tc filter add dev v-host ingress protocol ip flower ip_proto udp dst_port 7777 action drop"))
def state_tc_filter():
    frames(ip(udp(7777), 17) for _ in range(SENT))


@scenario(lambda: sh("ip -n peer link set v-peer down"))
def state_peer_down():
    send_udp(PEER4, 9, SENT)


@scenario(lambda: (sh("ip addr add fd09::2/64 dev v-host"), time.sleep(3)))  # as long as the kernel asks whether somebody has the address
def state_duplicate_address():
    frames((ip6(udp(9), 17, src="fd09::3", dst="fd09::2") for _ in range(SENT)), ethertype=0x86dd, dst=HOST_MAC)
