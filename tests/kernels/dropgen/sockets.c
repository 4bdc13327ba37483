#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dropgen.h"

enum { DELIVERY_MS = 20000 };

socklen_t socket_address(struct sockaddr_storage *to, const char *text, int port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
	memset(to, 0, sizeof *to);
	if (strchr(text, ':')) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1)
			die(text);
		return sizeof *v6;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, text, &v4->sin_addr) != 1)
		die(text);
	return sizeof *v4;
}

static int bound_udp_socket(const char *text, int port)
{
	struct sockaddr_storage own;
	socklen_t length = socket_address(&own, text, port);
	int udp = socket(own.ss_family, SOCK_DGRAM, 0);
	if (udp < 0 || bind(udp, (struct sockaddr *)&own, length))
		die("bind");
	return udp;
}

// A socket that is not connected hears nothing of the ICMP errors its datagrams cause. It is told of a firewall that drops them on their way out.
int send_datagrams(int argc, char **argv)
{
	struct flow flow = parse_flow(argc, argv);
	struct sockaddr_storage to;
	socklen_t length = socket_address(&to, flow.dst, flow.dport);
	int udp = bound_udp_socket(flow.src, flow.sport);
	for (int i = 0; i < flow.count; i++)
		if (sendto(udp, "dropgen", 7, 0, (struct sockaddr *)&to, length) != 7 && errno != EPERM)
			die("sendto");
	print_expected(&flow, flow.count);
	return 0;
}

void enter_netns(const char *pid)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%s/ns/net", pid);
	int fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
}

// Sends one frame to a socket that is bound and waits until it is there: so are, of this CPU, all sent before it.
static void deliver(int packet_socket, struct flow flow, int port)
{
	char buffer[256];
	int udp = bound_udp_socket(flow.dst, port);
	struct pollfd waiting = { .fd = udp, .events = POLLIN };
	flow.count = 1;
	flow.dport = port;
	send_frames(packet_socket, &flow);
	if (poll(&waiting, 1, DELIVERY_MS) != 1 || recv(udp, buffer, sizeof buffer, 0) < 0) {
		fprintf(stderr, "dropgen: a frame sent through %s did not arrive\n", flow.out);
		exit(1);
	}
}

int wait_for_backlog(int argc, char **argv)
{
	struct flow flow = parse_flow(argc - 1, argv + 1);
	int packet_socket = open_packet_socket(flow.out);
	enter_netns(argv[0]);
	deliver(packet_socket, flow, 7000);
	return 0;
}

// What did not fit into the receive buffer is what was sent less what was queued; the kernel's own count must say the same.
int fill_socket(int argc, char **argv)
{
	struct flow flow = parse_flow(argc - 1, argv + 1);
	int packet_socket = open_packet_socket(flow.out), smallest = 1, queued = 0;
	uint32_t memory[SK_MEMINFO_VARS];
	socklen_t size = sizeof memory;
	char buffer[256];
	enter_netns(argv[0]);
	int udp = bound_udp_socket(flow.dst, flow.dport);
	if (setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof smallest))
		die("SO_RCVBUF");
	send_frames(packet_socket, &flow);
	deliver(packet_socket, flow, 7000);
	if (getsockopt(udp, SOL_SOCKET, SO_MEMINFO, memory, &size))
		die("SO_MEMINFO");
	while (recv(udp, buffer, sizeof buffer, MSG_DONTWAIT) >= 0)
		queued++;
	if (queued == flow.count || flow.count - queued != (int)memory[SK_MEMINFO_DROPS]) {
		fprintf(stderr, "dropgen: %d sent, %d queued, %u dropped\n", flow.count, queued, memory[SK_MEMINFO_DROPS]);
		return 1;
	}
	print_expected(&flow, flow.count - queued);
	return 0;
}
