# Completion of capture for fish. Made from its options: DROPFORENSICS_RECORD=1 dotnet test --filter CommandLine

function __capture_reasons
    printf '%s\n' \
        ARP_PVLAN_DISABLE BPF_CGROUP_EGRESS BRIDGE_INGRESS_STP_STATE CAKE_FLOOD CANFD_RX_INVALID_FRAME CANXL_RX_INVALID_FRAME \
        CAN_RX_INVALID_FRAME CONSUMED CPU_BACKLOG DEV_HDR DEV_READY DUALPI2_STEP_DROP \
        DUP_FRAG FQ_BAND_LIMIT FQ_FLOW_LIMIT FQ_HORIZON_LIMIT FRAG_REASM_TIMEOUT FRAG_TOO_FAR \
        FULL_RING HDR_TRUNC ICMP_CSUM INVALID_PROTO IPV6DISABLED IPV6_BAD_EXTHDR \
        IPV6_NDISC_BAD_CODE IPV6_NDISC_BAD_OPTIONS IPV6_NDISC_FRAG IPV6_NDISC_HOP_LIMIT IPV6_NDISC_NS_OTHERHOST IPV6_TOO_MANY_EXTHDRS \
        IPVLAN_MULTICAST_BACKLOG IP_CSUM IP_INADDRERRORS IP_INHDR IP_INNOROUTES IP_INVALID_DEST \
        IP_INVALID_SOURCE IP_LOCALNET IP_LOCAL_SOURCE IP_NOPROTO IP_OUTNOROUTES IP_RPFILTER \
        IP_TUNNEL_ECN LOCAL_MAC MACVLAN_BROADCAST_BACKLOG MAC_IEEE_MAC_CONTROL MAC_INVALID_SOURCE MAX \
        NEIGH_CREATEFAIL NEIGH_DEAD NEIGH_FAILED NEIGH_HH_FILLFAIL NEIGH_QUEUEFULL NETFILTER_DROP \
        NOMEM NOT_DROPPED_YET NOT_SPECIFIED NO_SOCKET NO_TX_TARGET OTHERHOST \
        OVS_DROP_ACTION_ERROR OVS_DROP_CONNTRACK OVS_DROP_DEFERRED_LIMIT OVS_DROP_EXPLICIT OVS_DROP_EXPLICIT_WITH_ERROR OVS_DROP_FRAG_INVALID_PROTO \
        OVS_DROP_FRAG_L2_TOO_LONG OVS_DROP_IP_TTL OVS_DROP_LAST_ACTION OVS_DROP_METER OVS_DROP_RECURSION_LIMIT PACKET_SOCK_ERROR \
        PFMEMALLOC PKT_TOO_BIG PKT_TOO_SMALL PROTO_MEM PSP_INPUT PSP_OUTPUT \
        QDISC_BURST_DROP QDISC_CONGESTED QDISC_DROP QDISC_DROP_BAND_LIMIT QDISC_DROP_CONGESTED QDISC_DROP_FLOOD_PROTECTION \
        QDISC_DROP_FLOW_LIMIT QDISC_DROP_GENERIC QDISC_DROP_HORIZON_LIMIT QDISC_DROP_L4S_STEP_NON_ECN QDISC_DROP_MAX QDISC_DROP_MAXFLOWS \
        QDISC_DROP_OVERLIMIT QDISC_DROP_UNSPEC QDISC_OVERLIMIT QUEUE_PURGE RECURSION_LIMIT RX_DROP_MONITOR \
        RX_DROP_UNUSABLE RX_DROP_U_ACTION_UNKNOWN_SRC RX_DROP_U_AMSDU_WITHOUT_DATA RX_DROP_U_AP_RX_GROUPCAST RX_DROP_U_BAD_4ADDR RX_DROP_U_BAD_AMSDU \
        RX_DROP_U_BAD_AMSDU_CIPHER RX_DROP_U_BAD_BCN_KEYIDX RX_DROP_U_BAD_CIPHER RX_DROP_U_BAD_KEY_COLOR RX_DROP_U_BAD_MGMT_KEYIDX RX_DROP_U_BAD_MMIE \
        RX_DROP_U_BAR_OUTSIDE_SESSION RX_DROP_U_CTRL_FRAME RX_DROP_U_DECRYPT_FAIL RX_DROP_U_DEFRAG_MISMATCH RX_DROP_U_DEFRAG_OVERFLOW RX_DROP_U_DUP \
        RX_DROP_U_EXPECTED_MGMT RX_DROP_U_EXPECT_DEFRAG_PROT RX_DROP_U_INVALID_8023 RX_DROP_U_KEY_TAINTED RX_DROP_U_MALFORMED_ACTION RX_DROP_U_MCAST_DEAUTH \
        RX_DROP_U_MCAST_DISASSOC RX_DROP_U_MCAST_FRAGMENT RX_DROP_U_MESH_A3_MISMATCH RX_DROP_U_MESH_A4_MISMATCH RX_DROP_U_MESH_BAD_AE RX_DROP_U_MESH_DS_BITS \
        RX_DROP_U_MESH_NOT_FORWARDING RX_DROP_U_MESH_NO_A4 RX_DROP_U_MESH_NO_TTL RX_DROP_U_MESH_RMC RX_DROP_U_MESH_TTL_EXPIRED RX_DROP_U_MESH_UNEXP_DATA \
        RX_DROP_U_MESH_UNEXP_MGMT RX_DROP_U_MESH_WRONG_ACTION RX_DROP_U_MIC_FAIL RX_DROP_U_MMIC_FAIL RX_DROP_U_NONBCAST_BEACON RX_DROP_U_NONSEQ_PN \
        RX_DROP_U_NOT_PORT_CONTROL RX_DROP_U_NO_ICV RX_DROP_U_NO_IV RX_DROP_U_NO_KEY_ID RX_DROP_U_NO_LINK RX_DROP_U_NULL_DATA \
        RX_DROP_U_OOM RX_DROP_U_PORT_CONTROL RX_DROP_U_REJECTED_ACTION_RESPONSE RX_DROP_U_REPLAY RX_DROP_U_RUNT_ACTION RX_DROP_U_RUNT_BAR \
        RX_DROP_U_RUNT_DATA RX_DROP_U_RUNT_MESH_DATA RX_DROP_U_RUNT_MGMT RX_DROP_U_SHORT_CCMP RX_DROP_U_SHORT_CCMP_MIC RX_DROP_U_SHORT_CMAC \
        RX_DROP_U_SHORT_CMAC256 RX_DROP_U_SHORT_GCMP RX_DROP_U_SHORT_GCMP_MIC RX_DROP_U_SHORT_GMAC RX_DROP_U_SHORT_MMIC RX_DROP_U_SHORT_TKIP \
        RX_DROP_U_SPURIOUS RX_DROP_U_SPURIOUS_NOTIF RX_DROP_U_TKIP_FAIL RX_DROP_U_UNEXPECTED_4ADDR RX_DROP_U_UNEXPECTED_4ADDR_FRAME RX_DROP_U_UNEXPECTED_EXT_FRAME \
        RX_DROP_U_UNEXPECTED_STA_4ADDR RX_DROP_U_UNEXPECTED_VLAN_4ADDR RX_DROP_U_UNEXPECTED_VLAN_MCAST RX_DROP_U_UNHANDLED_DEAUTH RX_DROP_U_UNHANDLED_DISASSOC RX_DROP_U_UNHANDLED_MGMT \
        RX_DROP_U_UNHANDLED_MGMT_STYPE RX_DROP_U_UNHANDLED_PREQ RX_DROP_U_UNKNOWN_ACTION_REJECTED RX_DROP_U_UNKNOWN_MCAST_ACTION RX_DROP_U_UNKNOWN_STA RX_DROP_U_UNPROTECTED \
        RX_DROP_U_UNPROT_ACTION RX_DROP_U_UNPROT_BEACON RX_DROP_U_UNPROT_DUAL RX_DROP_U_UNPROT_MCAST_MGMT RX_DROP_U_UNPROT_ROBUST_ACTION RX_DROP_U_UNPROT_UCAST_MGMT \
        RX_DROP_U_UNPROT_UNICAST_PUB_ACTION RX_DROP_U_WEP_DEC_FAIL SECURITY_HOOK SKB_BAD_GSO SKB_CONSUMED SKB_CSUM \
        SKB_DROP_REASON_MAX SKB_GSO_SEG SKB_NOT_DROPPED_YET SKB_UCOPY_FAULT SOCKET_BACKLOG SOCKET_CLOSE \
        SOCKET_FILTER SOCKET_RCVBUFF SUBSYS_MASK TAP_FILTER TAP_TXFILTER TCP_ABORT_ON_DATA \
        TCP_ACK_UNSENT_DATA TCP_AOFAILURE TCP_AOKEYNOTFOUND TCP_AONOTFOUND TCP_AOUNEXPECTED TCP_AUTH_HDR \
        TCP_CLOSE TCP_CSUM TCP_FASTOPEN TCP_FLAGS TCP_INVALID_ACK_SEQUENCE TCP_INVALID_END_SEQUENCE \
        TCP_INVALID_SEQUENCE TCP_INVALID_SYN TCP_LISTEN_OVERFLOW TCP_MD5FAILURE TCP_MD5NOTFOUND TCP_MD5UNEXPECTED \
        TCP_MINTTL TCP_OFOMERGE TCP_OFO_DROP TCP_OFO_QUEUE_PRUNE TCP_OLD_ACK TCP_OLD_DATA \
        TCP_OLD_SEQUENCE TCP_OVERWINDOW TCP_RESET TCP_RFC7323_PAWS TCP_RFC7323_PAWS_ACK TCP_RFC7323_TSECR \
        TCP_RFC7323_TW_PAWS TCP_TOO_OLD_ACK TCP_ZEROWINDOW TC_CHAIN_NOTFOUND TC_COOKIE_ERROR TC_EGRESS \
        TC_INGRESS TC_RECLASSIFY_LOOP TUNNEL_TXINFO UDP_CSUM UNHANDLED_PROTO UNICAST_IN_L2_MULTICAST \
        UNIX_DISCONNECT UNIX_SKIP_OOB VXLAN_ENTRY_EXISTS VXLAN_INVALID_HDR VXLAN_VNI_NOT_FOUND XDP \
        XFRM_POLICY
