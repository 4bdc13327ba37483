# Floods, each tool in turn, as often as there are rounds. Sourced by run.

# live SCENARIO SECONDS RATE
live() {
  local scenario=$1 round tool
  for ((round = 1; round <= rounds; round++)); do
    note "$scenario: round $round of $rounds"
    for tool in "${tools[@]}"; do flood_once "$@" "$tool"; done
  done
}

flood_once() {
  local scenario=$1 length=$2 rate=$3 tool=$4 try sent elapsed busy wall user system resident
  # Somebody else's drops of the same kind are seen as well: that is no fault, so it is tried again.
  for try in 1 2 3; do
    "start_$tool"
    DROPGEN_CPU=0 "$work/dropgen" flood "$length" "$rate" >"$work/sent"
    IFS=$'\t' read -r sent elapsed busy <"$work/sent"
    "stop_$tool" "$sent"
    [ $((seen + lost)) -gt "$sent" ] || break
    note "$tool: $seen seen and $lost lost of $sent sent: there was other traffic, try $try"
  done
  [ $((seen + lost)) -eq "$sent" ] || fail "$scenario, $tool: $seen seen and $lost lost of $sent sent"

  IFS=$'\t' read -r wall user system resident <"$work/cost"
  fact "$scenario" "$tool" sent "$sent"
  fact "$scenario" "$tool" seen "$seen"
  fact "$scenario" "$tool" lost "$lost"
  fact "$scenario" "$tool" cpu_us_per_drop "$(calculate "($user + $system) * 1e6 / $sent")"
  fact "$scenario" "$tool" system_us_per_drop "$(calculate "$system * 1e6 / $sent")"
  fact "$scenario" "$tool" sent_per_s "$(calculate "$sent / $elapsed")"
  fact "$scenario" "$tool" sender_cpu_us_per_drop "$(calculate "$busy * 1e6 / $sent")"
  [ "$stored" -eq 0 ] || [ "$seen" -eq 0 ] || fact "$scenario" "$tool" stored_bytes_per_drop "$(calculate "$stored / $seen")"
  fact "$scenario" "$tool" resident_mib "$(calculate "$resident / 1024")"
  : "$wall"
}

calculate() { awk "BEGIN { printf \"%.6g\", $1 }"; }
