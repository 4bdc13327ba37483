#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dropgen.h"

static void parse_mac(const char *text, uint8_t *mac)
{
	if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) != 6)
		die(text);
}

struct flow parse_flow(int argc, char **argv)
{
	struct flow flow = { .count = 1, .proto = 17, .sport = 40000, .dport = 9 };
	const struct {
		const char *key;
		const char **text;
		int *number;
		uint8_t *mac;
	} keys[] = {
		{ "case", .text = &flow.name }, { "out", .text = &flow.out }, { "in", .text = &flow.in },
		{ "netns", .text = &flow.netns }, { "src", .text = &flow.src }, { "dst", .text = &flow.dst },
		{ "tunnel", .text = &flow.tunnel }, { "isrc", .text = &flow.isrc }, { "idst", .text = &flow.idst },
		{ "bad", .text = &flow.bad }, { "dmac", .mac = flow.dmac }, { "smac", .mac = flow.smac },
		{ "count", .number = &flow.count }, { "type", .number = &flow.type }, { "vlan", .number = &flow.vlan },
		{ "proto", .number = &flow.proto }, { "sport", .number = &flow.sport }, { "dport", .number = &flow.dport },
		{ "isport", .number = &flow.isport }, { "idport", .number = &flow.idport }, { "vni", .number = &flow.vni },
		{ "extensions", .number = &flow.extensions }, { "decapsulated", .number = &flow.decapsulated },
	};
	for (int i = 0; i < argc; i++) {
		const char *value = strchr(argv[i], '=');
		size_t k = 0, known = sizeof keys / sizeof *keys;
		while (value && k < known && (strlen(keys[k].key) != (size_t)(value - argv[i]) || strncmp(argv[i], keys[k].key, value - argv[i])))
			k++;
		if (!value || k == known) {
			fprintf(stderr, "dropgen: unknown argument %s\n", argv[i]);
			exit(2);
		}
		if (keys[k].text)
			*keys[k].text = value + 1;
		else if (keys[k].number)
			*keys[k].number = (int)strtol(value + 1, NULL, 0);
		else
			parse_mac(value + 1, keys[k].mac);
	}
	return flow;
}

static void print_number(int is_known, int number)
{
	if (is_known)
		printf("\t%d", number);
	else
		printf("\t-");
}

static int has_ports(int proto)
{
	return proto == 6 || proto == 17 || proto == 132;
}

// case interface netns ethertype ip_protocol src dst sport dport count tunnel inner_src inner_dst inner_sport inner_dport
void print_expected(const struct flow *flow, int count)
{
	int is_inner = flow->decapsulated, is_ip = flow->src != NULL;
	const char *src = is_inner ? flow->isrc : flow->src, *dst = is_inner ? flow->idst : flow->dst;
	int proto = is_inner ? 17 : flow->proto;
	int type = flow->type ? flow->type : strchr(src, ':') ? 0x86dd : 0x0800;

	// Where the header itself is broken, what follows it cannot be told.
	int has_flow = is_ip && !(flow->bad && !strcmp(flow->bad, "ip-header"));
	printf("%s\t%s\t%s\t%d", flow->name, flow->in, flow->netns, type);
	print_number(has_flow, proto);
	printf("\t%s\t%s", has_flow ? src : "-", has_flow ? dst : "-");
	print_number(has_flow && has_ports(proto), is_inner ? flow->isport : flow->sport);
	print_number(has_flow && has_ports(proto), is_inner ? flow->idport : flow->dport);
	printf("\t%d", count);
	if (flow->tunnel && !is_inner)
		printf("\t%s\t%s\t%s\t%d\t%d\n", flow->tunnel, flow->isrc, flow->idst, flow->isport, flow->idport);
	else
		printf("\t-\t-\t-\t-\t-\n");
}
