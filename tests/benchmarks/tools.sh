# How each tool is started, stopped and asked what it has. Sourced by run. After stop_TOOL: seen, lost (drops), stored (bytes).
# A tool sees the whole machine, so each is given the same filter: drops for the flood's reason, which no other traffic has.
reason=IP_NOPROTO
number=$(sed -n "s/.*{ *\([0-9]*\), *\"$reason\" *}.*/\1/p" /sys/kernel/tracing/events/skb/kfree_skb/format)
filter="reason == $number"

find_tools() {
  tools=(none cat cat-file) perf_version=none trace_cmd_version=none left_out=()
  # A perf that is there may still not run: Debian's is built for its own kernel.
  if has perf && perf record -q -a -e skb:kfree_skb -g -o "$work/perf.data" true 2>"$work/perf.log"; then
    tools+=(perf)
    perf_version=$(perf --version | sed 's/.* //')
  else
    leave_out "perf record" "$work/perf.log"
    rm -f "$work/perf.data"
  fi
  # It writes to sysctl kernel.ftrace_enabled, whatever stands there, which not every machine allows.
  if has trace-cmd && trace-cmd record -q -B "$instance" -e skb:kfree_skb -T -o "$work/trace.dat" true >"$work/trace-cmd.log" 2>&1; then
    tools+=(trace-cmd)
    trace_cmd_version=$( (trace-cmd --version 2>&1 || true) | sed -n 's/.*version \([0-9.]*\).*/\1/p')
  else
    leave_out "trace-cmd record -T" "$work/trace-cmd.log"
  fi
  [ ! -d "$tracing/$instance" ] || rmdir "$tracing/$instance"
  if "$agent" --help | grep -q -- --transport; then tools+=(capture-text capture-pages capture-auto); else tools+=(capture); fi
  ! "$agent" --help | grep -q -- --freeze || tools+=(ring capture-freeze)
  [ -z "$wanted" ] || keep_wanted
}

