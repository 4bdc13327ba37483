#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "dropgen.h"

// A protocol for experiments (RFC 3692), which no host has a handler for: no other traffic of the machine is dropped for that.
enum { BATCH = 32, NO_PROTOCOL = 253 };

static double now(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Packets of an unknown protocol to loopback for a time, as fast as they go or at a rate. Each is dropped with reason IP_NOPROTO, inside the
// system call that sends it or, where ksoftirqd has taken over, after it. The kernel answers each with an ICMP error, unless no route leads
// to the source it is given. On standard output: how many, in how many seconds, and in how many of them this process was on the CPU.
int flood(int argc, char **argv)
{
	double seconds = argc > 0 ? atof(argv[0]) : 3, rate = argc > 1 ? atof(argv[1]) : 0;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct iphdr packet = { .version = 4, .ihl = 5, .ttl = 64, .protocol = NO_PROTOCOL, .saddr = to.sin_addr.s_addr, .daddr = to.sin_addr.s_addr };
	if (argc > 2 && inet_pton(AF_INET, argv[2], &packet.saddr) != 1)
		die(argv[2]);
	struct iovec data = { &packet, sizeof packet };
	struct mmsghdr messages[BATCH] = { 0 };
	int raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW); // one that hears nothing of what it sends
	if (raw < 0)
		die("socket");
	for (int i = 0; i < BATCH; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &data, .msg_iovlen = 1 };

	long sent = 0;
	double start = now(CLOCK_MONOTONIC), elapsed;
	while ((elapsed = now(CLOCK_MONOTONIC) - start) < seconds) {
		if (rate > 0 && (double)sent > elapsed * rate) {
			struct timespec pause = { .tv_nsec = 500000 };
			nanosleep(&pause, NULL);
			continue;
		}
		int done = sendmmsg(raw, messages, BATCH, 0);
		if (done < 0)
			die("sendmmsg");
		sent += done;
	}
	printf("%ld\t%.6f\t%.6f\n", sent, elapsed, now(CLOCK_PROCESS_CPUTIME_ID));
	return 0;
}
