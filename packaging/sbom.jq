# All parts as one CycloneDX document. $time and $serial are given, so that equal contents give equal bytes.
{
  bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: "urn:uuid:\($serial)", version: 1,
  metadata: {timestamp: $time, component: {type: "application", "bom-ref": "dropforensics", name: "dropforensics", version: $version,
    properties: [{name: "dropforensics:commit", value: $commit}]}},
  components: ([.[].program] + ([.[].components[]] | unique_by(."bom-ref"))),
  dependencies: ([{ref: "dropforensics", dependsOn: ([.[].program."bom-ref"] | sort)}]
    + ([.[].dependencies[]] | group_by(.ref) | map({ref: .[0].ref, dependsOn: ([.[].dependsOn[]] | unique)})))
}
