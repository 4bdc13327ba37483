# One program's part of the list of components. Input: what the CycloneDX tool found of its packages; $linked: lines of what it lacks, as packaging/linked prints them.
($linked | split("\n") | map(select(. != "") | split("\t")) | map({
  type: "library", "bom-ref": .[2], name: .[0], version: .[1], purl: .[2],
  licenses: [if (.[3] | contains(" ")) then {expression: .[3]} else {license: {id: .[3]}} end]
})) as $native
| ([.components[] | select(.scope != "excluded") | del(.scope)] + $native) as $all
| [$all[]."bom-ref"] as $refs
| {
    program: {type: "application", "bom-ref": $program, name: ($program | sub("-.*"; "")), version: $version, description: $description},
    components: $all,
    dependencies: ([{ref: $program, dependsOn: ($refs | sort)}]
      + [.dependencies[] | select(.ref as $r | $refs | any(. == $r)) | {ref, dependsOn: [(.dependsOn // [])[] | select(. as $d | $refs | any(. == $d))] | sort}])
  }
