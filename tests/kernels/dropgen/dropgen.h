// dropgen: sends exactly known packets, and says on standard output what it sent, as rows of expected.tsv.
#ifndef DROPGEN_H
#define DROPGEN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

// One packet, as key=value arguments name it (see flow.c), and how often it is sent.
struct flow {
	const char *name;           // of the case, key of reasons.tsv
	const char *out;            // interface it is sent through
	const char *in;             // interface the kernel must drop it on
	const char *netns;          // label of the namespace of 'in'
	const char *src, *dst;      // IPv4 or IPv6
	const char *tunnel;         // NULL, "vxlan", "gre", "ipip": an inner UDP packet isrc:isport -> idst:idport is carried
	const char *isrc, *idst;
	const char *bad;            // NULL, "ip-csum", "ip-header", "ip-length", "l4-csum"
	uint8_t dmac[6], smac[6];
	int count, type, vlan, proto, sport, dport, isport, idport, vni;
	int extensions;             // IPv6: hop-by-hop and destination options stand before the payload
	int decapsulated;           // the tunnel ends here: what is dropped is the inner packet
};

void die(const char *what);
struct flow parse_flow(int argc, char **argv);
void print_expected(const struct flow *flow, int count);
size_t build_frame(const struct flow *flow, uint8_t *frame);
int open_packet_socket(const char *interface);
void send_frames(int packet_socket, const struct flow *flow);
socklen_t socket_address(struct sockaddr_storage *to, const char *text, int port);
void enter_netns(const char *pid);

int make_link(int argc, char **argv);
int send_datagrams(int argc, char **argv);
int send_segments(int argc, char **argv);
int fill_socket(int argc, char **argv);
int send_to_tap(int argc, char **argv);
int make_datapath(int argc, char **argv);
int send_action(int argc, char **argv);
int wait_for_backlog(int argc, char **argv);
int attach_xdp(int argc, char **argv);
int attach_tcx(int argc, char **argv);
int flood(int argc, char **argv);

#endif