end

complete -c capture -f
complete -c capture -n __fish_use_subcommand -a doctor -d 'Checks what this host allows'
complete -c capture -n __fish_use_subcommand -a plan -d 'Prints every change that a capture would make'
complete -c capture -n __fish_use_subcommand -a script -d 'Prints a shell script that makes the same capture without this program'
complete -c capture -n __fish_use_subcommand -a cleanup -d 'Removes what a killed capture left in tracefs'
complete -c capture -n __fish_use_subcommand -a snapshot -d 'Copies a capture that is still running into one whole file'
complete -c capture -n __fish_use_subcommand -a start -d 'Starts a capture in the background'
complete -c capture -n __fish_use_subcommand -a status -d 'Shows the captures in the background'
complete -c capture -n __fish_use_subcommand -a stop -d 'Ends a capture in the background as Ctrl-C does, waits until its file is whole, and prints its result'

complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -s h -l help -d 'Show this help'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l version -d 'Show the version'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -s d -l duration -x -d 'How long to record'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l keep-last -x -d 'Flight recorder'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l freeze -d 'Read nothing until the end'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l until -x -d 'Stop when this happens'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l then -x -d 'How long to go on after what --until names'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l repeat -x -d 'With --keep-last'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -s o -l output -r -F -d 'The capture file to create'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l probe -x -a 'auto eprobe function kprobe tracepoint' -d 'How to observe drops'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l function -x -d 'Record the calls of this kernel function instead of drops, with their stacks'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l interface -x -d 'Record only packets of an interface with this name, in any namespace'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l filter -x -d 'Record only drops that match, in the words of pcap-filter'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l packets -x -a 'full headers none' -d 'What to keep of each packet'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l reason -x -a '(__capture_reasons)' -d 'Record only drops with this reason, by the kernel\'s name (NO_SOCKET) in any case'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l exclude-reason -x -a '(__capture_reasons)' -d 'Leave out drops with this reason'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l with -x -a 'hardware queues softirq tcp xdp' -d 'Also record what else happened'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l event -x -d 'Also record this tracepoint'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l follow -x -d 'Also record where packets had been, for analyze follow'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l latency -d 'Let the kernel count how long packets had been in it when they were dropped, read or sent'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l no-stack -d 'Record no stacks'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l no-owner -d 'Do not fetch who owns a packet\'s socket'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l no-host-state -d 'Do not store how the host is set up'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l max-drops -x -d 'Stop after about this many drops'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l max-rate -x -d 'Drops per second that the host can afford'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l overload -x -a 'end sample' -d 'What to do above --max-rate when stacks are gone'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l max-size -x -d 'Stop when the file has about this size'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l buffer -x -d 'Ring buffer in the kernel, for all CPUs together'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l transport -x -a 'auto pages text' -d 'How to read the ring buffer'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l metrics -r -F -d 'Each second, write counts for Prometheus into this file'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l json -d 'Print one JSON document instead of text'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -s q -l quiet -d 'Print no progress'
complete -c capture -n 'not __fish_seen_subcommand_from doctor plan script cleanup snapshot start status stop' -l force -d 'Replace an existing file that you own'

