#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/openvswitch.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "dropgen.h"
#include "netlink.h"

static const char datapath[] = "ovs0";

static int family(const char *name)
{
	struct message message, answer;
	start(&message, GENL_ID_CTRL, 0, &(struct genlmsghdr){ .cmd = CTRL_CMD_GETFAMILY, .version = 1 }, GENL_HDRLEN);
	put_text(&message, CTRL_ATTR_FAMILY_NAME, name);
	ask(NETLINK_GENERIC, &message, &answer, name);
	struct rtattr *attribute = (struct rtattr *)(answer.room + GENL_HDRLEN);
	int left = (int)answer.header.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	while (RTA_OK(attribute, left) && attribute->rta_type != CTRL_ATTR_FAMILY_ID)
		attribute = RTA_NEXT(attribute, left);
	return RTA_OK(attribute, left) ? *(uint16_t *)RTA_DATA(attribute) : 0;
}

// Before its attributes each request names the datapath by the index of its interface; a new one has none.
static void start_ovs(struct message *message, const char *name, int version, int command)
{
	struct {
		struct genlmsghdr generic;
		struct ovs_header ovs;
	} fixed = { { .cmd = (uint8_t)command, .version = (uint8_t)version }, { .dp_ifindex = (int)if_nametoindex(datapath) } };
	start(message, family(name), NLM_F_ACK | NLM_F_CREATE, &fixed, sizeof fixed);
}

// Port 1 is the interface; a flow without actions drops, and no other frame is asked about.
int make_datapath(int argc, char **argv)
{
	struct flow flow = parse_flow(argc - 1, argv + 1);
	struct message message, answer;
	struct ovs_key_ethernet ethernet;
	uint16_t type = htons((uint16_t)flow.type);

	start_ovs(&message, OVS_DATAPATH_FAMILY, OVS_DATAPATH_VERSION, OVS_DP_CMD_NEW);
	put_text(&message, OVS_DP_ATTR_NAME, datapath);
	put_number(&message, OVS_DP_ATTR_UPCALL_PID, 0);
	ask(NETLINK_GENERIC, &message, &answer, "cannot make the datapath");

	start_ovs(&message, OVS_VPORT_FAMILY, OVS_VPORT_VERSION, OVS_VPORT_CMD_NEW);
	put_text(&message, OVS_VPORT_ATTR_NAME, argv[0]);
	put_number(&message, OVS_VPORT_ATTR_TYPE, OVS_VPORT_TYPE_NETDEV);
	put_number(&message, OVS_VPORT_ATTR_PORT_NO, 1);
	put_number(&message, OVS_VPORT_ATTR_UPCALL_PID, 0);
	ask(NETLINK_GENERIC, &message, &answer, "cannot make the port");

	memcpy(ethernet.eth_src, flow.smac, 6);
	memcpy(ethernet.eth_dst, flow.dmac, 6);
	start_ovs(&message, OVS_FLOW_FAMILY, OVS_FLOW_VERSION, OVS_FLOW_CMD_NEW);
	struct rtattr *key = put(&message, OVS_FLOW_ATTR_KEY, NULL, 0);
	put_number(&message, OVS_KEY_ATTR_IN_PORT, 1);
	put(&message, OVS_KEY_ATTR_ETHERNET, &ethernet, sizeof ethernet);
	put(&message, OVS_KEY_ATTR_ETHERTYPE, &type, sizeof type);
	close_nest(&message, key);
	put(&message, OVS_FLOW_ATTR_ACTIONS, NULL, 0);
	ask(NETLINK_GENERIC, &message, &answer, "cannot make the flow");
	return 0;
}
