# Reading what was recorded: captures made by the generator, and perf's own data of the last flood. Sourced by run.
benchmarks=$root/tests/DropForensics.Benchmarks/bin/Release/net10.0/DropForensics.Benchmarks.dll
question="select reason, function, driver, count(*) from drops group by 1, 2, 3 order by 4 desc"

# offline DROPS
offline() {
  local drops=$1 scenario round
  scenario="read $(printf "%'d" "$drops") drops"
  note "$scenario: making them"
  for probe in tracepoint eprobe; do
    dotnet "$benchmarks" generate "$probe" "$drops" "$work/$probe.db"
    fact "$scenario" "analyze, $probe" stored_bytes_per_drop "$(calculate "$(stat -c %s "$work/$probe.db") / $drops")"
  done
  for ((round = 1; round <= rounds; round++)); do
    note "$scenario: round $round of $rounds"
    for probe in tracepoint eprobe; do
      measure "analyze, $probe" "$analyzer" "$work/$probe.db" --json --out "$work/report"
      counted "analyze, $probe" "$(sqlite3 :memory: "select json_extract(readfile('$work/output'), '\$.facts.drops')")"
      measure "sqlite3, $probe" sqlite3 -readonly "$work/$probe.db" "$question"
      counted "sqlite3, $probe" "$(awk -F '|' '{ sum += $NF } END { print sum }' "$work/output")"
    done

    # 10 million drops are 10 GB of text, so grep gets it through a pipe: its processor time is what counts.
    measure "grep -c" sh -c "grep -c 'kfree_skb: '" < <(dotnet "$benchmarks" text tracepoint "$drops" /dev/stdout)
    counted "grep -c" "$(cat "$work/output")"
    perf_script
  done
  rm -rf "$work"/{tracepoint,eprobe}.db "$work/report"
}

# perf cannot be given drops that were not; its data of the last flood is read, and the time taken by the ratio of drops.
perf_script() {
  [ -s "$work/perf.data" ] && [ "$perf_version" != none ] || return 0
  [ -n "${perf_drops:-}" ] || perf_drops=$(perf script -i "$work/perf.data" -F event 2>/dev/null | grep -c kfree_skb || true)
  [ "$perf_drops" -gt 0 ] || return 0
  rm -f "$work/cost"
  "$work/account" "$work/cost" perf script -i "$work/perf.data" >/dev/null 2>&1
  account_for "perf script (scaled from $perf_drops drops)" "$(calculate "$drops / $perf_drops")"
}

# measure TOOL COMMAND…: its output comes to $work/output.
measure() {
  local tool=$1; shift
  rm -f "$work/cost"
  "$work/account" "$work/cost" "$@" >"$work/output" 2>"$work/errors" || fail "$scenario, $tool: ended with $?: $(tail -n 1 "$work/errors")"
  account_for "$tool" 1
}

account_for() {
  local wall user system resident
  IFS=$'\t' read -r wall user system resident <"$work/cost"
  fact "$scenario" "$1" wall_s "$(calculate "$wall * $2")"
  fact "$scenario" "$1" cpu_s "$(calculate "($user + $system) * $2")"
  fact "$scenario" "$1" resident_mib "$(calculate "$resident / 1024")"
}

counted() { [ "$2" = "$drops" ] || fail "$scenario, $1: counts $2 of $drops drops"; }
