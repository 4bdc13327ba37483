# Completion of analyze for fish. Made from its options: DROPFORENSICS_RECORD=1 dotnet test --filter CommandLine

function __analyze_reasons
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

complete -c analyze -f
complete -c analyze -n __fish_use_subcommand -a raw -d 'Prints the trace text byte for byte, as the kernel printed it'
complete -c analyze -n __fish_use_subcommand -a verify -d 'Checks a capture against itself'
complete -c analyze -n __fish_use_subcommand -a replay -d 'Prints the drops of all CPUs in order of time, one line each'
complete -c analyze -n __fish_use_subcommand -a follow -d 'Prints where dropped packets had been'
complete -c analyze -n __fish_use_subcommand -a export -d 'Writes the drops, their stacks or their packets for other programs'
complete -c analyze -n __fish_use_subcommand -a lake -d 'Keeps captures of many hosts as one set of Parquet files, and asks all of them at once'
complete -c analyze -n __fish_use_subcommand -a collect -d 'Records on many hosts at the same time, fetches the captures, and makes one report'
complete -c analyze -n __fish_use_subcommand -a redact -d 'Makes a copy of a capture that you can share'
complete -c analyze -n __fish_use_subcommand -a reattribute -d 'Makes a copy of a capture with this version\'s schema, functions and drivers'
complete -c analyze -n __fish_use_subcommand -a import -d 'Makes a capture from the text of another tool'
complete -c analyze -n __fish_use_subcommand -a diff -d 'Compares captures with the first'
complete -c analyze -n __fish_use_subcommand -a explain -d 'Explains a drop reason or a dropping function'

complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -k -a '(__fish_complete_suffix .db)'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -s h -l help -d 'Show this help'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l version -d 'Show the version'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l hosts -x -a 'all none outliers' -d 'Of several captures'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l format -x -a 'html markdown' -d 'What the report is written as'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -s o -l output -x -a '(__fish_complete_directories)' -d 'Folder for page and pictures'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l force -d 'Replace files of these names in the folder that analyze did not make'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l filter -x -d 'Only the drops that match, in the words of pcap-filter'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l json -d 'Print one JSON document instead of the summary'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l markdown -d 'Print a comment for a ticket in Markdown instead of the summary'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l top -x -d 'Rows of each table of the summary'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l debuginfo -x -d 'Show the line of the kernel\'s source where packets were dropped, by this debug information of the captured kernel'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l no-html -d 'Do not write report.html, nor report.md'
complete -c analyze -n 'not __fish_seen_subcommand_from raw verify replay follow export lake collect redact reattribute import diff explain' -l no-png -d 'Do not write summary.png, timeline.png, reasons.png, drivers.png, heatmap.png, flamegraph.png'

