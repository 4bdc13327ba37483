# The same drops from the rings of 2 and of 128 CPUs, simulated: what reading, decoding and storing them costs. Sourced by run.

# cpus DROPS: whole pages on each of them
cpus() {
  local drops=$1 scenario round many
  scenario="record $(printf "%'d" "$drops") drops of simulated CPUs"
  for ((round = 1; round <= rounds; round++)); do
    note "$scenario: round $round of $rounds"
    for many in 2 128; do
      dotnet "$benchmarks" cpus "$many" "$drops" >"$work/output" || fail "$scenario, $many CPUs: ended with $?"
      counted "$many CPUs" "$(cut -f 1 "$work/output")"
      fact "$scenario" "$many CPUs" cpu_us_per_drop "$(cut -f 2 "$work/output")"
    done
  done
}
