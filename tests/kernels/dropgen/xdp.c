#define _GNU_SOURCE
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dropgen.h"
#include "netlink.h"

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof *attr);
}

// r0 = verdict; exit
static int load(enum bpf_prog_type type, int verdict)
{
	struct bpf_insn code[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = verdict }, { .code = BPF_JMP | BPF_EXIT } };
	union bpf_attr attr;
	memset(&attr, 0, sizeof attr);
	attr.prog_type = type;
	attr.insns = (uintptr_t)code;
	attr.insn_cnt = sizeof code / sizeof *code;
	attr.license = (uintptr_t)"GPL";
	int program = bpf(BPF_PROG_LOAD, &attr);
	if (program < 0)
		die("BPF_PROG_LOAD");
	return program;
}

static uint32_t id_of(int program)
{
	struct bpf_prog_info info;
	union bpf_attr attr;
	memset(&info, 0, sizeof info);
	memset(&attr, 0, sizeof attr);
	attr.info.bpf_fd = (uint32_t)program;
	attr.info.info_len = sizeof info;
	attr.info.info = (uintptr_t)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr))
		die("BPF_OBJ_GET_INFO_BY_FD");
	return info.id;
}

// It stays attached when this program ends.
int attach_xdp(int argc, char **argv)
{
	struct message message, answer;
	struct ifinfomsg link = { 0 };
	if (argc != 1)
		return 2;
	int program = load(BPF_PROG_TYPE_XDP, XDP_DROP);
	link.ifi_index = (int)if_nametoindex(argv[0]);
	start(&message, RTM_SETLINK, NLM_F_ACK, &link, sizeof link);
	struct rtattr *xdp = put(&message, IFLA_XDP | NLA_F_NESTED, NULL, 0);
	put_number(&message, IFLA_XDP_FD, (uint32_t)program);
	put_number(&message, IFLA_XDP_FLAGS, XDP_FLAGS_SKB_MODE);
	close_nest(&message, xdp);
	ask(NETLINK_ROUTE, &message, &answer, "cannot attach the program");
	printf("%u\n", id_of(program));
	return 0;
}

// BPF_TCX_INGRESS, of Linux 6.6: headers may be older. It stays attached, too.
int attach_tcx(int argc, char **argv)
{
	enum { TCX_INGRESS = 46, SHOT = 2 };
	union bpf_attr attr;
	if (argc != 1)
		return 2;
	int program = load(BPF_PROG_TYPE_SCHED_CLS, SHOT);
	memset(&attr, 0, sizeof attr);
	attr.target_fd = if_nametoindex(argv[0]);
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = TCX_INGRESS;
	if (bpf(BPF_PROG_ATTACH, &attr))
		die("BPF_PROG_ATTACH");
	printf("%u\n", id_of(program));
	return 0;
}
