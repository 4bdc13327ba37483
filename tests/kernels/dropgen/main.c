#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dropgen.h"

void die(const char *what)
{
	perror(what);
	exit(1);
}

// Packets of loopback and veth wait in the backlog of the CPU that sent them, in order: on one CPU, nothing overtakes.
static void stay_on_one_cpu(void)
{
	const char *cpu = getenv("DROPGEN_CPU");
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(cpu ? atoi(cpu) : 0, &set);
	if (sched_setaffinity(0, sizeof set, &set))
		die("sched_setaffinity");
}

static int send_raw(int argc, char **argv)
{
	struct flow flow = parse_flow(argc, argv);
	send_frames(open_packet_socket(flow.out), &flow);
	print_expected(&flow, flow.count);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = {
		{ "link", make_link },          // link veth NAME PEER PID | vlan LOWER NAME ID | vxlan NAME VNI PORT
		{ "datapath", make_datapath },  // datapath PORT KEY=VALUE…: an Open vSwitch that drops these frames of interface PORT
		{ "frame", send_raw },          // frame KEY=VALUE…: through an AF_PACKET socket
		{ "udp", send_datagrams },      // udp KEY=VALUE…: through a UDP socket
		{ "tcp", send_segments },       // tcp PID KEY=VALUE…: a TCP connection into PID's namespace, one segment after the other
		{ "full", fill_socket },        // full PID KEY=VALUE…: frames to a socket in PID's namespace that nobody reads
		{ "tap", send_to_tap },         // tap KEY=VALUE…: frames into a tap device whose filter takes none
		{ "action", send_action },      // action KEY=VALUE…: 802.11 action frames through a monitor interface
		{ "backlog", wait_for_backlog }, // backlog PID KEY=VALUE…: until a frame sent now has arrived
		{ "xdp", attach_xdp },          // xdp INTERFACE: attaches a generic XDP program that drops every frame; says its id
		{ "tcx", attach_tcx },          // tcx INTERFACE: attaches a program by tcx that drops every frame which comes in; says its id
		{ "flood", flood }              // flood SECONDS [RATE [SOURCE]]: packets of no known protocol to loopback, from SOURCE or from there
	};
	stay_on_one_cpu();
	for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 2, argv + 2);
	fprintf(stderr, "usage: dropgen link|datapath|frame|udp|tcp|full|tap|action|backlog|xdp|tcx|flood …\n");
	return 2;
}
