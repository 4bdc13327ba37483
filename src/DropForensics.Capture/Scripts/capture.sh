
# Everything below this line is the same in every script. It needs a POSIX shell, cat, date, df, du, ls, mkdir, rmdir, sed and sleep; busybox will do.

# Each command handles its own failure, so the script also works in a shell started with -e.
set +e
export LC_ALL=C
umask 077
capture= counting_instance= definitions= armed= counting_armed= readers= guard= ended= cut= started= disturbance= event= filter= trigger=

say() { printf 'drop capture: %s\n' "$*" >&2; }
die() { say "$1"; printf '  %s\n' "$2" >&2; exit 3; }

# put FILE VALUE: one write to a file of tracefs. Never opened with >: that would make some of them drop everybody's probes or triggers.
put() { printf '%s\n' "$2" >>"$1"; }
set_or_die() { put "$1" "$2" || die "the kernel refused '$2' in $1" "Something blocks tracefs here: a security module, a read-only mount; 'dmesg' may show the cause."; }

# --- What the kernel counts ---------------------------------------------------------------------------------------------

# The kernel generates a ring's statistics at every read, so they must be read in one go: never with the shell's own read, which
# reads one byte at a time.

# The trace clock, in seconds with six decimals, from a ring's own statistics.
now() { sed -n 's/^now ts: *//p' "$capture/per_cpu/cpu0/stats"; }
now_us() { t=$(now); echo "${t%%.*}${t##*.}"; }

# The statistics of all CPUs of an instance, one after the other, below a line with their order.
stats_of() {
  cpus=cpus
  for dir in "$1"/per_cpu/cpu*; do cpus="$cpus ${dir##*/cpu}"; done
  echo "$cpus"
  cat "$1"/per_cpu/cpu*/stats
}

# sum_of INSTANCE WORD: a counter of its rings, entries or overrun, over all CPUs; the answer is in $sum.
sum_of() {
  sum=0
  for number in $(sed -n "s/^$2: *//p" "$1"/per_cpu/cpu*/stats); do sum=$((sum + number)); done
}
drops_counted() { sum_of "$counting_instance" entries; counted=$sum; sum_of "$counting_instance" overrun; counted=$((counted + sum)); }

# A line: trace clock before, uptime, time of day, trace clock after.
clock_line() {
  m=$(now); read -r up _ </proc/uptime; r=$(date +%s.%N); printf '%s %s %s %s\n' "$m" "$up" "$r" "$(now)"
}

# If date has only whole seconds (busybox): the moment at which a second ends.
clock_tick() {
  r=$(date +%s); start=$(now_us); m2=$(now)
  while m=$m2; r2=$(date +%s); read -r up _ </proc/uptime; m2=$(now); [ "$r2" = "$r" ]; do
    if [ $(($(now_us) - start)) -gt 2000000 ]; then return; fi
  done
  printf '%s %s %s.0 %s\n' "$m" "$up" "$r2" "$m2"
}
clock() {
  case $(date +%N) in
    *[!0-9]* | '') if [ "$1" = edge ]; then clock_tick >>"$output/clock"; fi ;;
    *) clock_line >>"$output/clock" ;;
  esac
}

# --- What the host looks like -------------------------------------------------------------------------------------------

entry() { printf '%s=%s\n' "$1" "$2"; }
keep() { cat "$1" >"$2" 2>/dev/null || :; }

# The network namespace of every thread, one per line; only of processes if there are more than one command line can hold.
tasks() {
  { ls -l /proc/[0-9]*/task/[0-9]*/ns/net || ls -l /proc/[0-9]*/ns/net; } 2>/dev/null |
    sed -n 's|.*/\([0-9]*\)/ns/net -> net:\[\([0-9]*\)\]$|\2 \1|p'
}

