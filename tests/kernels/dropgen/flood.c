#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "dropgen.h"

enum { BATCH = 32, CLOSED_PORT = 9 };

static double now(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Datagrams to a closed port on loopback for a time, as fast as they go or at a rate. Each is dropped inside the system call that
// sends it. On standard output: how many, in how many seconds, and in how many of them this process was on the CPU.
int flood(int argc, char **argv)
{
	double seconds = argc > 0 ? atof(argv[0]) : 3, rate = argc > 1 ? atof(argv[1]) : 0;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(CLOSED_PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct iovec data = { "dropgen", 7 };
	struct mmsghdr messages[BATCH] = { 0 };
	int udp = socket(AF_INET, SOCK_DGRAM, 0);
	if (udp < 0)
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
		int done = sendmmsg(udp, messages, BATCH, 0);
		if (done < 0)
			die("sendmmsg");
		sent += done;
	}
	printf("%ld\t%.6f\t%.6f\n", sent, elapsed, now(CLOCK_PROCESS_CPUTIME_ID));
	return 0;
}
