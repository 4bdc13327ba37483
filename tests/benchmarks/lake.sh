# Many captures asked together: in one report, as a lake, and one by one. Sourced by run, which has measure() and counted() of offline.sh.
top_reasons="SELECT reason, function, count(*) AS drops FROM drops GROUP BY reason, function ORDER BY drops DESC"

# lake HOSTS DROPS: DROPS of each host
lake() {
  local hosts=$1 each=$2 round of_one
  drops=$((hosts * each)) # counted() reads it
  scenario="ask $hosts captures of $(printf "%'d" "$each") drops"
  note "$scenario: making them"
  mkdir -p "$work/fleet"
  dotnet "$benchmarks" fleet eprobe "$hosts" "$each" "$work/fleet"
  PATH="${analyzer%/*}-lake:$PATH"
  measure "analyze lake, add" "$analyzer" lake "$work/lake" "$work"/fleet/*.db
  fact "$scenario" "analyze lake, add" stored_bytes_per_drop "$(calculate "$(du -sb "$work/lake" | cut -f1) / $drops")"
  fact "$scenario" "sqlite3, top reasons of all" stored_bytes_per_drop "$(calculate "$(cat "$work"/fleet/*.db | wc -c) / $drops")"
  measure "analyze lake, compact" "$analyzer" lake "$work/lake" --compact
  fact "$scenario" "analyze lake, compact" stored_bytes_per_drop "$(calculate "$(du -sb "$work/lake" | cut -f1) / $drops")"
  for ((round = 1; round <= rounds; round++)); do
    note "$scenario: round $round of $rounds"
    measure "DuckDB, top reasons of all" "$analyzer" lake "$work/lake" "$top_reasons" --format csv
    counted "DuckDB, top reasons of all" "$(tr -d '\r' <"$work/output" | awk -F , 'NR > 1 { sum += $NF } END { print sum }')"
    measure "sqlite3, top reasons of all" sh -c 'for file; do sqlite3 -readonly "$file" "$0"; done' "$top_reasons" "$work"/fleet/*.db
    counted "sqlite3, top reasons of all" "$(awk -F '|' '{ sum += $NF } END { print sum }' "$work/output")"
    measure "analyze, one report of all" "$analyzer" "$work/fleet" --json --output "$work/report"
    counted "analyze, one report of all" "$(sqlite3 :memory: "select json_extract(readfile('$work/output'), '\$.drops')")"
    measure "DuckDB, one host, one reason" "$analyzer" lake "$work/lake" "SELECT count(*) AS n FROM drops WHERE host = 'host-00002' AND reason = 'NO_SOCKET'" --format csv
    of_one=$(tr -d '\r' <"$work/output" | tail -n 1)
    measure "sqlite3, one host, one reason" sqlite3 -readonly "$work/fleet/host-00002.db" "SELECT count(*) FROM drops WHERE reason = 'NO_SOCKET'"
    [ "$(cat "$work/output")" = "$of_one" ] && [ "$of_one" -gt 0 ] || fail "$scenario: DuckDB counts $of_one of host-00002, and sqlite3 $(cat "$work/output")"
  done
  rm -rf "$work/fleet" "$work/lake" "$work/report"
}
