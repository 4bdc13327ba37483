# The medians of "scenario<TAB>tool<TAB>metric<TAB>value" lines, as a Markdown table for each scenario, or as JSON with -v json=1.
BEGIN { FS = "\t" }
{
  if (!(($1) in seenScenario)) { seenScenario[$1]; scenarios[++scenarioCount] = $1 }
  if (!(($1, $2) in seenTool)) { seenTool[$1, $2]; tools[$1, ++toolCount[$1]] = $2 }
  if (!(($1, $3) in seenMetric)) { seenMetric[$1, $3]; metrics[$1, ++metricCount[$1]] = $3 }
  values[$1, $2, $3, ++count[$1, $2, $3]] = $4
}
END {
  for (s = 1; s <= scenarioCount; s++) for (t = 1; t <= toolCount[scenarios[s]]; t++) slow(scenarios[s], tools[scenarios[s], t])
  if (json) print_json(); else print_markdown()
}

# How much slower the sender was than with no tool, where it sends as fast as it can.
function slow(scenario, tool,   rate, free) {
  rate = median(scenario, tool, "sent_per_s")
  free = median(scenario, "none", "sent_per_s")
  if (rate == "" || free == "" || scenario !~ /^full/) return
  if (!((scenario, "slow_down") in seenMetric)) { seenMetric[scenario, "slow_down"]; metrics[scenario, ++metricCount[scenario]] = "slow_down" }
  values[scenario, tool, "slow_down", 1] = free / rate
  count[scenario, tool, "slow_down"] = 1
}

function median(scenario, tool, metric,   n, i, j, held, sorted) {
  n = count[scenario, tool, metric]
  if (!n) return ""
  for (i = 1; i <= n; i++) {
    held = values[scenario, tool, metric, i] + 0
    for (j = i - 1; j >= 1 && sorted[j] > held; j--) sorted[j + 1] = sorted[j]
    sorted[j + 1] = held
  }
  return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

function shown(value) {
  if (value == "") return ""
  if (value >= 1000) return sprintf("%d", value + 0.5)
  if (value >= 10 || value == int(value)) return sprintf("%.4g", value)
  return sprintf("%.2f", value)
}

function print_markdown(   s, t, m, scenario, line, name) {
  for (s = 1; s <= scenarioCount; s++) {
    scenario = scenarios[s]
    line = "| " scenario " |"
    for (m = 1; m <= metricCount[scenario]; m++) { name = metrics[scenario, m]; gsub("_", " ", name); line = line " " name " |" }
    print "\n" line
    line = "|---|"
    for (m = 1; m <= metricCount[scenario]; m++) line = line "--:|"
    print line
    for (t = 1; t <= toolCount[scenario]; t++) {
      line = "| " tools[scenario, t] " |"
      for (m = 1; m <= metricCount[scenario]; m++) line = line " " shown(median(scenario, tools[scenario, t], metrics[scenario, m])) " |"
      print line
    }
  }
}

function print_json(   s, t, m, scenario, value, separator) {
  print "["
  for (s = 1; s <= scenarioCount; s++) for (t = 1; t <= toolCount[scenarios[s]]; t++) {
    scenario = scenarios[s]
    printf "%s  {\"scenario\": \"%s\", \"tool\": \"%s\"", separator, scenario, tools[scenario, t]
    for (m = 1; m <= metricCount[scenario]; m++) {
      value = median(scenario, tools[scenario, t], metrics[scenario, m])
      if (value != "") printf ", \"%s\": %.6g", metrics[scenario, m], value
    }
    printf "}"
    separator = ",\n"
  }
  print "\n]"
}