host_files() {
  mkdir -p "$output/$1/host" "$output/$1/netns"
  keep /proc/net/softnet_stat "$output/$1/host/softnet_stat"
  keep /proc/modules "$output/$1/host/modules"
  tasks >"$output/$1/tasks"
  seen=' '
  while read -r netns pid; do
    case $seen in *" $netns "*) continue ;; esac
    seen="$seen$netns "
    mkdir -p "$output/$1/netns/$netns"
    namespace_user >>"$output/$1/host/namespaces"
    for file in dev snmp snmp6 netstat xfrm_stat stat/nf_conntrack stat/arp_cache stat/ndisc_cache; do
      keep "/proc/$pid/net/$file" "$output/$1/netns/$netns/${file#stat/}"
    done
  done <"$output/$1/tasks"
  here=$(ls -l /proc/self/ns/net | sed -n 's/.*net:\[\([0-9]*\)\]$/\1/p')
  if [ -d "$output/$1/netns/$here" ]; then interfaces >"$output/$1/netns/$here/interfaces"; fi
}

# Who uses the network namespace: its first process and that one's control group.
namespace_user() {
  comm=-
  { read -r comm <"/proc/$pid/comm"; } 2>/dev/null
  group=$(sed -n 's/^0:://p' "/proc/$pid/cgroup" 2>/dev/null)
  printf '%s\t%s\t%s\t%s\n' "$netns" "${pid%%/*}" "$comm" "${group:--}"
}

# Interfaces of this network namespace, one per line: index, name, driver, indexes of the interfaces below it.
interfaces() {
  for dir in /sys/class/net/*; do
    if ! read -r index 2>/dev/null <"$dir/ifindex"; then continue; fi
    lower=
    for below in "$dir"/lower_*/ifindex; do
      if read -r number 2>/dev/null <"$below"; then lower="$lower $number"; fi
    done
    printf '%s\t%s\t%s\t%s\n' "$index" "${dir##*/}" "$(driver_of "$dir")" "${lower# }"
  done
}
driver_of() {
  if [ -e "$1/device/driver" ]; then
    ls -l "$1/device/driver" | sed 's|.*/||'
    return
  fi
  type=; kind=
  read -r type <"$1/type"
  while IFS='=' read -r key value; do
    if [ "$key" = DEVTYPE ]; then kind=$value; fi
  done <"$1/uevent"
  if [ "$type" = 772 ]; then kind=loopback; fi
  if [ -z "$kind" ] && command -v ethtool >/dev/null; then kind=$(ethtool -i "${1##*/}" 2>/dev/null | sed -n 's/^driver: //p'); fi
  echo "$kind"
}

# --- Undo: whatever happens, and in any order ----------------------------------------------------------------------------

disarm() {
  if [ -n "$armed" ]; then
    put "$capture/tracing_on" 0 2>/dev/null
    if [ -n "$trigger" ]; then put "$capture/events/$event/trigger" '!stacktrace' 2>/dev/null; fi
    put "$capture/events/$event/enable" 0 2>/dev/null
    if [ -n "$filter" ]; then put "$capture/events/$event/filter" 0 2>/dev/null; fi
  fi
  if [ -n "$counting_armed" ]; then
    put "$counting_instance/tracing_on" 0 2>/dev/null
    put "$counting_instance/events/$counted_event/enable" 0 2>/dev/null
    if [ -n "$counted_filter" ]; then put "$counting_instance/events/$counted_event/filter" 0 2>/dev/null; fi
  fi
  armed= counting_armed=
}

stop_readers() {
  for pid in $readers; do
    name=
    read -r name 2>/dev/null <"/proc/$pid/comm"
    case $name in cat | busybox | exe) kill -9 "$pid" 2>/dev/null ;; esac
  done
  if [ -n "$readers" ]; then { wait $readers; } 2>/dev/null; fi
  readers=
}

# The kernel returns EBUSY for a moment after the last reader has closed.
remove_instance() {
  tries=0
  while [ -d "$1" ] && ! rmdir "$1" 2>/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 20 ]; then say "NOT RESTORED: $1 is in use; once no process has a file in it open, run: rmdir $1"; return; fi
    sleep "$nap"
  done
}

