"""Faults of the machine: its cards, its CPUs, and how much these take at a time. Made like causes.py; what findings must say of them stands in evidence.tsv."""
import atexit
import contextlib
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import time

from causes import sink
from traffic import HOST4, Peer, scenario, send_udp, sh

# The two cards that boot puts on one wire: one is this host's, the other the peer's.
CARDS = {"n0": "52:54:00:00:09:01", "n1": "52:54:00:00:09:02"}
NEAR4, FAR4 = "10.9.7.1", "10.9.7.2"
BURSTS = 5
UDP_SEGMENT = 103


def cards(ring=1024):
    """They are in the first namespace until they are taken, and come back to it some time after the scenario before has ended."""
    sh("modprobe -a vmxnet3 e1000")
    for name, mac in CARDS.items():
        tries = 100
        while not (found := [line for line in first("ip -o link").splitlines() if mac in line]) and (tries := tries - 1):
            time.sleep(0.1)
        link = found[0].split(": ")[1]
        first(f"ip link set {link} down; ip link set {link} name {name}; ip link set {name} netns {os.getpid()}")
    ring_of("n0", ring)
    sh(f"ip link set n1 netns peer; "
       f"ip addr add {NEAR4}/24 dev n0; ip link set n0 up; ip neigh replace {FAR4} lladdr {CARDS['n1']} dev n0; "
       f"ip -n peer addr add {FAR4}/24 dev n1; ip -n peer link set n1 up; ip -n peer neigh replace {NEAR4} lladdr {CARDS['n0']} dev n1; sleep 2")


def ring_of(link, size):
    """As ethtool -G does: SIOCETHTOOL with ETHTOOL_GRINGPARAM, then ETHTOOL_SRINGPARAM with another rx_pending."""
    ring = bytearray(struct.pack("9I", 0x10, *bytes(8)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for command in (0x10, 0x11):
            struct.pack_into("I", ring, 0, command)
            room = (ctypes.c_char * len(ring)).from_buffer(ring)
            fcntl.ioctl(s, 0x8946, struct.pack("16sQ16x", link.encode(), ctypes.addressof(room)))
            struct.pack_into("I", ring, 20, size)


def first(script):
    """Runs it in the first network namespace, which alone has these settings."""
    return subprocess.run(["nsenter", "-t", "1", "-n", "-m", "sh", "-euc", script], check=True, capture_output=True, text=True).stdout


def bursts(address, port, each=60, size=100):
    """Bursts of datagrams: the kernel cuts each call's into packets, and hands them on together."""
    with Peer(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, size)
        for _ in range(BURSTS):
            s.sendto(b"x" * size * each, (address, port))
            time.sleep(0.05)


def taken(address):
    """The same to a program that reads all it gets, so that nothing but the fault drops any."""
    with sink(address, 7777) as s:
        bursts(address, 7777)
        with contextlib.suppress(BlockingIOError):
            while s.recv(2048, socket.MSG_DONTWAIT):
                pass


ONE_BY_ONE = "ip -n peer link set v-peer gso_max_segs 1"  # cut before the pair, not behind it


def keep(**values):
    """Settings of net.core, which are the whole machine's: as before when the agent has ended."""
    sh(ONE_BY_ONE)
    for name, value in values.items():
        file = f"/proc/sys/net/core/{name}"
        atexit.register(first, f"echo {first(f'cat {file}').strip()} > {file}")
        first(f"echo {value} > {file}")


@scenario(lambda: keep(netdev_max_backlog=10))
def state_backlog():
    taken(HOST4)


@scenario(lambda: keep(netdev_max_backlog=1000))
def state_backlog_enough():
    bursts(HOST4, 9)


@scenario(lambda: keep(netdev_budget=1, dev_weight=1, netdev_max_backlog=10))
def state_squeeze():
    taken(HOST4)


@scenario(lambda: keep(netdev_budget=1, dev_weight=1, netdev_max_backlog=1000))
def state_squeeze_without_loss():
    bursts(HOST4, 9)


@scenario(lambda: cards(ring=32))
def state_card_ring():
    taken(NEAR4)


@scenario(cards)
def state_card_ring_enough():
    bursts(NEAR4, 9)


def interrupts_at(cpu):
    """Every interrupt of both cards at one CPU, as on a host whose interrupts nobody spreads."""
    for line in open("/proc/interrupts"):
        if any(name in line.split()[-1] for name in CARDS):
            with contextlib.suppress(OSError), open(f"/proc/irq/{line.split(':')[0].strip()}/smp_affinity_list", "w") as file:
                file.write(str(cpu))


@scenario(lambda: (cards(), interrupts_at(2)))
def state_one_cpu():
    with Peer():
        send_udp(NEAR4, 9, 160, pause=0.01)


@scenario(lambda: (cards(), interrupts_at(2), sh("for q in /sys/class/net/n0/queues/rx-*; do echo f > $q/rps_cpus; done")))
def state_many_cpus():
    with Peer():
        for _ in range(40):
            send_udp(NEAR4, 9, 4, pause=0.01)