complete -c capture -n '__fish_seen_subcommand_from doctor' -s d -l duration -x -d 'How long to record'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l keep-last -x -d 'Flight recorder'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l freeze -d 'Read nothing until the end'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l until -x -d 'Stop when this happens'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l then -x -d 'How long to go on after what --until names'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l repeat -x -d 'With --keep-last'
complete -c capture -n '__fish_seen_subcommand_from doctor' -s o -l output -r -F -d 'The capture file to create'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l probe -x -a 'auto eprobe function kprobe tracepoint' -d 'How to observe drops'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l function -x -d 'Record the calls of this kernel function instead of drops, with their stacks'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l interface -x -d 'Record only packets of an interface with this name, in any namespace'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l filter -x -d 'Record only drops that match, in the words of pcap-filter'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l packets -x -a 'full headers none' -d 'What to keep of each packet'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l reason -x -a '(__capture_reasons)' -d 'Record only drops with this reason, by the kernel\'s name (NO_SOCKET) in any case'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l exclude-reason -x -a '(__capture_reasons)' -d 'Leave out drops with this reason'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l with -x -a 'hardware queues softirq tcp xdp' -d 'Also record what else happened'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l event -x -d 'Also record this tracepoint'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l follow -x -d 'Also record where packets had been, for analyze follow'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l latency -d 'Let the kernel count how long packets had been in it when they were dropped, read or sent'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l no-stack -d 'Record no stacks'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l no-owner -d 'Do not fetch who owns a packet\'s socket'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l no-host-state -d 'Do not store how the host is set up'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l max-drops -x -d 'Stop after about this many drops'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l max-rate -x -d 'Drops per second that the host can afford'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l overload -x -a 'end sample' -d 'What to do above --max-rate when stacks are gone'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l max-size -x -d 'Stop when the file has about this size'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l buffer -x -d 'Ring buffer in the kernel, for all CPUs together'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l transport -x -a 'auto pages text' -d 'How to read the ring buffer'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l metrics -r -F -d 'Each second, write counts for Prometheus into this file'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l json -d 'Print one JSON document instead of text'
complete -c capture -n '__fish_seen_subcommand_from doctor' -s q -l quiet -d 'Print no progress'
complete -c capture -n '__fish_seen_subcommand_from doctor' -l force -d 'Replace an existing file that you own'
complete -c capture -n '__fish_seen_subcommand_from doctor' -s h -l help -d 'Show this help'