complete -c analyze -n '__fish_seen_subcommand_from raw' -k -a '(__fish_complete_suffix .db)'
complete -c analyze -n '__fish_seen_subcommand_from raw' -l cpu -x -d 'One CPU\'s stream'
complete -c analyze -n '__fish_seen_subcommand_from raw' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from verify' -k -a '(__fish_complete_suffix .db)'
complete -c analyze -n '__fish_seen_subcommand_from verify' -l json -d 'Print one JSON document instead of text'
complete -c analyze -n '__fish_seen_subcommand_from verify' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from replay' -k -a '(__fish_complete_suffix .db)'
complete -c analyze -n '__fish_seen_subcommand_from replay' -l filter -x -d 'Only the drops that match, in the words of pcap-filter'
complete -c analyze -n '__fish_seen_subcommand_from replay' -l json -d 'JSON lines, with the columns of the view drops'
complete -c analyze -n '__fish_seen_subcommand_from replay' -l stacks -d 'Each drop with its stack, the deciding function first'
complete -c analyze -n '__fish_seen_subcommand_from replay' -l speed -x -d '1x prints at the original pace, 10x ten times faster'
complete -c analyze -n '__fish_seen_subcommand_from replay' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from follow' -k -a '(__fish_complete_suffix .db)'
complete -c analyze -n '__fish_seen_subcommand_from follow' -l filter -x -d 'Only the drops that match'
complete -c analyze -n '__fish_seen_subcommand_from follow' -l top -x -d 'Drops whose stops are printed, and ways that are listed'
complete -c analyze -n '__fish_seen_subcommand_from follow' -l json -d 'JSON lines'
complete -c analyze -n '__fish_seen_subcommand_from follow' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from export' -k -a '(__fish_complete_suffix .db)'
complete -c analyze -n '__fish_seen_subcommand_from export' -l format -x -a 'csv folded json otlp parquet pcapng prometheus speedscope' -d 'For spreadsheets (csv), other programs (json), flamegraph.pl (folded), speedscope.app (speedscope), Wireshark (pcapng), DuckDB (parquet), OpenTelemetry or Prometheus'
complete -c analyze -n '__fish_seen_subcommand_from export' -s o -l output -r -F -d 'The file to create'
complete -c analyze -n '__fish_seen_subcommand_from export' -l force -d 'Replace an existing file'
complete -c analyze -n '__fish_seen_subcommand_from export' -l filter -x -d 'Only the drops that match, in the words of pcap-filter'
complete -c analyze -n '__fish_seen_subcommand_from export' -l stacks -d 'With --format json'
complete -c analyze -n '__fish_seen_subcommand_from export' -l events -d 'With --format csv or json'
complete -c analyze -n '__fish_seen_subcommand_from export' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from lake' -a '(__fish_complete_directories)'
complete -c analyze -n '__fish_seen_subcommand_from lake' -k -a '(__fish_complete_suffix .db)'
complete -c analyze -n '__fish_seen_subcommand_from lake' -l question -x -a 'both-ends by-kernel by-owner completeness flow new-since outliers retransmits timeline top-reasons' -d 'Ask a ready question instead of SQL'
complete -c analyze -n '__fish_seen_subcommand_from lake' -l top -x -d 'Rows of the answer to --question'
complete -c analyze -n '__fish_seen_subcommand_from lake' -l since -x -d 'With --question new-since'
complete -c analyze -n '__fish_seen_subcommand_from lake' -l format -x -a 'csv json jsonl table' -d 'How the answer is printed'
complete -c analyze -n '__fish_seen_subcommand_from lake' -l compact -d 'Put small files together, to about 128 MB each'
complete -c analyze -n '__fish_seen_subcommand_from lake' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from collect'
complete -c analyze -n '__fish_seen_subcommand_from collect' -s o -l output -x -a '(__fish_complete_directories)' -d 'The folder for the captures, HOST.db each'
complete -c analyze -n '__fish_seen_subcommand_from collect' -l agent -r -F -d 'The program `capture` to copy'
complete -c analyze -n '__fish_seen_subcommand_from collect' -l script -r -F -d 'Run this shell script instead, made by `capture script`'
complete -c analyze -n '__fish_seen_subcommand_from collect' -l via -x -d 'How to reach a host'
complete -c analyze -n '__fish_seen_subcommand_from collect' -l remote-dir -x -a '(__fish_complete_directories)' -d 'Where a host keeps the program and the capture meanwhile'
complete -c analyze -n '__fish_seen_subcommand_from collect' -l jobs -x -d 'How many hosts at the same time'
complete -c analyze -n '__fish_seen_subcommand_from collect' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from redact' -k -a '(__fish_complete_suffix .db)'
complete -c analyze -n '__fish_seen_subcommand_from redact' -s o -l output -x -k -a '(__fish_complete_suffix .db)' -d 'The capture to create'
complete -c analyze -n '__fish_seen_subcommand_from redact' -l force -d 'Replace an existing file'
complete -c analyze -n '__fish_seen_subcommand_from redact' -l json -d 'Print one JSON document instead of text'
complete -c analyze -n '__fish_seen_subcommand_from redact' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from reattribute' -k -a '(__fish_complete_suffix .db)'
complete -c analyze -n '__fish_seen_subcommand_from reattribute' -s o -l output -x -k -a '(__fish_complete_suffix .db)' -d 'The capture to create'
complete -c analyze -n '__fish_seen_subcommand_from reattribute' -l force -d 'Replace an existing file'
complete -c analyze -n '__fish_seen_subcommand_from reattribute' -l json -d 'Print one JSON document instead of text'
complete -c analyze -n '__fish_seen_subcommand_from reattribute' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from import' -F
complete -c analyze -n '__fish_seen_subcommand_from import' -s o -l output -x -k -a '(__fish_complete_suffix .db)' -d 'The capture to create'
complete -c analyze -n '__fish_seen_subcommand_from import' -l force -d 'Replace an existing file'
complete -c analyze -n '__fish_seen_subcommand_from import' -l format -r -F -d 'The host\'s events/skb/kfree_skb/format, which has the names of the reason numbers that a probe prints'
complete -c analyze -n '__fish_seen_subcommand_from import' -l json -d 'Print one JSON document instead of text'
complete -c analyze -n '__fish_seen_subcommand_from import' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from diff' -k -a '(__fish_complete_suffix .db)'
complete -c analyze -n '__fish_seen_subcommand_from diff' -s o -l output -x -d 'Also write the comparison as one page'
complete -c analyze -n '__fish_seen_subcommand_from diff' -l force -d 'Replace the file even if analyze did not make it'
complete -c analyze -n '__fish_seen_subcommand_from diff' -l filter -x -d 'Only the drops that match, in the words of pcap-filter'
complete -c analyze -n '__fish_seen_subcommand_from diff' -l json -d 'Print one JSON document instead of the tables'
complete -c analyze -n '__fish_seen_subcommand_from diff' -l top -x -d 'Rows of each table of the summary'
complete -c analyze -n '__fish_seen_subcommand_from diff' -l fail-on-increase -x -d 'Exit code 4 if drops increased by more than this percentage'
complete -c analyze -n '__fish_seen_subcommand_from diff' -s h -l help -d 'Show this help'

complete -c analyze -n '__fish_seen_subcommand_from explain' -a '(__analyze_reasons)'
complete -c analyze -n '__fish_seen_subcommand_from explain' -l list -d 'List all drop reasons, and the functions that drop without one'
complete -c analyze -n '__fish_seen_subcommand_from explain' -l kernel -x -d 'Only for this kernel'
complete -c analyze -n '__fish_seen_subcommand_from explain' -l json -d 'Print one JSON document'
complete -c analyze -n '__fish_seen_subcommand_from explain' -s h -l help -d 'Show this help'
