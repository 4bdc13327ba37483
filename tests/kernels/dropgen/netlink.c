#include "netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dropgen.h"

static void *end(struct message *message)
{
	return (uint8_t *)message + NLMSG_ALIGN(message->header.nlmsg_len);
}

void start(struct message *message, int type, int flags, const void *fixed, size_t length)
{
	memset(message, 0, sizeof *message);
	message->header.nlmsg_len = (uint32_t)NLMSG_LENGTH(length);
	message->header.nlmsg_type = (uint16_t)type;
	message->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	memcpy(message->room, fixed, length);
}

struct rtattr *put(struct message *message, int type, const void *value, size_t length)
{
	struct rtattr *attribute = end(message);
	attribute->rta_type = (unsigned short)type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(length);
	if (length)
		memcpy(RTA_DATA(attribute), value, length);
	message->header.nlmsg_len = NLMSG_ALIGN(message->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
	return attribute;
}

void close_nest(struct message *message, struct rtattr *nest)
{
	nest->rta_len = (unsigned short)((uint8_t *)end(message) - (uint8_t *)nest);
}

void put_text(struct message *message, int type, const char *text)
{
	put(message, type, text, strlen(text) + 1);
}

void put_number(struct message *message, int type, uint32_t number)
{
	put(message, type, &number, sizeof number);
}

void ask(int protocol, const struct message *message, struct message *answer, const char *what)
{
	int netlink = socket(AF_NETLINK, SOCK_RAW, protocol);
	if (netlink < 0 || send(netlink, message, message->header.nlmsg_len, 0) < 0 || recv(netlink, answer, sizeof *answer, 0) < 0)
		die("netlink");
	errno = answer->header.nlmsg_type == NLMSG_ERROR ? -((struct nlmsgerr *)answer->room)->error : 0;
	if (errno)
		die(what);
	close(netlink);
}