restore() {
  trap '' INT TERM HUP QUIT
  disarm
  stop_readers
  exec 3>&- 4>&- 5>&- 6>&-
  if [ -n "$counting_instance" ]; then remove_instance "$counting_instance"; fi
  if [ -n "$capture" ]; then remove_instance "$capture"; fi
  for name in $definitions; do
    put "$tracefs/$definition_file" "-:$name" || say "NOT RESTORED: the probe $name; once nothing uses it, run: echo '-:$name' >> $tracefs/$definition_file"
  done
  capture= counting_instance= definitions=
  if [ -n "$guard" ]; then kill -9 "$guard" 2>/dev/null; { wait "$guard"; } 2>/dev/null; fi
  guard=
}

# A zombie counts as gone.
alive() {
  read -r line 2>/dev/null <"/proc/$1/stat" || return 1
  case ${line##*) } in [ZX]*) return 1 ;; esac
}

# Restores the host after the script was killed. The kernel has shut the gate by then, because no process holds free_buffer any more.
stand_guard() {
  trap '' INT TERM HUP QUIT
  trap - EXIT
  exec 3>&- 4>&- 5>&- 6>&- </dev/null >/dev/null 2>&1
  while alive $$; do sleep 1; done
  restore
}

stopped_by() {
  if [ -n "$ended" ]; then cut=1; fi
  ended=${ended:-$1}
}

# --- Before anything is changed ------------------------------------------------------------------------------------------

nap=1
if sleep 0.1 2>/dev/null; then nap=0.2; fi

for tracefs in /sys/kernel/tracing /sys/kernel/debug/tracing none; do
  if [ -d "$tracefs/instances" ]; then break; fi
done
if [ "$tracefs" = none ]; then die 'tracefs is not mounted, or you have no access to it' 'As root: mount -t tracefs nodev /sys/kernel/tracing'; fi
if ! [ -w "$tracefs/instances" ]; then die "no instance can be made in $tracefs" 'Run as root, with tracefs mounted writable.'; fi
if ! [ -r "$tracefs/events/skb/kfree_skb/format" ]; then die 'this kernel has no skb:kfree_skb tracepoint' 'It needs CONFIG_NET and CONFIG_EVENT_TRACING.'; fi

# reasons NAMES OPERATOR JOIN: their numbers on this kernel, as a filter.
reasons() {
  text=
  for reason in $1; do
    number=$(sed -n "s/.*{ *\([0-9]*\) *, *\"$reason\" *}.*/\1/p" "$tracefs/events/skb/kfree_skb/format")
    if [ -z "$number" ]; then die "this kernel has no drop reason $reason" "Its names are in $tracefs/events/skb/kfree_skb/format."; fi
    text="$text${text:+ $3 }reason $2 $number"
  done
  echo "$text"
}

# The probe contains the offsets of one kernel and works only on that kernel.
if [ "$probe" != tracepoint ]; then
  read -r release </proc/sys/kernel/osrelease
  read -r version </proc/sys/kernel/version
  if [ "$release $version" != "$made_for_kernel" ]; then
    if [ -n "$needs_probe" ]; then die "this script's $probe is for another kernel ($made_for_kernel)" 'Generate the script on this kernel, or without --interface and --function.'; fi
    say "the $probe of this script is for another kernel ($made_for_kernel): using the tracepoint instead"
    probe=tracepoint
  fi
fi
only=$(reasons "$only_reasons" == '||') || exit 3
except=$(reasons "$except_reasons" != '&&') || exit 3
case $only in *'||'*) if [ -n "$except" ]; then only="($only)"; fi ;; esac
tracepoint_filter=$only${only:+${except:+ && }}$except

if [ -z "$output" ]; then
  output=drops-$(sed 's/[^A-Za-z0-9.-]/_/g' /proc/sys/kernel/hostname)-$(date -u +%Y%m%dT%H%M%SZ)