complete -c capture -n '__fish_seen_subcommand_from plan' -s d -l duration -x -d 'How long to record'
complete -c capture -n '__fish_seen_subcommand_from plan' -l keep-last -x -d 'Flight recorder'
complete -c capture -n '__fish_seen_subcommand_from plan' -l freeze -d 'Read nothing until the end'
complete -c capture -n '__fish_seen_subcommand_from plan' -l until -x -d 'Stop when this happens'
complete -c capture -n '__fish_seen_subcommand_from plan' -l then -x -d 'How long to go on after what --until names'
complete -c capture -n '__fish_seen_subcommand_from plan' -l repeat -x -d 'With --keep-last'
complete -c capture -n '__fish_seen_subcommand_from plan' -s o -l output -r -F -d 'The capture file to create'
complete -c capture -n '__fish_seen_subcommand_from plan' -l probe -x -a 'auto eprobe function kprobe tracepoint' -d 'How to observe drops'
complete -c capture -n '__fish_seen_subcommand_from plan' -l function -x -d 'Record the calls of this kernel function instead of drops, with their stacks'
complete -c capture -n '__fish_seen_subcommand_from plan' -l interface -x -d 'Record only packets of an interface with this name, in any namespace'
complete -c capture -n '__fish_seen_subcommand_from plan' -l filter -x -d 'Record only drops that match, in the words of pcap-filter'
complete -c capture -n '__fish_seen_subcommand_from plan' -l packets -x -a 'full headers none' -d 'What to keep of each packet'
complete -c capture -n '__fish_seen_subcommand_from plan' -l reason -x -a '(__capture_reasons)' -d 'Record only drops with this reason, by the kernel\'s name (NO_SOCKET) in any case'
complete -c capture -n '__fish_seen_subcommand_from plan' -l exclude-reason -x -a '(__capture_reasons)' -d 'Leave out drops with this reason'
complete -c capture -n '__fish_seen_subcommand_from plan' -l with -x -a 'hardware queues softirq tcp xdp' -d 'Also record what else happened'
complete -c capture -n '__fish_seen_subcommand_from plan' -l event -x -d 'Also record this tracepoint'
complete -c capture -n '__fish_seen_subcommand_from plan' -l follow -x -d 'Also record where packets had been, for analyze follow'
complete -c capture -n '__fish_seen_subcommand_from plan' -l latency -d 'Let the kernel count how long packets had been in it when they were dropped, read or sent'
complete -c capture -n '__fish_seen_subcommand_from plan' -l no-stack -d 'Record no stacks'
complete -c capture -n '__fish_seen_subcommand_from plan' -l no-owner -d 'Do not fetch who owns a packet\'s socket'
complete -c capture -n '__fish_seen_subcommand_from plan' -l no-host-state -d 'Do not store how the host is set up'
complete -c capture -n '__fish_seen_subcommand_from plan' -l max-drops -x -d 'Stop after about this many drops'
complete -c capture -n '__fish_seen_subcommand_from plan' -l max-rate -x -d 'Drops per second that the host can afford'
complete -c capture -n '__fish_seen_subcommand_from plan' -l overload -x -a 'end sample' -d 'What to do above --max-rate when stacks are gone'
complete -c capture -n '__fish_seen_subcommand_from plan' -l max-size -x -d 'Stop when the file has about this size'
complete -c capture -n '__fish_seen_subcommand_from plan' -l buffer -x -d 'Ring buffer in the kernel, for all CPUs together'
complete -c capture -n '__fish_seen_subcommand_from plan' -l transport -x -a 'auto pages text' -d 'How to read the ring buffer'
complete -c capture -n '__fish_seen_subcommand_from plan' -l metrics -r -F -d 'Each second, write counts for Prometheus into this file'
complete -c capture -n '__fish_seen_subcommand_from plan' -l json -d 'Print one JSON document instead of text'
complete -c capture -n '__fish_seen_subcommand_from plan' -s q -l quiet -d 'Print no progress'
complete -c capture -n '__fish_seen_subcommand_from plan' -l force -d 'Replace an existing file that you own'
complete -c capture -n '__fish_seen_subcommand_from plan' -s h -l help -d 'Show this help'

