#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dropgen.h"

static const char payload[] = "dropgen: a packet that must be dropped";

static uint8_t *put16(uint8_t *at, int value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static uint32_t add(const uint8_t *bytes, size_t length, uint32_t sum)
{
	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	return length % 2 ? sum + (uint32_t)(bytes[length - 1] << 8) : sum;
}

// RFC 1071. Zero is sent as all ones, as UDP wants it; for the others the two are equal.
static int checksum(const uint8_t *bytes, size_t length, uint32_t sum)
{
	sum = add(bytes, length, sum);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff ? 0xffff : (int)(~sum & 0xffff);
}

static uint8_t *put_address(uint8_t *at, const char *text)
{
	int is_v6 = strchr(text, ':') != NULL;
	if (inet_pton(is_v6 ? AF_INET6 : AF_INET, text, at) != 1)
		die(text);
	return at + (is_v6 ? 16 : 4);
}

static int is_bad(const struct flow *flow, const char *what)
{
	return flow->bad && !strcmp(flow->bad, what);
}

// What stands behind the IP header; carried is a tunnel's content or plain payload. Returns its length.
static size_t put_transport(uint8_t *at, const struct flow *flow, const uint8_t *carried, size_t length, uint32_t pseudo)
{
	static const int checksum_at[] = { [1] = 2, [6] = 16, [17] = 6, [58] = 2 };
	size_t header = flow->proto == 6 ? 20 : flow->proto == 17 || flow->proto == 1 || flow->proto == 58 ? 8 : flow->proto == 132 ? 12 : 0;
	size_t total = header + length;
	memset(at, 0, header);
	memcpy(at + header, carried, length);
	if (flow->proto == 132)
		put16(put16(at, flow->sport), flow->dport);
	if (flow->proto == 132 || !header)
		return total;
	if (flow->proto == 1 || flow->proto == 58) {
		at[0] = (uint8_t)flow->dport;   // its type
	} else {
		put16(put16(at, flow->sport), flow->dport);
		if (flow->proto == 17)
			put16(at + 4, (int)total);
		else
			put16(at + 12, 0x5002), put16(at + 14, 1024), at[7] = 1;   // SYN, five words of header
	}
	int sum = checksum(at, total, flow->proto == 1 ? 0 : pseudo + (uint32_t)flow->proto + (uint32_t)total);
	put16(at + checksum_at[flow->proto], is_bad(flow, "l4-csum") ? sum ^ 0x0101 : sum);
	return total;
}

static size_t put_v4(uint8_t *at, const struct flow *flow, const uint8_t *carried, size_t length)
{
	memset(at, 0, 20);
	at[0] = is_bad(flow, "ip-header") ? 0x44 : 0x45;   // four words are too few
	at[8] = 64;
	at[9] = (uint8_t)flow->proto;
	put_address(put_address(at + 12, flow->src), flow->dst);
	size_t total = 20 + put_transport(at + 20, flow, carried, length, add(at + 12, 8, 0));
	put16(at + 2, (int)total + (is_bad(flow, "ip-length") ? 100 : 0));
	int sum = checksum(at, 20, 0);
	put16(at + 10, is_bad(flow, "ip-csum") ? sum ^ 0x0101 : sum);
	return total;
}

static size_t put_v6(uint8_t *at, const struct flow *flow, const uint8_t *carried, size_t length)
{
	size_t header = 40;
	memset(at, 0, 56);
	at[0] = 0x60;
	at[6] = (uint8_t)flow->proto;
	at[7] = 64;
	put_address(put_address(at + 8, flow->src), flow->dst);
	if (flow->extensions) {   // hop-by-hop (0), then destination options (60), each eight bytes: one PadN
		at[6] = 0;
		at[40] = 60, at[42] = 1, at[43] = 4;
		at[48] = (uint8_t)flow->proto, at[50] = 1, at[51] = 4;
		header = 56;
	}
	size_t total = header + put_transport(at + header, flow, carried, length, add(at + 8, 32, 0));
	put16(at + 4, (int)(total - 40));
	return total;
}

static uint8_t *put_ethernet(uint8_t *at, const uint8_t *destination, const uint8_t *source, int vlan, int type)
{
	memcpy(at, destination, 6);
	memcpy(at + 6, source, 6);
	at += 12;
	if (vlan)
		at = put16(put16(at, 0x8100), vlan);
	return put16(at, type);
}

static size_t put_ip(uint8_t *at, const struct flow *flow, const uint8_t *carried, size_t length)
{
	return strchr(flow->src, ':') ? put_v6(at, flow, carried, length) : put_v4(at, flow, carried, length);
}

// What a tunnel carries: its own header, and the inner UDP packet.
static size_t put_inner(uint8_t *at, const struct flow *flow)
{
	static const uint8_t inner_mac[6] = { 2, 0, 0, 0, 8, 2 }, inner_source[6] = { 2, 0, 0, 0, 8, 1 };
	struct flow inner = { .src = flow->isrc, .dst = flow->idst, .proto = 17, .sport = flow->isport, .dport = flow->idport };
	uint8_t *start = at;
	if (!strcmp(flow->tunnel, "vxlan")) {   // RFC 7348
		memset(at, 0, 8);
		at[0] = 8, at[5] = (uint8_t)(flow->vni >> 8), at[6] = (uint8_t)flow->vni;
		at = put_ethernet(at + 8, inner_mac, inner_source, 0, 0x0800);
	} else if (!strcmp(flow->tunnel, "gre")) {   // RFC 2784
		at = put16(put16(at, 0), 0x0800);
	}
	return (size_t)(at - start) + put_ip(at, &inner, (const uint8_t *)payload, sizeof payload);
}

size_t build_frame(const struct flow *flow, uint8_t *frame)
{
	uint8_t carried[512];
	size_t length = sizeof payload;
	if (flow->tunnel)
		length = put_inner(carried, flow);
	else
		memcpy(carried, payload, length);
	int type = flow->type ? flow->type : strchr(flow->src, ':') ? 0x86dd : 0x0800;
	uint8_t *at = put_ethernet(frame, flow->dmac, flow->smac, flow->vlan, type);
	if (flow->src)
		return (size_t)(at - frame) + put_ip(at, flow, carried, length);
	memcpy(at, carried, length);
	return (size_t)(at - frame) + length;
}

int open_packet_socket(const char *interface)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface) };
	int packet_socket = socket(AF_PACKET, SOCK_RAW, 0);
	if (packet_socket < 0 || !to.sll_ifindex || bind(packet_socket, (struct sockaddr *)&to, sizeof to))
		die(interface);
	return packet_socket;
}

void send_frames(int packet_socket, const struct flow *flow)
{
	uint8_t frame[1024];
	size_t length = build_frame(flow, frame);
	for (int i = 0; i < flow->count; i++)
		if (send(packet_socket, frame, length, 0) != (ssize_t)length)
			die("send");
}