fi
case $output in /*) ;; *) output=$PWD/$output ;; esac
free_kib() { df -Pk "$output" 2>/dev/null | { read -r _; read -r _ _ _ free _; echo "${free:-$least_free_kib}"; }; }
mkdir "$output" || die "cannot make the directory $output" 'Choose another one with -o when you generate the script; it must not exist yet.'
total_kib=$(df -Pk "$output" 2>/dev/null | { read -r _; read -r _ total _; echo "${total:-0}"; })
if [ "$total_kib" -gt 0 ] && [ $((total_kib / 8)) -lt "$least_free_kib" ]; then least_free_kib=$((total_kib / 8)); fi
if [ "$(free_kib)" -lt "$least_free_kib" ]; then rmdir "$output"; die "less than $least_free_kib KiB are free for $output" 'Choose a place on a larger file system.'; fi
mkdir "$output/trace" "$output/before" "$output/after" "$output/witness"

id=$(sed 's/-//g; s/^\(.\{16\}\).*/\1/' /proc/sys/kernel/random/uuid)
id2=$(sed 's/-//g; s/^\(.\{16\}\).*/\1/' /proc/sys/kernel/random/uuid)

trap restore EXIT
trap 'stopped_by SIGINT' INT
trap 'stopped_by SIGTERM' TERM
trap 'stopped_by SIGHUP' HUP
trap 'stopped_by SIGQUIT' QUIT

# --- Arming --------------------------------------------------------------------------------------------------------------

no_instance() { die "cannot make a trace instance in $tracefs/instances" 'Run as root, with tracefs mounted writable.'; }

# Gates and free_buffer stay open from the first moment: so nothing mistakes the instance for a leftover, and if this shell dies, the kernel
# shuts the gate and frees the ring itself. The instance exists before the probe with its name, so the probe is not mistaken for one either. Retried
# in case another cleanup removed it first.
capture=$tracefs/instances/dropforensics_$id
tries=0
until mkdir "$capture" && command exec 3>>"$capture/tracing_on"; do
  tries=$((tries + 1))
  if [ $tries -ge 3 ]; then no_instance; fi
done
echo 0 >&3
command exec 4>>"$capture/free_buffer" || no_instance

if [ "$probe" != tracepoint ]; then
  group=dropforensics_$id
  definition_file=dynamic_events
  if ! [ -e "$tracefs/dynamic_events" ]; then definition_file=kprobe_events; fi
  definition=$probe_kind:$group/$probe_event$probe_definition
  if put "$tracefs/$definition_file" "$definition"; then
    definitions=$group/$probe_event
    event=$group/$probe_event filter=$probe_filter filter_by_name=$probe_filter_by_name
    counted_event=$event counted_filter=$filter
    if [ -n "$counting_probe_definition" ]; then
      put "$tracefs/$definition_file" "$probe_kind:$group/witness$counting_probe_definition" || die 'the kernel refused the counting probe' "See $tracefs/error_log."
      definitions="$definitions $group/witness"
      counted_event=$group/witness counted_filter=$counting_probe_filter
    elif [ -n "$counts_by_tracepoint" ]; then
      counted_event=skb/kfree_skb counted_filter=$counting_probe_filter
    fi
  elif [ -n "$needs_probe" ]; then
    die "the kernel refused the $probe" "See $tracefs/error_log."
  else
    say "the kernel refused the $probe: using the tracepoint instead"
    probe=tracepoint
  fi
fi
if [ "$probe" = tracepoint ]; then
  event=skb/kfree_skb filter=$tracepoint_filter filter_by_name=$tracepoint_filter definition= condition=
  counted_event=$event counted_filter=$filter
fi