complete -c capture -n '__fish_seen_subcommand_from script' -s d -l duration -x -d 'How long to record'
complete -c capture -n '__fish_seen_subcommand_from script' -l keep-last -x -d 'Flight recorder'
complete -c capture -n '__fish_seen_subcommand_from script' -l freeze -d 'Read nothing until the end'
complete -c capture -n '__fish_seen_subcommand_from script' -l until -x -d 'Stop when this happens'
complete -c capture -n '__fish_seen_subcommand_from script' -l then -x -d 'How long to go on after what --until names'
complete -c capture -n '__fish_seen_subcommand_from script' -l repeat -x -d 'With --keep-last'
complete -c capture -n '__fish_seen_subcommand_from script' -s o -l output -r -F -d 'The capture file to create'
complete -c capture -n '__fish_seen_subcommand_from script' -l probe -x -a 'auto eprobe function kprobe tracepoint' -d 'How to observe drops'
complete -c capture -n '__fish_seen_subcommand_from script' -l function -x -d 'Record the calls of this kernel function instead of drops, with their stacks'
complete -c capture -n '__fish_seen_subcommand_from script' -l interface -x -d 'Record only packets of an interface with this name, in any namespace'
complete -c capture -n '__fish_seen_subcommand_from script' -l filter -x -d 'Record only drops that match, in the words of pcap-filter'
complete -c capture -n '__fish_seen_subcommand_from script' -l packets -x -a 'full headers none' -d 'What to keep of each packet'
complete -c capture -n '__fish_seen_subcommand_from script' -l reason -x -a '(__capture_reasons)' -d 'Record only drops with this reason, by the kernel\'s name (NO_SOCKET) in any case'
complete -c capture -n '__fish_seen_subcommand_from script' -l exclude-reason -x -a '(__capture_reasons)' -d 'Leave out drops with this reason'
complete -c capture -n '__fish_seen_subcommand_from script' -l with -x -a 'hardware queues softirq tcp xdp' -d 'Also record what else happened'
complete -c capture -n '__fish_seen_subcommand_from script' -l event -x -d 'Also record this tracepoint'
complete -c capture -n '__fish_seen_subcommand_from script' -l follow -x -d 'Also record where packets had been, for analyze follow'
complete -c capture -n '__fish_seen_subcommand_from script' -l latency -d 'Let the kernel count how long packets had been in it when they were dropped, read or sent'
complete -c capture -n '__fish_seen_subcommand_from script' -l no-stack -d 'Record no stacks'
complete -c capture -n '__fish_seen_subcommand_from script' -l no-owner -d 'Do not fetch who owns a packet\'s socket'
complete -c capture -n '__fish_seen_subcommand_from script' -l no-host-state -d 'Do not store how the host is set up'
complete -c capture -n '__fish_seen_subcommand_from script' -l max-drops -x -d 'Stop after about this many drops'
complete -c capture -n '__fish_seen_subcommand_from script' -l max-rate -x -d 'Drops per second that the host can afford'
complete -c capture -n '__fish_seen_subcommand_from script' -l overload -x -a 'end sample' -d 'What to do above --max-rate when stacks are gone'
complete -c capture -n '__fish_seen_subcommand_from script' -l max-size -x -d 'Stop when the file has about this size'
complete -c capture -n '__fish_seen_subcommand_from script' -l buffer -x -d 'Ring buffer in the kernel, for all CPUs together'
complete -c capture -n '__fish_seen_subcommand_from script' -l transport -x -a 'auto pages text' -d 'How to read the ring buffer'
complete -c capture -n '__fish_seen_subcommand_from script' -l metrics -r -F -d 'Each second, write counts for Prometheus into this file'
complete -c capture -n '__fish_seen_subcommand_from script' -l json -d 'Print one JSON document instead of text'
complete -c capture -n '__fish_seen_subcommand_from script' -s q -l quiet -d 'Print no progress'
complete -c capture -n '__fish_seen_subcommand_from script' -l force -d 'Replace an existing file that you own'
complete -c capture -n '__fish_seen_subcommand_from script' -s h -l help -d 'Show this help'

