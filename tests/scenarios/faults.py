"""Known faults that a live kernel makes without modules: see record."""
import ctypes
import socket
import struct
import time

from traffic import HOST4, HOST6, PEER4, Peer, connect, frames, full_buffer, ip, ip6, nft, scenario, send_udp, sh, tcp_pair, udp, unread_unix


@scenario()
def udp_closed_port():
    with Peer():
        send_udp(HOST4, 9, 60)


@scenario()
def tcp_closed_port():
    with Peer():
        connect(HOST4, 9998, 60)


@scenario()
def udp6_closed_port():
    with Peer():
        send_udp(HOST6, 9, 60)


@scenario()
def tcp6_closed_port():
    with Peer():
        connect(HOST6, 9998, 60)


@scenario()
def loopback_closed_port():
    send_udp("127.0.0.1", 9, 60)


@scenario()
def receive_buffer():
    full_buffer(80)


@scenario(lambda: nft("table inet t { chain c { type filter hook input priority 0; udp dport 7777 drop; }; }"))
def nft_input_drop():
    with Peer():
        send_udp(HOST4, 7777, 60)


@scenario(lambda: nft("table inet t { chain c { type filter hook output priority 0; udp dport 7777 drop; }; }"))
def nft_output_drop():
    send_udp(PEER4, 7777, 60)


@scenario(lambda: nft("table inet t { chain c { type filter hook input priority 0; ct state invalid drop; }; }"))
def conntrack_invalid():
    frames(ip(struct.pack("!HHIIHHHH", 40000, 80, 1, 1, 0x5000 | flags, 1000, 0, 0), 6) for flags in [0x03, 0x06, 0x29, 0x00] * 15)


@scenario(lambda: sh("echo 1 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 1 > /proc/sys/net/ipv4/conf/v-host/rp_filter"))
def rp_filter():
    frames(ip(udp(9), 17, src="203.0.113.5") for _ in range(60))


@scenario(lambda: sh("echo 1 > /proc/sys/net/ipv4/ip_forward"))
def no_route():
    frames(ip(udp(9), 17, dst="198.51.100.9") for _ in range(60))


@scenario(lambda: sh("echo 1 > /proc/sys/net/ipv4/ip_forward; ip route add unreachable 198.51.100.0/24"))
def unreachable_route():
    frames(ip(udp(9), 17, dst="198.51.100.9") for _ in range(60))


def second_link(mtu=1500):
    sh(f"echo 1 > /proc/sys/net/ipv4/ip_forward; ip link add w-host mtu {mtu} type veth peer name w-far; ip addr add 10.9.1.1/24 dev w-host; "
       "ip link set w-host up; ip link set w-far up; ip neigh add 10.9.1.2 lladdr 02:00:00:00:09:09 dev w-host nud permanent")


@scenario(second_link)
def ttl_expires():
    frames(ip(udp(33434), 17, dst="10.9.1.2", ttl=1) for _ in range(60))


@scenario(lambda: second_link(1000))
def mtu():
    frames(ip(udp(9, b"x" * 1300), 17, dst="10.9.1.2", flags=0x4000) for _ in range(60))


@scenario()
def neighbour_silent():
    with Peer():
        send_udp("10.9.0.77", 9, 30)
        time.sleep(4)  # three unanswered questions, a second apart, are the kernel's own pace


@scenario()
def udp_checksum():
    frames(ip(udp(9, csum=0x1234), 17) for _ in range(60))


@scenario()
def ip_checksum():
    frames(ip(udp(9), 17, wrong=0x5555) for _ in range(60))


@scenario()
def icmp_checksum():
    frames(ip(struct.pack("!BBHHH", 8, 0, 0x1234, 1, 1) + b"x" * 24, 1) for _ in range(60))


@scenario()
def tcp_checksum():
    frames(ip(struct.pack("!HHIIHHHH", 40000, 80, 1, 0, 0x5002, 1000, 0x1234, 0), 6) for _ in range(60))


@scenario(lambda: sh("tc qdisc add dev v-host root tbf rate 8kbit burst 1600 limit 3000"))
def qdisc_rate():
    send_udp(PEER4, 9, 60, 400)


@scenario()
def unknown_ethertype():
    frames((b"a protocol of nobody" for _ in range(60)), ethertype=0x88b5)


@scenario()
def unknown_ip_protocol():
    frames(ip(b"x" * 32, 253) for _ in range(60))


@scenario(lambda: sh("ip link set v-host promisc on"))
def other_host():
    frames((ip(udp(9), 17, dst="10.9.0.50") for _ in range(60)), dst="02:00:00:00:09:50")


@scenario(lambda: sh("echo 1 > /proc/sys/net/ipv4/ipfrag_time"))
def fragments_incomplete():
    frames(ip(udp(9, b"x" * 32, length=1000), 17, flags=0x2000, ident=n) for n in range(1, 61))
    time.sleep(2.5)  # reassembly gives up after a second


@scenario()
def multicast_source():
    frames(ip(udp(9), 17, src="224.0.0.5") for _ in range(60))


@scenario()
def udp_too_short():
    frames(ip(udp(9, length=4), 17) for _ in range(60))


@scenario()
def listen_overflow():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((HOST4, 8081))
        listener.listen(1)
        clients = []
        with Peer():
            for _ in range(60):
                s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                s.setblocking(False)
                s.connect_ex((HOST4, 8081))
                clients.append(s)
        for s in clients:
            s.close()


@scenario()
def tcp_data_after_close():
    for _ in range(40):
        client, server = tcp_pair()
        server.close()
        try:
            client.send(b"too late")
        except OSError:
            pass
        client.close()


@scenario()
def socket_closed_unread():
    for _ in range(40):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
            receiver.bind(("127.0.0.1", 5353))
            send_udp("127.0.0.1", 5353, 2)


@scenario()
def socket_filter():
    instruction = struct.pack("HBBI", 0x06, 0, 0, 0)  # return 0: take nothing
    code = ctypes.create_string_buffer(instruction)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 5354))
        s.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HL", 1, ctypes.addressof(code)))  # SO_ATTACH_FILTER
        send_udp("127.0.0.1", 5354, 60)


@scenario(lambda: sh("echo 1 > /proc/sys/net/ipv6/conf/v-host/disable_ipv6"))
def ipv6_disabled():
    frames((ip6(udp(9), 17) for _ in range(60)), ethertype=0x86dd)


@scenario()
def unix_unread():
    unread_unix(60)


@scenario()
def burst():
    with Peer():
        for part in range(40):
            send_udp(HOST4, 9, 1)
            if part == 25:
                send_udp(HOST4, 9, 120)
            time.sleep(0.1)  # the calm around it


@scenario()
def periodic():
    with Peer():
        start = time.monotonic()
        for beat in range(8):
            time.sleep(max(0.0, start + beat * 0.5 - time.monotonic()))  # the rhythm itself
            send_udp(HOST4, 9, 20)


@scenario()
def mixed_buffer_and_port():
    full_buffer(80)
    with Peer():
        send_udp(HOST4, 9, 120)


@scenario(lambda: nft("table inet t { chain c { type filter hook input priority 0; udp dport 7777 drop; }; }"))
def mixed_noise_and_firewall():
    unread_unix(100)
    with Peer():
        send_udp(HOST4, 7777, 60)


@scenario()
def mixed_benign():
    frames((b"a protocol of nobody" for _ in range(60)), ethertype=0x88b5)
    unread_unix(100)
