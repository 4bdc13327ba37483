# Completion of capture for bash, 4.4 or later. Made from its options: DROPFORENSICS_RECORD=1 dotnet test --filter CommandLine

_capture_files() {
    compopt -o filenames 2>/dev/null
    local found
    mapfile -t found < <(compgen "$@" -- "$cur")
    COMPREPLY+=("${found[@]}")
}

_capture() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} kind='' words=''
    # --option=value is three words here.
    if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
    (( COMP_CWORD > 1 )) || command=''
    case $command in doctor|plan|script|cleanup|snapshot|start|status|stop) ;; *) command=capture ;; esac

    case $command:$prev in
        capture:-d|capture:--duration|capture:--keep-last|capture:--until|capture:--then|capture:--repeat|capture:--function|capture:--interface|capture:--filter|capture:--event|capture:--follow|capture:--max-drops|capture:--max-rate|capture:--max-size|capture:--buffer) kind=text ;;
        capture:-o|capture:--output|capture:--metrics) kind=file ;;
        capture:--probe) kind=words words='auto eprobe function kprobe tracepoint' ;;
        capture:--packets) kind=words words='full headers none' ;;
        capture:--reason|capture:--exclude-reason) kind=reason ;;
        capture:--with) kind=words words='hardware queues softirq tcp xdp' ;;
        capture:--overload) kind=words words='end sample' ;;
        capture:--transport) kind=words words='auto pages text' ;;
        doctor:-d|doctor:--duration|doctor:--keep-last|doctor:--until|doctor:--then|doctor:--repeat|doctor:--function|doctor:--interface|doctor:--filter|doctor:--event|doctor:--follow|doctor:--max-drops|doctor:--max-rate|doctor:--max-size|doctor:--buffer) kind=text ;;
        doctor:-o|doctor:--output|doctor:--metrics) kind=file ;;
        doctor:--probe) kind=words words='auto eprobe function kprobe tracepoint' ;;
        doctor:--packets) kind=words words='full headers none' ;;
        doctor:--reason|doctor:--exclude-reason) kind=reason ;;
        doctor:--with) kind=words words='hardware queues softirq tcp xdp' ;;
        doctor:--overload) kind=words words='end sample' ;;
        doctor:--transport) kind=words words='auto pages text' ;;
        plan:-d|plan:--duration|plan:--keep-last|plan:--until|plan:--then|plan:--repeat|plan:--function|plan:--interface|plan:--filter|plan:--event|plan:--follow|plan:--max-drops|plan:--max-rate|plan:--max-size|plan:--buffer) kind=text ;;
        plan:-o|plan:--output|plan:--metrics) kind=file ;;
        plan:--probe) kind=words words='auto eprobe function kprobe tracepoint' ;;
        plan:--packets) kind=words words='full headers none' ;;
        plan:--reason|plan:--exclude-reason) kind=reason ;;
        plan:--with) kind=words words='hardware queues softirq tcp xdp' ;;
        plan:--overload) kind=words words='end sample' ;;
        plan:--transport) kind=words words='auto pages text' ;;
        script:-d|script:--duration|script:--keep-last|script:--until|script:--then|script:--repeat|script:--function|script:--interface|script:--filter|script:--event|script:--follow|script:--max-drops|script:--max-rate|script:--max-size|script:--buffer) kind=text ;;
        script:-o|script:--output|script:--metrics) kind=file ;;
        script:--probe) kind=words words='auto eprobe function kprobe tracepoint' ;;
        script:--packets) kind=words words='full headers none' ;;
        script:--reason|script:--exclude-reason) kind=reason ;;
        script:--with) kind=words words='hardware queues softirq tcp xdp' ;;
        script:--overload) kind=words words='end sample' ;;
        script:--transport) kind=words words='auto pages text' ;;
        snapshot:-o|snapshot:--output) kind=file ;;
        start:-d|start:--duration|start:--keep-last|start:--until|start:--then|start:--repeat|start:--function|start:--interface|start:--filter|start:--event|start:--follow|start:--max-drops|start:--max-rate|start:--max-size|start:--buffer) kind=text ;;
        start:-o|start:--output|start:--metrics) kind=file ;;
        start:--probe) kind=words words='auto eprobe function kprobe tracepoint' ;;
        start:--packets) kind=words words='full headers none' ;;
        start:--reason|start:--exclude-reason) kind=reason ;;
        start:--with) kind=words words='hardware queues softirq tcp xdp' ;;
        start:--overload) kind=words words='end sample' ;;
        start:--transport) kind=words words='auto pages text' ;;
    esac
    if [[ -z $kind && $cur == -* ]]; then
        kind=words
        case $command in
            capture) words='-h --help --version -d --duration --keep-last --freeze --until --then --repeat -o --output --probe --function --interface --filter --packets --reason --exclude-reason --with --event --follow --latency --no-stack --no-owner --no-host-state --max-drops --max-rate --overload --max-size --buffer --transport --metrics --json -q --quiet --force' ;;
            doctor) words='-d --duration --keep-last --freeze --until --then --repeat -o --output --probe --function --interface --filter --packets --reason --exclude-reason --with --event --follow --latency --no-stack --no-owner --no-host-state --max-drops --max-rate --overload --max-size --buffer --transport --metrics --json -q --quiet --force -h --help' ;;
            plan) words='-d --duration --keep-last --freeze --until --then --repeat -o --output --probe --function --interface --filter --packets --reason --exclude-reason --with --event --follow --latency --no-stack --no-owner --no-host-state --max-drops --max-rate --overload --max-size --buffer --transport --metrics --json -q --quiet --force -h --help' ;;
            script) words='-d --duration --keep-last --freeze --until --then --repeat -o --output --probe --function --interface --filter --packets --reason --exclude-reason --with --event --follow --latency --no-stack --no-owner --no-host-state --max-drops --max-rate --overload --max-size --buffer --transport --metrics --json -q --quiet --force -h --help' ;;
            cleanup) words='--dry-run --json -h --help' ;;
            snapshot) words='-o --output --force -h --help' ;;
            start) words='-d --duration --keep-last --freeze --until --then --repeat -o --output --probe --function --interface --filter --packets --reason --exclude-reason --with --event --follow --latency --no-stack --no-owner --no-host-state --max-drops --max-rate --overload --max-size --buffer --transport --metrics --json -q --quiet --force -h --help' ;;
            status) words='--json -h --help' ;;
            stop) words='-h --help' ;;
        esac
    elif [[ -z $kind ]]; then
        case $command in
            capture) (( COMP_CWORD == 1 )) && words='doctor plan script cleanup snapshot start status stop'; kind=words ;;
            doctor) kind=words ;;
            plan) kind=words ;;
            script) kind=words ;;
            cleanup) kind=words ;;
            snapshot) kind=file ;;
            start) kind=words ;;
            status) kind=words ;;
            stop) kind=file ;;
        esac
    fi

    COMPREPLY=()
    case $kind in
        reason) words=${_capture_reasons[*]} ;;
    esac
    if [[ -n $words ]]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur"); fi
    case $kind in
        file) _capture_files -f ;;
        directory) _capture_files -d ;;
        capture) _capture_files -d; _capture_files -f -X '!*.db' ;;
        *) return ;;
    esac
    # A name in quotes, or of another kind: bash's own way with files.
    if (( ${#COMPREPLY[@]} == 0 )); then compopt -o default 2>/dev/null; fi
}

_capture_reasons=(
    ARP_PVLAN_DISABLE BPF_CGROUP_EGRESS BRIDGE_INGRESS_STP_STATE CAKE_FLOOD CANFD_RX_INVALID_FRAME CANXL_RX_INVALID_FRAME
    CAN_RX_INVALID_FRAME CONSUMED CPU_BACKLOG DEV_HDR DEV_READY DUALPI2_STEP_DROP
    DUP_FRAG FQ_BAND_LIMIT FQ_FLOW_LIMIT FQ_HORIZON_LIMIT FRAG_REASM_TIMEOUT FRAG_TOO_FAR
    FULL_RING HDR_TRUNC ICMP_CSUM INVALID_PROTO IPV6DISABLED IPV6_BAD_EXTHDR
    IPV6_NDISC_BAD_CODE IPV6_NDISC_BAD_OPTIONS IPV6_NDISC_FRAG IPV6_NDISC_HOP_LIMIT IPV6_NDISC_NS_OTHERHOST IPV6_TOO_MANY_EXTHDRS
    IPVLAN_MULTICAST_BACKLOG IP_CSUM IP_INADDRERRORS IP_INHDR IP_INNOROUTES IP_INVALID_DEST
    IP_INVALID_SOURCE IP_LOCALNET IP_LOCAL_SOURCE IP_NOPROTO IP_OUTNOROUTES IP_RPFILTER
    IP_TUNNEL_ECN LOCAL_MAC MACVLAN_BROADCAST_BACKLOG MAC_IEEE_MAC_CONTROL MAC_INVALID_SOURCE MAX
    NEIGH_CREATEFAIL NEIGH_DEAD NEIGH_FAILED NEIGH_HH_FILLFAIL NEIGH_QUEUEFULL NETFILTER_DROP
    NOMEM NOT_DROPPED_YET NOT_SPECIFIED NO_SOCKET NO_TX_TARGET OTHERHOST
    OVS_DROP_ACTION_ERROR OVS_DROP_CONNTRACK OVS_DROP_DEFERRED_LIMIT OVS_DROP_EXPLICIT OVS_DROP_EXPLICIT_WITH_ERROR OVS_DROP_FRAG_INVALID_PROTO
    OVS_DROP_FRAG_L2_TOO_LONG OVS_DROP_IP_TTL OVS_DROP_LAST_ACTION OVS_DROP_METER OVS_DROP_RECURSION_LIMIT PACKET_SOCK_ERROR
    PFMEMALLOC PKT_TOO_BIG PKT_TOO_SMALL PROTO_MEM PSP_INPUT PSP_OUTPUT
    QDISC_BURST_DROP QDISC_CONGESTED QDISC_DROP QDISC_DROP_BAND_LIMIT QDISC_DROP_CONGESTED QDISC_DROP_FLOOD_PROTECTION
    QDISC_DROP_FLOW_LIMIT QDISC_DROP_GENERIC QDISC_DROP_HORIZON_LIMIT QDISC_DROP_L4S_STEP_NON_ECN QDISC_DROP_MAX QDISC_DROP_MAXFLOWS
    QDISC_DROP_OVERLIMIT QDISC_DROP_UNSPEC QDISC_OVERLIMIT QUEUE_PURGE RECURSION_LIMIT RX_DROP_MONITOR
    RX_DROP_UNUSABLE RX_DROP_U_ACTION_UNKNOWN_SRC RX_DROP_U_AMSDU_WITHOUT_DATA RX_DROP_U_AP_RX_GROUPCAST RX_DROP_U_BAD_4ADDR RX_DROP_U_BAD_AMSDU
    RX_DROP_U_BAD_AMSDU_CIPHER RX_DROP_U_BAD_BCN_KEYIDX RX_DROP_U_BAD_CIPHER RX_DROP_U_BAD_KEY_COLOR RX_DROP_U_BAD_MGMT_KEYIDX RX_DROP_U_BAD_MMIE
    RX_DROP_U_BAR_OUTSIDE_SESSION RX_DROP_U_CTRL_FRAME RX_DROP_U_DECRYPT_FAIL RX_DROP_U_DEFRAG_MISMATCH RX_DROP_U_DEFRAG_OVERFLOW RX_DROP_U_DUP
    RX_DROP_U_EXPECTED_MGMT RX_DROP_U_EXPECT_DEFRAG_PROT RX_DROP_U_INVALID_8023 RX_DROP_U_KEY_TAINTED RX_DROP_U_MALFORMED_ACTION RX_DROP_U_MCAST_DEAUTH
    RX_DROP_U_MCAST_DISASSOC RX_DROP_U_MCAST_FRAGMENT RX_DROP_U_MESH_A3_MISMATCH RX_DROP_U_MESH_A4_MISMATCH RX_DROP_U_MESH_BAD_AE RX_DROP_U_MESH_DS_BITS
    RX_DROP_U_MESH_NOT_FORWARDING RX_DROP_U_MESH_NO_A4 RX_DROP_U_MESH_NO_TTL RX_DROP_U_MESH_RMC RX_DROP_U_MESH_TTL_EXPIRED RX_DROP_U_MESH_UNEXP_DATA
    RX_DROP_U_MESH_UNEXP_MGMT RX_DROP_U_MESH_WRONG_ACTION RX_DROP_U_MIC_FAIL RX_DROP_U_MMIC_FAIL RX_DROP_U_NONBCAST_BEACON RX_DROP_U_NONSEQ_PN
    RX_DROP_U_NOT_PORT_CONTROL RX_DROP_U_NO_ICV RX_DROP_U_NO_IV RX_DROP_U_NO_KEY_ID RX_DROP_U_NO_LINK RX_DROP_U_NULL_DATA
    RX_DROP_U_OOM RX_DROP_U_PORT_CONTROL RX_DROP_U_REJECTED_ACTION_RESPONSE RX_DROP_U_REPLAY RX_DROP_U_RUNT_ACTION RX_DROP_U_RUNT_BAR
    RX_DROP_U_RUNT_DATA RX_DROP_U_RUNT_MESH_DATA RX_DROP_U_RUNT_MGMT RX_DROP_U_SHORT_CCMP RX_DROP_U_SHORT_CCMP_MIC RX_DROP_U_SHORT_CMAC
    RX_DROP_U_SHORT_CMAC256 RX_DROP_U_SHORT_GCMP RX_DROP_U_SHORT_GCMP_MIC RX_DROP_U_SHORT_GMAC RX_DROP_U_SHORT_MMIC RX_DROP_U_SHORT_TKIP
    RX_DROP_U_SPURIOUS RX_DROP_U_SPURIOUS_NOTIF RX_DROP_U_TKIP_FAIL RX_DROP_U_UNEXPECTED_4ADDR RX_DROP_U_UNEXPECTED_4ADDR_FRAME RX_DROP_U_UNEXPECTED_EXT_FRAME
    RX_DROP_U_UNEXPECTED_STA_4ADDR RX_DROP_U_UNEXPECTED_VLAN_4ADDR RX_DROP_U_UNEXPECTED_VLAN_MCAST RX_DROP_U_UNHANDLED_DEAUTH RX_DROP_U_UNHANDLED_DISASSOC RX_DROP_U_UNHANDLED_MGMT
    RX_DROP_U_UNHANDLED_MGMT_STYPE RX_DROP_U_UNHANDLED_PREQ RX_DROP_U_UNKNOWN_ACTION_REJECTED RX_DROP_U_UNKNOWN_MCAST_ACTION RX_DROP_U_UNKNOWN_STA RX_DROP_U_UNPROTECTED
    RX_DROP_U_UNPROT_ACTION RX_DROP_U_UNPROT_BEACON RX_DROP_U_UNPROT_DUAL RX_DROP_U_UNPROT_MCAST_MGMT RX_DROP_U_UNPROT_ROBUST_ACTION RX_DROP_U_UNPROT_UCAST_MGMT
    RX_DROP_U_UNPROT_UNICAST_PUB_ACTION RX_DROP_U_WEP_DEC_FAIL SECURITY_HOOK SKB_BAD_GSO SKB_CONSUMED SKB_CSUM
    SKB_DROP_REASON_MAX SKB_GSO_SEG SKB_NOT_DROPPED_YET SKB_UCOPY_FAULT SOCKET_BACKLOG SOCKET_CLOSE
    SOCKET_FILTER SOCKET_RCVBUFF SUBSYS_MASK TAP_FILTER TAP_TXFILTER TCP_ABORT_ON_DATA
    TCP_ACK_UNSENT_DATA TCP_AOFAILURE TCP_AOKEYNOTFOUND TCP_AONOTFOUND TCP_AOUNEXPECTED TCP_AUTH_HDR
    TCP_CLOSE TCP_CSUM TCP_FASTOPEN TCP_FLAGS TCP_INVALID_ACK_SEQUENCE TCP_INVALID_END_SEQUENCE
    TCP_INVALID_SEQUENCE TCP_INVALID_SYN TCP_LISTEN_OVERFLOW TCP_MD5FAILURE TCP_MD5NOTFOUND TCP_MD5UNEXPECTED
    TCP_MINTTL TCP_OFOMERGE TCP_OFO_DROP TCP_OFO_QUEUE_PRUNE TCP_OLD_ACK TCP_OLD_DATA
    TCP_OLD_SEQUENCE TCP_OVERWINDOW TCP_RESET TCP_RFC7323_PAWS TCP_RFC7323_PAWS_ACK TCP_RFC7323_TSECR
    TCP_RFC7323_TW_PAWS TCP_TOO_OLD_ACK TCP_ZEROWINDOW TC_CHAIN_NOTFOUND TC_COOKIE_ERROR TC_EGRESS
    TC_INGRESS TC_RECLASSIFY_LOOP TUNNEL_TXINFO UDP_CSUM UNHANDLED_PROTO UNICAST_IN_L2_MULTICAST
    UNIX_DISCONNECT UNIX_SKIP_OOB VXLAN_ENTRY_EXISTS VXLAN_INVALID_HDR VXLAN_VNI_NOT_FOUND XDP
    XFRM_POLICY
)
complete -F _capture capture
