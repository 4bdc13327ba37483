// Netlink messages under construction, and their answers.
#ifndef NETLINK_H
#define NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>

struct message {
	struct nlmsghdr header;
	uint8_t room[1024];
};

// A request of a type with the struct that its family puts before the attributes.
void start(struct message *message, int type, int flags, const void *fixed, size_t length);

// Attributes; a nest is one whose content is what is put until it is closed.
struct rtattr *put(struct message *message, int type, const void *value, size_t length);
void close_nest(struct message *message, struct rtattr *nest);
void put_text(struct message *message, int type, const char *text);
void put_number(struct message *message, int type, uint32_t number);

// Sends it and ends the program, saying what, where the kernel refuses; the first answer comes to 'answer'.
void ask(int protocol, const struct message *message, struct message *answer, const char *what);

#endif