# Whether anything else traces: then task name recording stays on, because turning it off would affect it too.
traced=
for file in "$tracefs/set_event" "$tracefs"/instances/*/set_event; do
  if read -r _ 2>/dev/null <"$file"; then traced=1; fi
done

read -r online </sys/devices/system/cpu/online
count_online() {
  n=0; IFS=,
  for range in $online; do n=$((n + ${range#*-} - ${range%-*} + 1)); done
  unset IFS
}
count_online
ring_kib=$((buffer_kib / n))
if [ $ring_kib -lt 4 ]; then ring_kib=4; fi

set_or_die "$capture/trace_clock" mono
if [ "$probe" != tracepoint ] && [ -z "$traced" ]; then set_or_die "$capture/trace_options" norecord-cmd; fi
options=
for option in sym-offset disable_on_free; do
  if [ -e "$capture/options/$option" ]; then set_or_die "$capture/options/$option" 1; options="$options${options:+ }$option"; fi
done
set_or_die "$capture/buffer_size_kb" "$ring_kib"

counting_instance=$tracefs/instances/dropforensics_$id2
tries=0
until mkdir "$counting_instance" && command exec 5>>"$counting_instance/tracing_on"; do
  tries=$((tries + 1))
  if [ $tries -ge 3 ]; then no_instance; fi
done
echo 0 >&5
command exec 6>>"$counting_instance/free_buffer" || no_instance
if [ -z "$traced" ]; then set_or_die "$counting_instance/trace_options" norecord-cmd; fi
if [ -e "$counting_instance/options/disable_on_free" ]; then set_or_die "$counting_instance/options/disable_on_free" 1; fi
set_or_die "$counting_instance/buffer_size_kb" 4

for dir in "$capture"/per_cpu/cpu*; do
  ( trap '' INT HUP QUIT TERM; exec cat "$dir/trace_pipe" ) >"$output/trace/${dir##*/}" 2>/dev/null 3>&- 4>&- 5>&- 6>&- &
  readers="$readers $!"
done
stand_guard &
guard=$!

if [ "$stacks" = 1 ]; then
  trigger=stacktrace:$((max_drops + 100000))
  if [ -n "$filter" ]; then trigger="$trigger if $filter"; fi
fi
{
  echo 'drop capture by shell, layout 1'
  for file in hostname osrelease version; do
    read -r line <"/proc/sys/kernel/$file"
    entry "$file" "$line"
  done
  entry boot_id "$(cat /proc/sys/kernel/random/boot_id)"
  entry machine "$(uname -m)"
  entry zone "$(date '+%z %Z')"
  entry cpus_online "$online"
  entry script_version "$script_version"
  entry command_line "$command_line"
  entry probe "$probe"
  entry event "$event"
  entry definition "$definition"
  entry hits_of "$hits_of"
  entry condition "$condition"
  entry asked "$filter_by_name"
  entry trigger "$trigger"
  entry options "$options"
  entry window_s "$duration_s"
  entry steering "$(cat /sys/class/net/*/queues/rx-*/rps_cpus 2>/dev/null | sed -n '/[^0,]/{s/.*/1/p;q}')"
  entry buffer_kib "$(cat "$capture/per_cpu/cpu0/buffer_size_kb")"
} >"$output/capture"
keep "$tracefs/events/skb/kfree_skb/format" "$output/before/skb_kfree_skb_format"
if [ "$event" != skb/kfree_skb ]; then keep "$tracefs/events/$event/format" "$output/before/event_format"; fi
mkdir "$output/before/btf"
for file in vmlinux mac80211 openvswitch; do
  if [ -r "/sys/kernel/btf/$file" ]; then keep "/sys/kernel/btf/$file" "$output/before/btf/$file"; fi
done
host_files before
stats_of "$capture" >"$output/before/stats"
clock edge

counting_armed=1
if [ -n "$counted_filter" ]; then set_or_die "$counting_instance/events/$counted_event/filter" "$counted_filter"; fi
set_or_die "$counting_instance/events/$counted_event/enable" 1
armed=1
if [ -n "$filter" ]; then set_or_die "$capture/events/$event/filter" "$filter"; fi
set_or_die "$capture/events/$event/enable" 1
if [ -n "$trigger" ]; then set_or_die "$capture/events/$event/trigger" "$trigger"; fi

