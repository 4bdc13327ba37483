#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dropgen.h"
#include "netlink.h"

// busybox's ip makes neither veth nor vxlan.
int make_link(int argc, char **argv)
{
	struct message message, answer;
	if (argc != 4)
		return 2;
	start(&message, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &(struct ifinfomsg){ 0 }, sizeof(struct ifinfomsg));
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
		put_number(&message, IFLA_VXLAN_ID, (uint32_t)atoi(argv[2]));
		put(&message, IFLA_VXLAN_PORT, &port, sizeof port);
	} else {
		struct rtattr *peer = put(&message, VETH_INFO_PEER, &(struct ifinfomsg){ 0 }, sizeof(struct ifinfomsg));
		put_text(&message, IFLA_IFNAME, argv[2]);
		put_number(&message, IFLA_NET_NS_PID, (uint32_t)atoi(argv[3]));
		close_nest(&message, peer);
	}
	close_nest(&message, data);
	close_nest(&message, info);
	ask(NETLINK_ROUTE, &message, &answer, "cannot make the link");
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
