#include <string.h>
#include <sys/socket.h>

#include "dropgen.h"

// An action frame (IEEE 802.11, 9.3.3.13) of category HT, which needs no protection, behind a radiotap header without fields.
int send_action(int argc, char **argv)
{
	struct flow flow = parse_flow(argc, argv);
	uint8_t frame[8 + 24 + 2] = { [2] = 8, [8] = 0xd0, [32] = 7 };
	int monitor = open_packet_socket(flow.out);
	memcpy(frame + 12, flow.dmac, 6);
	memcpy(frame + 18, flow.smac, 6);
	memcpy(frame + 24, flow.dmac, 6);   // the BSSID: any
	for (int i = 0; i < flow.count; i++)
		if (send(monitor, frame, sizeof frame, 0) != sizeof frame)
			die("send");
	print_expected(&flow, flow.count);
	return 0;
}
