"""What the scenarios are made of: namespaces, packets and sockets."""
import ctypes
import os
import socket
import struct
import subprocess
import time

HOST4, PEER4, HOST6, PEER6 = "10.9.0.1", "10.9.0.2", "fd09::1", "fd09::2"
HOST_MAC, PEER_MAC = "02:00:00:00:09:01", "02:00:00:00:09:02"

# Name of each scenario, what sets it up before the window opens, and what makes its drops.
SCENARIOS = {}


def scenario(setup=None):
    def register(function):
        SCENARIOS[function.__name__.replace("_", "-")] = (setup, function)
        return function
    return register


def sh(script):
    subprocess.run(["sh", "-euc", script], check=True, stdout=subprocess.DEVNULL)


class Peer:
    """Code in here runs in the peer's network namespace, or another that was added."""

    def __init__(self, name="peer"):
        self.name = name

    def __enter__(self):
        self.back = os.open("/proc/self/ns/net", os.O_RDONLY)
        setns("/run/netns/" + self.name)

    def __exit__(self, *_):
        libc.setns(self.back, 0)
        os.close(self.back)


libc = ctypes.CDLL(None, use_errno=True)


def setns(path):
    fd = os.open(path, os.O_RDONLY)
    if libc.setns(fd, 0) != 0:
        raise OSError(ctypes.get_errno(), path)
    os.close(fd)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data if len(data) % 2 == 0 else data + b"\0"[:len(data) % 2]))
    total = (total >> 16) + (total & 0xffff)
    return 0xffff - (total + (total >> 16))


def ip(payload, protocol, src=PEER4, dst=HOST4, ttl=64, flags=0, ident=1, wrong=0, length=None):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, length or 20 + len(payload), ident, flags, ttl, protocol, 0, socket.inet_aton(src), socket.inet_aton(dst))
    return head[:10] + struct.pack("!H", checksum(head) ^ wrong) + head[12:] + payload


def udp(dport, data=b"x" * 8, length=None, csum=0):
    return struct.pack("!HHHH", 40000, dport, length or 8 + len(data), csum) + data


def ip6(payload, protocol, src=PEER6, dst=HOST6, hops=64):
    return struct.pack("!IHBB", 0x60000000, len(payload), protocol, hops) + socket.inet_pton(socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst) + payload


def frames(packets, ethertype=0x0800, dst=HOST_MAC, src=PEER_MAC, link="v-peer", namespace="peer"):
    """Puts whole frames onto the peer's end of the pair, or onto another link."""
    mac = [bytes.fromhex(a.replace(":", "")) for a in (dst, src)]
    with Peer(namespace), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((link, 0))
        for packet in packets:
            s.send(mac[0] + mac[1] + struct.pack("!H", ethertype) + packet.ljust(46, b"\0"))


def send_udp(address, port, count, size=8, pause=0.0):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        for _ in range(count):
            try:
                s.sendto(b"x" * size, (address, port))
            except OSError:
                pass  # an ICMP answer to an earlier one
            time.sleep(pause)


def connect(address, port, count, timeout=1.0):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for _ in range(count):
        with socket.socket(family, socket.SOCK_STREAM) as s:
            s.settimeout(timeout)
            try:
                s.connect((address, port))
            except OSError:
                pass


def full_buffer(count):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        receiver.bind(("127.0.0.1", 5353))
        send_udp("127.0.0.1", 5353, count, 800)
        receiver.settimeout(0)
        try:
            while True:
                receiver.recv(2048)
        except OSError:
            pass


def nft(rules):
    subprocess.run(["nft", "-f", "-"], input=rules.encode(), check=True)


def unread_unix(count):
    for _ in range(count):
        a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        a.send(b"never read")
        b.close()
        a.close()


def tcp_pair():
    """A connection from the peer, as (client, server)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST4, 8080))
    listener.listen()
    with Peer():
        client = socket.create_connection((HOST4, 8080))
    server, _ = listener.accept()
    listener.close()
    return client, server
