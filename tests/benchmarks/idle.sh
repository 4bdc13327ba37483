# The agent where nothing drops: until its gate opens, and what it burns while it waits. Sourced by run.

# idle SECONDS
idle() {
  local scenario="nothing drops, $1 s" round tool least
  for ((round = 1; round <= rounds; round++)); do
    note "$scenario: round $round of $rounds"
    for tool in "${tools[@]}"; do
      [[ $tool == capture* ]] || continue

      # A window of no length costs its arming and disarming; what a longer one costs more is its rest.
      idle_window 0 "$tool"
      least=$burnt
      fact "$scenario" "$tool" armed_ms "$armed_ms"
      idle_window "$1" "$tool"
      fact "$scenario" "$tool" idle_cpu_percent "$(calculate "($burnt - $least) * 100 / $1")"
    done
  done
}

# idle_window SECONDS TOOL: sets burnt (processor seconds) and armed_ms (from the start of the process).
idle_window() {
  local before=$EPOCHREALTIME user system
  "start_$2"
  armed_ms=$(calculate "($armed_at - $before) * 1000")
  sleep "$1"
  "stop_$2" 0
  IFS=$'\t' read -r _ user system _ <"$work/cost"
  burnt=$(calculate "$user + $system")
}
