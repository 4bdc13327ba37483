-- The tables of a lake, version 1, for Spark. docs/lake.md says more. Recorded by a test: change LakeSchema, not this file.

-- Its reader has no times in ns: `time` is a number here. In µs: timestamp_micros(time div 1000).
SET spark.sql.legacy.parquet.nanosAsLong = true;
CREATE DATABASE IF NOT EXISTS fleet;

CREATE TABLE fleet.captures (
  `capture_uuid` string,
  `host` string,
  `host_id` string,
  `kernel_release` string,
  `machine` string,
  `file` string,
  `schema` bigint,
  `tool` string,
  `tool_version` string,
  `command_line` string,
  `probe` string,
  `event` string,
  `packets` string,
  `filter` string,
  `hits_of` string,
  `trace_clock` string,
  `transport` string,
  `window_begin` bigint,
  `window_end` bigint,
  `window_basis` string,
  `window_ns` bigint,
  `window_asked_ns` bigint,
  `opened_ns` bigint,
  `closed_ns` bigint,
  `ended` string,
  `drops` bigint,
  `other_events` bigint,
  `stacks` bigint,
  `witness_drops` bigint,
  `witness_slack` bigint,
  `completeness` string,
  `missing_at_least` bigint,
  `missing_at_most` bigint,
  `lost_records` bigint,
  `lost_uncounted` bigint,
  `unparsed_lines` bigint,
  `drops_without_stack` bigint,
  `disturbance` string,
  `max_rate` bigint,
  `redacted` string,
  `counter_files` bigint,
  `analyze_version` string,
  `date` date
) USING PARQUET PARTITIONED BY (`date`) LOCATION 's3://BUCKET/fleet/captures/';
MSCK REPAIR TABLE fleet.captures;

CREATE TABLE fleet.hosts (
  `host_id` string,
  `host` string,
  `kernel_release` string,
  `kernel_version` string,
  `machine` string,
  `boot_id` string,
  `cpus_online` string,
  `time_zone` string
) USING PARQUET LOCATION 's3://BUCKET/fleet/hosts/';

CREATE TABLE fleet.drops (
  `capture_uuid` string,
  `host` string,
  `time` bigint,
  `id` bigint,
  `t_ns` bigint,
  `cpu` bigint,
  `pid` bigint,
  `comm` string,
  `reason` string,
  `subsystem` string,
  `function` string,
  `location` string,
  `module` string,
  `driver` string,
  `driver_rule` string,
  `interface` string,
  `ifindex` bigint,
  `netns` bigint,
  `length` bigint,
  `ethertype` bigint,
  `ip_protocol` bigint,
  `src` string,
  `dst` string,
  `sport` bigint,
  `dport` bigint,
  `stack_id` bigint,
  `raw_line` bigint,
  `iif` bigint,
  `vlan` bigint,
  `icmp_type` bigint,
  `icmp_code` bigint,
  `tunnel` string,
  `inner_ip_protocol` bigint,
  `inner_src` string,
  `inner_dst` string,
  `inner_sport` bigint,
  `inner_dport` bigint,
  `owner` string,
  `unit` string,
  `container` string,
  `pod` string,
  `uid` bigint,
  `kind` string,
  `stack_hash` string,
  `src_ip` binary,
  `dst_ip` binary,
  `inner_src_ip` binary,
  `inner_dst_ip` binary,
  `date` date
) USING PARQUET PARTITIONED BY (`date`) LOCATION 's3://BUCKET/fleet/drops/';
MSCK REPAIR TABLE fleet.drops;

CREATE TABLE fleet.events (
  `capture_uuid` string,
  `host` string,
  `time` bigint,
  `kind` string,
  `t_ns` bigint,
  `cpu` bigint,
  `pid` bigint,
  `comm` string,
  `fields` string,
  `interface` string,
  `ifindex` bigint,
  `netns` bigint,
  `ip_protocol` bigint,
  `src` string,
  `dst` string,
  `sport` bigint,
  `dport` bigint,
  `stack_id` bigint,
  `raw_line` bigint,
  `stack_hash` string,
  `src_ip` binary,
  `dst_ip` binary,
  `date` date
) USING PARQUET PARTITIONED BY (`date`) LOCATION 's3://BUCKET/fleet/events/';
MSCK REPAIR TABLE fleet.events;

CREATE TABLE fleet.stacks (
  `stack_hash` string,
  `depth` bigint,
  `symbol` string,
  `offset` bigint,
  `module` string
) USING PARQUET LOCATION 's3://BUCKET/fleet/stacks/';

CREATE TABLE fleet.capture_stacks (
  `capture_uuid` string,
  `host` string,
  `stack_id` bigint,
  `stack_hash` string,
  `drops` bigint,
  `date` date
) USING PARQUET PARTITIONED BY (`date`) LOCATION 's3://BUCKET/fleet/capture_stacks/';
MSCK REPAIR TABLE fleet.capture_stacks;

CREATE TABLE fleet.counters (
  `capture_uuid` string,
  `host` string,
  `netns` bigint,
  `interface` string,
  `counter` string,
  `gain` bigint,
  `date` date
) USING PARQUET PARTITIONED BY (`date`) LOCATION 's3://BUCKET/fleet/counters/';
MSCK REPAIR TABLE fleet.counters;
