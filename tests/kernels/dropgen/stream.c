#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "dropgen.h"

enum { SEGMENT = 1000, DELIVERY_MS = 20000 };

static int stream_socket(const char *text, int port)
{
	struct sockaddr_storage own;
	socklen_t length = socket_address(&own, text, port);
	int tcp = socket(own.ss_family, SOCK_STREAM, 0);
	if (tcp < 0 || bind(tcp, (struct sockaddr *)&own, length))
		die("bind");
	return tcp;
}

// One that is in PID's namespace, made by a process that stays in its own.
static int listening_socket(const char *pid, const struct flow *flow)
{
	int home = open("/proc/self/ns/net", O_RDONLY);
	enter_netns(pid);
	int listener = stream_socket(flow->dst, flow->dport);
	if (listen(listener, 1) || home < 0 || setns(home, CLONE_NEWNET))
		die("listen");
	close(home);
	return listener;
}

static void wait_until_acknowledged(int tcp)
{
	int unacknowledged = 1;
	for (int ms = 0; !ioctl(tcp, SIOCOUTQ, &unacknowledged) && unacknowledged; ms++) {
		if (ms == DELIVERY_MS) {
			fprintf(stderr, "dropgen: %d bytes are not acknowledged\n", unacknowledged);
			_exit(1);
		}
		usleep(1000);
	}
}

// Each segment is on its way alone, so each one that is lost is sent again once. Resets close the connection: TCP never repeats one.
int send_segments(int argc, char **argv)
{
	static const char segment[SEGMENT];
	const struct linger reset = { .l_onoff = 1 };
	const int one = 1;
	struct flow flow = parse_flow(argc - 1, argv + 1);
	struct sockaddr_storage to;
	socklen_t length = socket_address(&to, flow.dst, flow.dport);
	int listener = listening_socket(argv[0], &flow), tcp = stream_socket(flow.src, flow.sport);
	flow.proto = IPPROTO_TCP;
	if (setsockopt(tcp, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) || connect(tcp, (struct sockaddr *)&to, length))
		die("connect");
	for (int i = 0; i < flow.count; i++) {
		if (send(tcp, segment, SEGMENT, 0) != SEGMENT)
			die("send");
		wait_until_acknowledged(tcp);
	}
	int receiver = accept(listener, NULL, NULL);
	if (receiver < 0 || setsockopt(tcp, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) || setsockopt(receiver, SOL_SOCKET, SO_LINGER, &reset, sizeof reset))
		die("accept");
	close(tcp);
	close(receiver);
	print_expected(&flow, flow.count);
	return 0;
}