# --- The window ----------------------------------------------------------------------------------------------------------

opened=$(now)
entry opened_s "$opened" >>"$output/capture"
if [ -z "$ended" ]; then
  started=1
  echo 1 >&5
  echo 1 >&3
  stats_of "$counting_instance" >"$output/witness/opened"
  say "recording for $duration_s s into $output"
fi
deadline=$((${opened%%.*}${opened##*.} + duration_s * 1000000))
second=
while [ -z "$ended" ]; do
  sleep "$nap" 3>&- 4>&- 5>&- 6>&- &
  wait $!
  time=$(now_us)
  if [ "$time" -ge "$deadline" ]; then ended=${ended:-duration}; fi
  if [ "$((time / 1000000))" = "$second" ]; then continue; fi
  second=$((time / 1000000))
  clock window
  drops_counted
  if [ "$counted" -ge "$max_drops" ]; then ended=${ended:-max-drops}; fi
  if [ "$(free_kib)" -lt "$least_free_kib" ]; then ended=${ended:-disk}; fi
  used=$(du -sk "$output" | sed 's/[^0-9].*//')
  if [ "${used:-0}" -ge "$max_size_kib" ]; then ended=${ended:-max-size}; fi
done

# --- The end: gates first, then the costly settings, then the rest of the rings --------------------------------------------

if [ -n "$started" ]; then
  read -r gate <"$capture/tracing_on"
  read -r enabled <"$capture/events/$event/enable"
  if [ "$gate" != 1 ]; then disturbance='tracing_on of our instance was switched off'; fi
  case $enabled in 1*) ;; *) disturbance='the event was disabled in our instance' ;; esac
  stats_of "$counting_instance" >"$output/witness/shutting"
fi
echo 0 >&3
echo 0 >&5
closed=$(now)
disarm

# idle PID: the process is gone or sleeps: a reader that waits for the ring has written everything to its file.
idle() {
  read -r line 2>/dev/null <"/proc/$1/stat" || return 0
  case ${line##*) } in [SZX]*) return 0 ;; esac
  return 1
}
left=-1 stuck=0
while sum_of "$capture" entries; [ "$sum" -gt 0 ] && [ -z "$cut" ] && [ $stuck -lt 25 ]; do
  if [ "$sum" = "$left" ]; then stuck=$((stuck + 1)); else stuck=0; fi
  left=$sum
  sleep "$nap"
done
for pid in $readers; do
  tries=0
  while ! idle "$pid" && [ $tries -lt 100 ] && [ -z "$cut" ]; do tries=$((tries + 1)); sleep "$nap"; done
done
stop_readers

# If a reader was killed: a stopped ring prints the same text again, with comment lines at its head.
if [ "$sum" -gt 0 ] && [ -z "$cut" ]; then
  for dir in "$capture"/per_cpu/cpu*; do cat "$dir/trace" >>"$output/trace/${dir##*/}"; done
fi
stats_of "$capture" >"$output/after/stats"
if [ -n "$started" ]; then stats_of "$counting_instance" >"$output/witness/after"; fi
clock edge
sum_of "$capture" overrun
lost=$sum
drops_counted
restore

host_files after
{
  entry closed_s "$closed"
  entry ended "$ended"
  if [ -n "$disturbance" ]; then entry disturbance "$disturbance"; fi
} >>"$output/capture"
trap - EXIT
say "the kernel counted $counted drops; $lost records were lost"
echo "$output"
say 'copy that directory to the machine with analyze and run: analyze import DIRECTORY -o drops.db'
if [ "$lost" -gt 0 ] || [ -n "$disturbance" ] || [ -n "$cut" ] || [ -z "$started" ]; then exit 4; fi
exit 0
