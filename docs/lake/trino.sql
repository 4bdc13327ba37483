-- The tables of a lake, version 1, for Trino's Hive connector. docs/lake.md says more. Recorded by a test: change LakeSchema, not this file.

CREATE SCHEMA IF NOT EXISTS hive.fleet WITH (location = 's3://BUCKET/fleet/');

CREATE TABLE hive.fleet.captures (
  "capture_uuid" varchar,
  "host" varchar,
  "host_id" varchar,
  "kernel_release" varchar,
  "machine" varchar,
  "file" varchar,
  "schema" bigint,
  "tool" varchar,
  "tool_version" varchar,
  "command_line" varchar,
  "probe" varchar,
  "event" varchar,
  "packets" varchar,
  "filter" varchar,
  "hits_of" varchar,
  "trace_clock" varchar,
  "transport" varchar,
  "window_begin" timestamp(9),
  "window_end" timestamp(9),
  "window_basis" varchar,
  "window_ns" bigint,
  "window_asked_ns" bigint,
  "opened_ns" bigint,
  "closed_ns" bigint,
  "ended" varchar,
  "drops" bigint,
  "other_events" bigint,
  "stacks" bigint,
  "witness_drops" bigint,
  "witness_slack" bigint,
  "completeness" varchar,
  "missing_at_least" bigint,
  "missing_at_most" bigint,
  "lost_records" bigint,
  "lost_uncounted" bigint,
  "unparsed_lines" bigint,
  "drops_without_stack" bigint,
  "disturbance" varchar,
  "max_rate" bigint,
  "redacted" varchar,
  "counter_files" bigint,
  "analyze_version" varchar,
  "date" date
) WITH (external_location = 's3://BUCKET/fleet/captures/', format = 'PARQUET', partitioned_by = ARRAY['date']);
CALL hive.system.sync_partition_metadata('fleet', 'captures', 'FULL');

CREATE TABLE hive.fleet.hosts (
  "host_id" varchar,
  "host" varchar,
  "kernel_release" varchar,
  "kernel_version" varchar,
  "machine" varchar,
  "boot_id" varchar,
  "cpus_online" varchar,
  "time_zone" varchar
) WITH (external_location = 's3://BUCKET/fleet/hosts/', format = 'PARQUET');

CREATE TABLE hive.fleet.drops (
  "capture_uuid" varchar,
  "host" varchar,
  "time" timestamp(9),
  "id" bigint,
  "t_ns" bigint,
  "cpu" bigint,
  "pid" bigint,
  "comm" varchar,
  "reason" varchar,
  "subsystem" varchar,
  "function" varchar,
  "location" varchar,
  "module" varchar,
  "driver" varchar,
  "driver_rule" varchar,
  "interface" varchar,
  "ifindex" bigint,
  "netns" bigint,
  "length" bigint,
  "ethertype" bigint,
  "ip_protocol" bigint,
  "src" varchar,
  "dst" varchar,
  "sport" bigint,
  "dport" bigint,
  "stack_id" bigint,
  "raw_line" bigint,
  "iif" bigint,
  "vlan" bigint,
  "icmp_type" bigint,
  "icmp_code" bigint,
  "tunnel" varchar,
  "inner_ip_protocol" bigint,
  "inner_src" varchar,
  "inner_dst" varchar,
  "inner_sport" bigint,
  "inner_dport" bigint,
  "owner" varchar,
  "unit" varchar,
  "container" varchar,
  "pod" varchar,
  "uid" bigint,
  "kind" varchar,
  "stack_hash" varchar,
  "src_ip" varbinary,
  "dst_ip" varbinary,
  "inner_src_ip" varbinary,
  "inner_dst_ip" varbinary,
  "date" date
) WITH (external_location = 's3://BUCKET/fleet/drops/', format = 'PARQUET', partitioned_by = ARRAY['date']);
CALL hive.system.sync_partition_metadata('fleet', 'drops', 'FULL');

CREATE TABLE hive.fleet.events (
  "capture_uuid" varchar,
  "host" varchar,
  "time" timestamp(9),
  "kind" varchar,
  "t_ns" bigint,
  "cpu" bigint,
  "pid" bigint,
  "comm" varchar,
  "fields" varchar,
  "interface" varchar,
  "ifindex" bigint,
  "netns" bigint,
  "ip_protocol" bigint,
  "src" varchar,
  "dst" varchar,
  "sport" bigint,
  "dport" bigint,
  "stack_id" bigint,
  "raw_line" bigint,
  "stack_hash" varchar,
  "src_ip" varbinary,
  "dst_ip" varbinary,
  "date" date
) WITH (external_location = 's3://BUCKET/fleet/events/', format = 'PARQUET', partitioned_by = ARRAY['date']);
CALL hive.system.sync_partition_metadata('fleet', 'events', 'FULL');

CREATE TABLE hive.fleet.stacks (
  "stack_hash" varchar,
  "depth" bigint,
  "symbol" varchar,
  "offset" bigint,
  "module" varchar
) WITH (external_location = 's3://BUCKET/fleet/stacks/', format = 'PARQUET');

CREATE TABLE hive.fleet.capture_stacks (
  "capture_uuid" varchar,
  "host" varchar,
  "stack_id" bigint,
  "stack_hash" varchar,
  "drops" bigint,
  "date" date
) WITH (external_location = 's3://BUCKET/fleet/capture_stacks/', format = 'PARQUET', partitioned_by = ARRAY['date']);
CALL hive.system.sync_partition_metadata('fleet', 'capture_stacks', 'FULL');

CREATE TABLE hive.fleet.counters (
  "capture_uuid" varchar,
  "host" varchar,
  "netns" bigint,
  "interface" varchar,
  "counter" varchar,
  "gain" bigint,
  "date" date
) WITH (external_location = 's3://BUCKET/fleet/counters/', format = 'PARQUET', partitioned_by = ARRAY['date']);
CALL hive.system.sync_partition_metadata('fleet', 'counters', 'FULL');