keep_wanted() {
  local tool all=("${tools[@]}")
  tools=()
  for tool in "${all[@]}"; do [[ " $wanted " != *" $tool "* ]] || tools+=("$tool"); done
  for tool in $wanted; do [[ " ${all[*]} " == *" $tool "* ]] || note "no $tool here: there are ${all[*]}"; done
  [ ${#tools[@]} -gt 0 ] || exit 2
}

# leave_out TOOL LOG: it stands in the result, with what it said itself.
leave_out() {
  local why='not installed'
  [ ! -s "$2" ] || why=$(tr -s ' \n' ' ' <"$2" | cut -c 1-200)
  left_out+=("$1 does not run here: $why")
  note "${left_out[-1]}"
}

# begin COMMAND…: in the background, its cost accounted for.
begin() {
  rm -f "$work/cost"
  "$work/account" "$work/cost" "$@" &
  running=$!
  started+=("$running")
}
end() {
  await "${1:-1200}" gone "$running" || { fail "a tool did not end"; kill -KILL "$running"; }
  wait "$running" || true
  started=()
}

start_none() { :; }
stop_none() { seen=$1 lost=0 stored=0; printf '0\t0\t0\t0\n' >"$work/cost"; }

ring() { awk -v name="$1" -F ': ' '$1 == name { sum += $2 } END { print sum + 0 }' "$tracing/$instance"/per_cpu/cpu*/stats; }
is_drained() { gone "$running" || [ "$(ring entries)" -eq 0 ]; }
make_instance() {
  mkdir "$tracing/$instance"
  cd "$tracing/$instance"
  echo 0 >tracing_on
  echo mono >trace_clock
  echo 1 >options/sym-offset
  echo $((65536 / $(nproc))) >buffer_size_kb
  echo "$filter" >events/skb/kfree_skb/filter
  echo "stacktrace if $filter" >events/skb/kfree_skb/trigger
  echo 1 >events/skb/kfree_skb/enable
  cd "$OLDPWD"
}
start_instance() {
  make_instance
  begin sh -c "exec cat '$tracing/$instance/trace_pipe' >'$1'"
  echo 1 >"$tracing/$instance/tracing_on"
}
stop_instance() {
  echo 0 >"$tracing/$instance/tracing_on"
  await 1200 is_drained || fail "cat did not follow"
  # With the gate shut cat ends by itself, but for kernels that leave it waiting.
  await 10 gone "$running" || kill -TERM "$running"
  end
  remove_instance
}
remove_instance() {
  read_records=$(ring 'read events') lost_records=$(($(ring overrun) + $(ring 'commit overrun') + $(ring 'dropped events')))
  echo 0 >"$tracing/$instance/events/skb/kfree_skb/enable"
  echo '!stacktrace' >"$tracing/$instance/events/skb/kfree_skb/trigger"
  await 50 rmdir "$tracing/$instance"
}
# A ring that nobody reads: what recording alone costs the sender.
start_ring() {
  make_instance
  echo 1 >"$tracing/$instance/tracing_on"
}
stop_ring() {
  echo 0 >"$tracing/$instance/tracing_on"
  seen=$(($(ring entries) / 2)) stored=0
  remove_instance
  lost=$(((lost_records + 1) / 2))
  printf '0\t0\t0\t0\n' >"$work/cost"
}
start_cat() { start_instance /dev/null; }
stop_cat() { # the ring counts records, an event and its stack are two
  stop_instance
  seen=$((read_records / 2)) lost=$(((lost_records + 1) / 2)) stored=0
}
start_cat-file() { start_instance "$work/trace.txt"; }
stop_cat-file() {
  stop_instance
  seen=$(grep -c "kfree_skb: .*$reason" "$work/trace.txt" || true)
  # Of an event and its stack one alone may be lost: what the stacks did not lose, the events did.
  lost=$((lost_records - ($1 - $(grep -c '<stack trace>' "$work/trace.txt" || true))))
  stored=$(stat -c %s "$work/trace.txt")
}

start_perf() {
  rm -f "$work/control" "$work/ack"
  mkfifo "$work/control" "$work/ack"
  begin perf record -q -a -e skb:kfree_skb --filter "$filter" -g -D -1 --control "fifo:$work/control,$work/ack" -o "$work/perf.data" 2>"$work/perf.log"
  echo enable >"$work/control"
  head -n 1 "$work/ack" >/dev/null
}
stop_perf() {
  kill -INT "$running"
  end
  seen=$(perf script -i "$work/perf.data" -F event,trace 2>/dev/null | grep -c "$reason" || true)
  lost=$(perf script -i "$work/perf.data" --show-lost-events -F event 2>/dev/null | awk '/PERF_RECORD_LOST/ { sum += $NF } END { print sum + 0 }')
  # It counts lost records of every kind, a process's start among them.
  [ $((seen + lost)) -le "$1" ] || [ "$lost" -eq 0 ] || [ "$seen" -gt "$1" ] || lost=$(($1 - seen))
  stored=$(stat -c %s "$work/perf.data")
}

is_trace_cmd_armed() { [ "$(cat "$tracing/$instance/tracing_on" "$tracing/$instance/events/skb/kfree_skb/enable" 2>/dev/null)" = $'1\n1' ]; }
start_trace-cmd() {
  begin trace-cmd record -q -B "$instance" -e skb:kfree_skb -f "$filter" -T -b $((65536 / $(nproc))) -o "$work/trace.dat" >"$work/trace-cmd.log" 2>&1
  await 100 is_trace_cmd_armed || note "trace-cmd did not arm: $(tail -n 1 "$work/trace-cmd.log")"
}
stop_trace-cmd() {
  kill -INT "$running"
  end
  trace-cmd report -i "$work/trace.dat" >"$work/trace-cmd.txt" 2>/dev/null
  seen=$(grep -c "kfree_skb: .*$reason" "$work/trace-cmd.txt" || true)
  lost=$(awk '/EVENTS (DROPPED|LOST)|LOST [0-9]+ EVENTS/ { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/) sum += $i } END { print int((sum + 1) / 2) }' "$work/trace-cmd.txt")
  stored=$(stat -c %s "$work/trace.dat")
  rm -f "$work/trace-cmd.txt"
  [ ! -d "$tracing/$instance" ] || await 50 rmdir "$tracing/$instance"
}

start_agent() {
  begin "$agent" --probe tracepoint --reason "$reason" --duration 10m --max-size 16GiB --json --force -o "$work/drops.db" "$@" >"$work/capture.json" 2>"$work/capture.log"
  local tries
  for ((tries = 0; tries < 2000; tries++)); do
    ! grep -q '^Recording' "$work/capture.log" || break
    sleep 0.005
  done
  [ "$tries" -lt 2000 ] || fail "the agent did not arm"
  armed_at=$EPOCHREALTIME
}
all_drops=(--max-drops 100000000)
start_capture() { start_agent "${all_drops[@]}"; }
start_capture-text() { start_agent "${all_drops[@]}" --transport text; }
start_capture-pages() { start_agent "${all_drops[@]}" --transport pages; }
start_capture-auto() { start_agent "${all_drops[@]}" --transport auto; }
start_capture-freeze() { start_agent --freeze; }
said() { sqlite3 :memory: "select json_extract(readfile('$work/capture.json'), '\$.$1')"; }
stop_capture() {
  kill -INT "$running"
  end
  seen=$(sqlite3 -readonly "$work/drops.db" "select count(*) from drops where reason = '$reason'")
  lost=$(said missed)
  stored=$(stat -c %s "$work/drops.db")
  local rows
  rows=$(sqlite3 -readonly "$work/drops.db" 'select count(*) from drops')
  [ "$rows" = "$(said drops)" ] || fail "capture says $(said drops) drops, its file has $rows"
}
stop_capture-text() { stop_capture; }
stop_capture-pages() { stop_capture; }
stop_capture-auto() { stop_capture; }
stop_capture-freeze() { # what newer drops overwrote is lost as in any ring that nobody reads
  stop_capture
  lost=$((lost + $(sqlite3 -readonly "$work/drops.db" "select substr(CAST(content AS TEXT), instr(CAST(content AS TEXT), char(10)) + 3) + 0 from artifact where path = 'frozen-ring.tsv'")))
}