complete -c capture -n '__fish_seen_subcommand_from cleanup' -l dry-run -d 'List the leftovers and change nothing'
complete -c capture -n '__fish_seen_subcommand_from cleanup' -l json -d 'Print one JSON document instead of text'
complete -c capture -n '__fish_seen_subcommand_from cleanup' -s h -l help -d 'Show this help'

complete -c capture -n '__fish_seen_subcommand_from snapshot' -F
complete -c capture -n '__fish_seen_subcommand_from snapshot' -s o -l output -r -F -d 'The file to create'
complete -c capture -n '__fish_seen_subcommand_from snapshot' -l force -d 'Replace an existing file that you own'
complete -c capture -n '__fish_seen_subcommand_from snapshot' -s h -l help -d 'Show this help'

complete -c capture -n '__fish_seen_subcommand_from start' -s d -l duration -x -d 'How long to record'
complete -c capture -n '__fish_seen_subcommand_from start' -l keep-last -x -d 'Flight recorder'
complete -c capture -n '__fish_seen_subcommand_from start' -l freeze -d 'Read nothing until the end'
complete -c capture -n '__fish_seen_subcommand_from start' -l until -x -d 'Stop when this happens'
complete -c capture -n '__fish_seen_subcommand_from start' -l then -x -d 'How long to go on after what --until names'
complete -c capture -n '__fish_seen_subcommand_from start' -l repeat -x -d 'With --keep-last'
complete -c capture -n '__fish_seen_subcommand_from start' -s o -l output -r -F -d 'The capture file to create'
complete -c capture -n '__fish_seen_subcommand_from start' -l probe -x -a 'auto eprobe function kprobe tracepoint' -d 'How to observe drops'
complete -c capture -n '__fish_seen_subcommand_from start' -l function -x -d 'Record the calls of this kernel function instead of drops, with their stacks'
complete -c capture -n '__fish_seen_subcommand_from start' -l interface -x -d 'Record only packets of an interface with this name, in any namespace'
complete -c capture -n '__fish_seen_subcommand_from start' -l filter -x -d 'Record only drops that match, in the words of pcap-filter'
complete -c capture -n '__fish_seen_subcommand_from start' -l packets -x -a 'full headers none' -d 'What to keep of each packet'
complete -c capture -n '__fish_seen_subcommand_from start' -l reason -x -a '(__capture_reasons)' -d 'Record only drops with this reason, by the kernel\'s name (NO_SOCKET) in any case'
complete -c capture -n '__fish_seen_subcommand_from start' -l exclude-reason -x -a '(__capture_reasons)' -d 'Leave out drops with this reason'
complete -c capture -n '__fish_seen_subcommand_from start' -l with -x -a 'hardware queues softirq tcp xdp' -d 'Also record what else happened'
complete -c capture -n '__fish_seen_subcommand_from start' -l event -x -d 'Also record this tracepoint'
complete -c capture -n '__fish_seen_subcommand_from start' -l follow -x -d 'Also record where packets had been, for analyze follow'
complete -c capture -n '__fish_seen_subcommand_from start' -l latency -d 'Let the kernel count how long packets had been in it when they were dropped, read or sent'
complete -c capture -n '__fish_seen_subcommand_from start' -l no-stack -d 'Record no stacks'
complete -c capture -n '__fish_seen_subcommand_from start' -l no-owner -d 'Do not fetch who owns a packet\'s socket'
complete -c capture -n '__fish_seen_subcommand_from start' -l no-host-state -d 'Do not store how the host is set up'
complete -c capture -n '__fish_seen_subcommand_from start' -l max-drops -x -d 'Stop after about this many drops'
complete -c capture -n '__fish_seen_subcommand_from start' -l max-rate -x -d 'Drops per second that the host can afford'
complete -c capture -n '__fish_seen_subcommand_from start' -l overload -x -a 'end sample' -d 'What to do above --max-rate when stacks are gone'
complete -c capture -n '__fish_seen_subcommand_from start' -l max-size -x -d 'Stop when the file has about this size'
complete -c capture -n '__fish_seen_subcommand_from start' -l buffer -x -d 'Ring buffer in the kernel, for all CPUs together'
complete -c capture -n '__fish_seen_subcommand_from start' -l transport -x -a 'auto pages text' -d 'How to read the ring buffer'
complete -c capture -n '__fish_seen_subcommand_from start' -l metrics -r -F -d 'Each second, write counts for Prometheus into this file'
complete -c capture -n '__fish_seen_subcommand_from start' -l json -d 'Print one JSON document instead of text'
complete -c capture -n '__fish_seen_subcommand_from start' -s q -l quiet -d 'Print no progress'
complete -c capture -n '__fish_seen_subcommand_from start' -l force -d 'Replace an existing file that you own'
complete -c capture -n '__fish_seen_subcommand_from start' -s h -l help -d 'Show this help'

complete -c capture -n '__fish_seen_subcommand_from status' -l json -d 'Print one JSON document instead of text'
complete -c capture -n '__fish_seen_subcommand_from status' -s h -l help -d 'Show this help'

complete -c capture -n '__fish_seen_subcommand_from stop' -F
complete -c capture -n '__fish_seen_subcommand_from stop' -s h -l help -d 'Show this help'
