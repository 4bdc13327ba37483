#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dropgen.h"

// A netlink message under construction. busybox's ip makes neither veth nor vxlan.
struct message {
	struct nlmsghdr header;
	struct ifinfomsg link;
	uint8_t room[512];
};

static void *end(struct message *message)
{
	return (uint8_t *)message + NLMSG_ALIGN(message->header.nlmsg_len);
}

static struct rtattr *put(struct message *message, int type, const void *value, size_t length)
{
	struct rtattr *attribute = end(message);
	attribute->rta_type = (unsigned short)type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(length);
	if (length)
		memcpy(RTA_DATA(attribute), value, length);
	message->header.nlmsg_len = NLMSG_ALIGN(message->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
	return attribute;
}

static void close_nest(struct message *message, struct rtattr *nest)
{
	nest->rta_len = (unsigned short)((uint8_t *)end(message) - (uint8_t *)nest);
}

static void put_text(struct message *message, int type, const char *text)
{
	put(message, type, text, strlen(text) + 1);
}

static void put_number(struct message *message, int type, const char *text)
{
	uint32_t number = (uint32_t)atoi(text);
	put(message, type, &number, sizeof number);
}

static void ask(struct message *message)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		uint8_t room[1024];
	} answer;
	int netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (netlink < 0 || send(netlink, message, message->header.nlmsg_len, 0) < 0 || recv(netlink, &answer, sizeof answer, 0) < 0)
		die("netlink");
	errno = -answer.error.error;
	if (errno)
		die("cannot make the link");
	close(netlink);
}

int make_link(int argc, char **argv)
{
	struct message message = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = RTM_NEWLINK,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL },
	};
	if (argc != 4)
		return 2;
	int is_vlan = !strcmp(argv[0], "vlan");
	put_text(&message, IFLA_IFNAME, is_vlan ? argv[2] : argv[1]);
	if (is_vlan) {
		uint32_t lower = if_nametoindex(argv[1]);
		put(&message, IFLA_LINK, &lower, sizeof lower);
	}
	struct rtattr *info = put(&message, IFLA_LINKINFO, NULL, 0);
	put_text(&message, IFLA_INFO_KIND, argv[0]);
	struct rtattr *data = put(&message, IFLA_INFO_DATA, NULL, 0);
	if (is_vlan) {
		uint16_t id = (uint16_t)atoi(argv[3]);
		put(&message, IFLA_VLAN_ID, &id, sizeof id);
	} else if (!strcmp(argv[0], "vxlan")) {
		uint16_t port = htons((uint16_t)atoi(argv[3]));
		put_number(&message, IFLA_VXLAN_ID, argv[2]);
		put(&message, IFLA_VXLAN_PORT, &port, sizeof port);
	} else {
		struct rtattr *peer = put(&message, VETH_INFO_PEER, &(struct ifinfomsg){ 0 }, sizeof(struct ifinfomsg));
		put_text(&message, IFLA_IFNAME, argv[2]);
		put_number(&message, IFLA_NET_NS_PID, argv[3]);
		close_nest(&message, peer);
	}
	close_nest(&message, data);
	close_nest(&message, info);
	ask(&message);
	return 0;
}

// A tap device whose socket filter takes no packet: each one sent into it is dropped there.
int send_to_tap(int argc, char **argv)
{
	struct flow flow = parse_flow(argc, argv);
	struct sock_filter none = { .code = BPF_RET | BPF_K, .k = 0 };
	struct sock_fprog filter = { .len = 1, .filter = &none };
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int tap = open("/dev/net/tun", O_RDWR), any = socket(AF_INET, SOCK_DGRAM, 0);
	strncpy(request.ifr_name, flow.out, IFNAMSIZ - 1);
	if (tap < 0 || any < 0 || ioctl(tap, TUNSETIFF, &request) || ioctl(tap, TUNATTACHFILTER, &filter))
		die("tap");
	request.ifr_flags = IFF_UP;
	if (ioctl(any, SIOCSIFFLAGS, &request))
		die("SIOCSIFFLAGS");
	send_frames(open_packet_socket(flow.out), &flow);
	print_expected(&flow, flow.count);
	return 0;
}
