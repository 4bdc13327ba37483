-- The DropForensics capture file, schema version 5.
--
-- A capture is one SQLite database (3.40 or later) that explains itself: what the kernel said, byte for byte, in raw_chunk;
-- what was made of it in drop_event and the tables it points to; what the host looked like in artifact. For reading with the
-- sqlite3 shell there are views whose names and columns stay: drops, frames and events. Unknown is NULL, everywhere.
--
--   select reason, function, count(*) from drops group by 1, 2 order by 3 desc;

PRAGMA application_id = 1148350278;  -- 'DroF'
PRAGMA user_version = 5;

-- The one row that says what this capture is.
CREATE TABLE capture (
  id                  INTEGER PRIMARY KEY CHECK (id = 1),
  uuid                TEXT NOT NULL,     -- random, made with the file
  tool                TEXT NOT NULL,     -- 'capture' on a host, 'analyze import' from text
  tool_version        TEXT NOT NULL,
  command_line        TEXT NOT NULL,     -- as it was given, options only
  host_name           TEXT,
  kernel_release      TEXT,              -- uname -r
  kernel_version      TEXT,              -- uname -v
  machine             TEXT,              -- uname -m
  boot_id             TEXT,
  time_zone           TEXT,              -- the host's, as UTC offset and name: '+01:00 CET'
  cpus_online         TEXT,              -- as in /sys/devices/system/cpu/online: '0-3'
  probe               TEXT NOT NULL,     -- 'tracepoint', 'eprobe', 'kprobe', 'function', 'import'
  probe_why           TEXT,              -- why this probe was taken
  event               TEXT,              -- 'skb:kfree_skb', 'dropforensics_0123456789abcdef:drop', 'function'
  probe_definition    TEXT,              -- as written to dynamic_events or kprobe_events; NULL where the probe needs none
  hits_of             TEXT,              -- a function whose hits were recorded, not drops; NULL: drops
  packets             TEXT,              -- packet bytes taken: 'headers', 'full', 'none'
  filter              TEXT,              -- what was asked for, in the kernel's filter language, '' for none
  probe_condition     TEXT,              -- what makes a call of the probed function a drop; filtered by as well; NULL: nothing
  trigger             TEXT,              -- as written to the event's trigger file, NULL without stacks
  trace_options       TEXT,              -- options set in the instance, space separated
  trace_clock         TEXT,              -- 'mono'; of an import 'none' where its text has no times, and NULL where its clock is not known
  buffer_kib_per_cpu  INTEGER,           -- ring buffer the kernel granted
  window_ns           INTEGER,           -- asked for
  opened_ns           INTEGER,           -- trace-clock time when the gate opened: t_ns counts from here
  closed_ns           INTEGER,           -- trace-clock time when the gate was shut; NULL: the agent died before
  ended               TEXT,              -- 'duration', 'SIGINT', 'max-drops', 'max-size', …; 'killed': the agent died, its guard closed the file;
                                         -- NULL: nobody closed it
  witness_drops       INTEGER,           -- drops the kernel counted in the window on an instance nobody reads; NULL: no witness
  witness_slack       INTEGER,           -- so many of them may lie between its gate and the capture's: no sign of a loss
  disturbance         TEXT,              -- what somebody else changed in our instance during the window; NULL: nothing was seen
  transport           TEXT,              -- how the ring was read: 'text', 'pages', 'both'; of an import, whose text it is: 'perf script',
                                         -- 'trace-cmd report', 'dropwatch'; NULL: trace_pipe's own, or the agent died before
  max_rate            INTEGER,           -- drops a second above which the agent was to spare the host: see relief; NULL: no such bound
  redacted            TEXT               -- what was replaced by tokens, and what was kept; NULL: the file is as captured
) STRICT;

-- The host's clocks read together, about once a second: trace times become UTC piecewise, so a step of the wall clock or
-- a suspend shows instead of lying.
CREATE TABLE clock (
  mono_ns  INTEGER PRIMARY KEY,          -- CLOCK_MONOTONIC, what trace_clock 'mono' prints
  boot_ns  INTEGER NOT NULL,             -- CLOCK_BOOTTIME: goes on in suspend (of an import, which cannot know it: mono_ns)
  real_ns  INTEGER NOT NULL              -- CLOCK_REALTIME, ns since 1970 UTC
) STRICT;

-- Host files as they were when the window opened and when it shut.
CREATE TABLE artifact (
  phase    TEXT NOT NULL CHECK (phase IN ('before', 'after')),
  netns    INTEGER NOT NULL DEFAULT 0,   -- inode of the network namespace the file speaks of; 0: of the whole host
  path     TEXT NOT NULL,                -- '/proc/net/dev', 'per_cpu/cpu0/stats' (in the instance), …
  content  BLOB NOT NULL,
  PRIMARY KEY (phase, netns, path)
) STRICT, WITHOUT ROWID;

-- Network interfaces by namespace and index: an index or a name alone names nothing. Those the host listed, and those that drops
-- pointed to; one that was renamed in between has two rows.
CREATE TABLE interface (
  id           INTEGER PRIMARY KEY,
  netns        INTEGER NOT NULL,         -- inode of the network namespace
  ifindex      INTEGER NOT NULL,
  name         TEXT NOT NULL,
  driver       TEXT,                     -- 'e1000', 'veth', 'loopback'; NULL: the host does not say
  lower        TEXT,                     -- what this one stands on (bond, VLAN, bridge), space separated: 'IFINDEX' in the same
                                         -- namespace, 'NETNS:IFINDEX' in another, '?' in one nobody could find
  base_driver  TEXT,                     -- the driver at the bottom of what it stands on; NULL: unknown, or more than one
  UNIQUE (netns, ifindex, name)
) STRICT;

-- The bytes of each CPU's trace_pipe in order, cut at line ends. Put together they are what
-- `cat per_cpu/cpuN/trace_pipe` would have printed: the kernel's own lines or, of ring pages, the very same made by the agent (see
-- capture.transport), but for packet bytes zeroed in chunks that are masked. (A line of more than 1 MiB, which no kernel prints, spans chunks.)
CREATE TABLE raw_chunk (
  id          INTEGER PRIMARY KEY,
  cpu         INTEGER,                   -- NULL: a merged stream (an imported file)
  codec       TEXT NOT NULL,             -- 'text' or 'text+zlib' (RFC 1950)
  first_line  INTEGER NOT NULL,          -- number of its first byte's line in its stream, from 1
  lines       INTEGER NOT NULL,          -- lines that end in it: the next chunk begins with line first_line + lines
  size        INTEGER NOT NULL,          -- bytes before compression
  masked      INTEGER NOT NULL DEFAULT 0,-- 1: packet bytes were zeroed before they were stored
  sha256      BLOB NOT NULL,             -- of data, as stored
  data        BLOB NOT NULL
) STRICT;
CREATE INDEX raw_chunk_by_stream ON raw_chunk (cpu, first_line);

-- Interned parts of a drop -------------------------------------------------------------------------------------------

-- The task that was interrupted; in softirq rarely the packet's owner.
CREATE TABLE task (
  id    INTEGER PRIMARY KEY,
  pid   INTEGER NOT NULL,
  tgid  INTEGER,
  comm  TEXT NOT NULL,                   -- may hold anything a process calls itself
  netns INTEGER                          -- inode of its network namespace, looked up when it was first met; NULL: it was gone
) STRICT;

CREATE TABLE reason (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,              -- 'NO_SOCKET'; a value nobody can name as printed: '0x30002'
  value      INTEGER,
  subsystem  TEXT                        -- 'core', 'mac80211', …
) STRICT;

CREATE TABLE symbol (
  id      INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,                 -- as printed
  module  TEXT                           -- NULL: kernel image, or not said
) STRICT;

-- Each distinct stack once, every frame the kernel printed.
CREATE TABLE stack (
  id           INTEGER PRIMARY KEY,
  first_frame  INTEGER NOT NULL          -- position of the deciding function: frames above it are tracing and the free path
) STRICT;

CREATE TABLE stack_frame (
  stack_id   INTEGER NOT NULL REFERENCES stack,
  position   INTEGER NOT NULL,           -- 0 is innermost, as printed
  symbol_id  INTEGER NOT NULL REFERENCES symbol,
  offset     INTEGER,                    -- bytes from the symbol's start; NULL: not printed
  PRIMARY KEY (stack_id, position)
) STRICT, WITHOUT ROWID;

-- Where a drop happened and how the packet got there: each distinct (event, location, stack), with what attribution made of it.
CREATE TABLE site (
  id             INTEGER PRIMARY KEY,
  event          TEXT NOT NULL,          -- 'kfree_skb', a probe's name, a traced function
  location       TEXT,                   -- where freed, as printed: 'tcp_v4_rcv+0x7d/0xf20'
  stack_id       INTEGER REFERENCES stack,
  function       TEXT,                   -- deciding function, without compiler suffixes
  module         TEXT,                   -- its module
  function_rule  TEXT,                   -- 'stack', 'location', 'caller'
  entry          TEXT,                   -- the function that handed the packet to the stack: a driver's poll, process_backlog, a system call
  driver         TEXT,
  driver_rule    TEXT,                   -- 'module' (the kernel named it), 'symbol' (by a function's prefix), 'backlog' (by counters); a drop's
                                         -- own interface comes before the latter two: see the view drops
  driver_candidates TEXT                 -- taken from the backlog and the counters leave a choice: 'loopback, veth'
) STRICT;

-- What a packet's headers said, each distinct combination once. A member is NULL where the packet has no such thing, or its bytes were
-- not there. Addresses as text: '192.0.2.1', '2001:db8::1'.
CREATE TABLE flow (
  id                 INTEGER PRIMARY KEY,
  ethertype          INTEGER NOT NULL,   -- of the network header: 2048 IPv4, 34525 IPv6, 2054 ARP
  vlan               INTEGER,            -- id of a tag in the packet's bytes
  ip_protocol        INTEGER,            -- 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6, 132 SCTP …
  src                TEXT NOT NULL,      -- of ARP the sender's protocol address
  dst                TEXT NOT NULL,
  sport              INTEGER,
  dport              INTEGER,
  type               INTEGER,            -- of ICMP; of ARP the operation
  code               INTEGER,
  later_fragment     INTEGER NOT NULL,   -- 1: not the first fragment, so without ports
  tunnel             TEXT,               -- 'vxlan', 'gre', 'ipip': it carries a packet, and this is that one's:
  inner_ethertype    INTEGER,
  inner_vlan         INTEGER,
  inner_ip_protocol  INTEGER,
  inner_src          TEXT,
  inner_dst          TEXT,
  inner_sport        INTEGER,
  inner_dport        INTEGER,
  inner_type         INTEGER,
  inner_code         INTEGER
) STRICT;

-- Who opened the socket a packet belongs to: the receiver's where the kernel names it, else the packet's own, which is the sender's on its
-- way out. Each distinct (control group, user) once.
CREATE TABLE owner (
  id         INTEGER PRIMARY KEY,
  cgroup     INTEGER NOT NULL,           -- id of the control group (version 2): the inode of its directory
  uid        INTEGER NOT NULL,           -- user, in the host's numbers
  path       TEXT,                       -- '/system.slice/nginx.service'; NULL: it was gone before it could be looked up
  name       TEXT NOT NULL,              -- short: 'nginx.service', 'containerd://0123456789ab, pod 4b1d8a52', else path or 'cgroup 4711'
  unit       TEXT,                       -- 'nginx.service'
  container  TEXT,                       -- 'docker://ID', 'containerd://ID', 'cri-o://ID', 'podman://ID', 'lxc://NAME'; 'ID' of an unknown engine
  pod        TEXT,                       -- uid of a Kubernetes pod
  UNIQUE (cgroup, uid)
) STRICT;

-- What happened ------------------------------------------------------------------------------------------------------

CREATE TABLE drop_event (
  id         INTEGER PRIMARY KEY,
  t_ns       INTEGER NOT NULL,           -- since capture.opened_ns; ticks where the clock counts no time, numbers of lines where there is none
  cpu        INTEGER,                    -- NULL: dropwatch does not say
  task_id    INTEGER REFERENCES task,    -- NULL: dropwatch does not say
  reason_id  INTEGER REFERENCES reason,  -- NULL: kernel or probe gave none
  site_id    INTEGER NOT NULL REFERENCES site,
  ethertype  INTEGER,                    -- skb->protocol: 2048 IPv4, 34525 IPv6, 2054 ARP …
  raw_line   INTEGER NOT NULL,           -- number of its line in its stream: its CPU's, or the merged one
  interface_id  INTEGER REFERENCES interface, -- skb->dev; NULL: the packet had none, or the probe does not tell
  iif        INTEGER,                    -- skb->skb_iif: index of the interface it came in through; NULL: not said
  length     INTEGER,                    -- skb->len, bytes: of what was left of the packet, headers already taken off not counted
  flow_id    INTEGER REFERENCES flow,
  owner_id   INTEGER REFERENCES owner    -- NULL: the packet had no full socket, or the probe does not tell
) STRICT;

-- Events beside drops: what else was in the trace, in the order it was read. Calls that the function tracer printed are counted only (line_count).
CREATE TABLE event_kind (
  id    INTEGER PRIMARY KEY,
  name  TEXT NOT NULL UNIQUE             -- as the text names it: 'tcp_retransmit_skb', of perf 'tcp:tcp_retransmit_skb'
) STRICT;

CREATE TABLE other_event (
  id         INTEGER PRIMARY KEY,
  kind_id    INTEGER NOT NULL REFERENCES event_kind,
  t_ns       INTEGER NOT NULL,           -- as in drop_event
  cpu        INTEGER NOT NULL,
  task_id    INTEGER NOT NULL REFERENCES task,
  raw_line   INTEGER NOT NULL,           -- number of its line in its stream
  stack_id   INTEGER REFERENCES stack,
  interface_id INTEGER REFERENCES interface, -- NULL: not read out of the fields
  flow_id    INTEGER REFERENCES flow,    -- NULL: not read out of the fields
  fields     TEXT NOT NULL               -- JSON: its fields by name, each as printed; what has no name is under 'text'
) STRICT;

-- Holes: each LOST line as it stood in the stream, and each CPU's growth of the ring's own loss counters.
-- Both tell of the same records, so a CPU lost the larger of the two, not their sum: see lost.
CREATE TABLE loss (
  id        INTEGER PRIMARY KEY,
  cpu       INTEGER NOT NULL,            -- -1: all together, as the head of the file trace counts them
  source    TEXT NOT NULL CHECK (source IN ('line', 'stats')),
  raw_line  INTEGER,                     -- of the LOST line
  t_ns      INTEGER,                     -- time of the last record before the hole; NULL: nothing before it
  records   INTEGER                      -- ring records (an event and its stack are two); NULL: the kernel could not count
) STRICT;

-- What the kernel itself counted in the window, without regard to what was read: the drops of each CPU on the instance nobody reads
-- ('witness'), and drops by reason and location where the kernel has hist triggers ('hist').
CREATE TABLE kernel_count (
  source    TEXT NOT NULL CHECK (source IN ('witness', 'hist')),
  cpu       INTEGER,                     -- of 'witness'
  reason    INTEGER,                     -- of 'hist', the value; NULL: the kernel has no reasons
  location  TEXT,                        -- of 'hist', where freed, as printed; NULL: hits it had no room to tell apart
  drops     INTEGER NOT NULL
) STRICT;

-- What the agent gave up to spare the host when drops came faster than capture.max_rate, in order.
CREATE TABLE relief (
  t_ns  INTEGER PRIMARY KEY,             -- since capture.opened_ns
  rate  INTEGER NOT NULL,                -- drops a second that were measured
  step  TEXT NOT NULL                    -- 'stacks' from here on no stacks; 'sample' from here on a sample of the drops; 'window' the window ended
) STRICT;

-- Lines that did not parse: some of each kind and stream with their text; all are counted in line_count. Of kind
-- 'decoder_fault' is the line at which the decoder itself failed: the stream's text is whole, what follows was not decoded.
CREATE TABLE unparsed (
  id        INTEGER PRIMARY KEY,
  cpu       INTEGER,                     -- the stream, NULL: merged
  raw_line  INTEGER NOT NULL,
  kind      TEXT NOT NULL,
  text      TEXT NOT NULL
) STRICT;

-- Every line of every stream counts for one kind: event, other_event, stack (its header), orphan_stack (the header of one whose event is
-- not there), frame, loss, comment, unparsed_*; of drops that the agent's filter left out filtered, filtered_unseen (no packet to compare) and
-- filtered_stack. So the ring records that were read are event + other_event + stack + orphan_stack + filtered*.
CREATE TABLE line_count (
  cpu    INTEGER,                        -- the stream, NULL: merged
  kind   TEXT NOT NULL,
  lines  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX line_count_by_stream ON line_count (ifnull(cpu, -1), kind);

-- For people ---------------------------------------------------------------------------------------------------------

CREATE VIEW drops AS
SELECT d.id,
       (SELECT strftime('%Y-%m-%dT%H:%M:%S', u.ns / 1000000000, 'unixepoch') || printf('.%06dZ', u.ns / 1000 % 1000000)
          FROM (SELECT k.real_ns - k.mono_ns + c.opened_ns + d.t_ns AS ns
                  FROM clock k
                 WHERE c.trace_clock = 'mono'
                   AND k.mono_ns <= max(c.opened_ns + d.t_ns, (SELECT min(mono_ns) FROM clock))
                 ORDER BY k.mono_ns DESC LIMIT 1) u) AS time_utc,
       d.t_ns, d.cpu, t.pid, t.comm,
       r.name AS reason, r.subsystem,
       s.function, s.location, s.module,
       CASE WHEN s.driver_rule = 'module' THEN s.driver
            WHEN i.base_driver IS NOT NULL THEN i.base_driver
            WHEN d.interface_id IS NULL OR s.driver_rule = 'symbol' THEN s.driver END AS driver,
       CASE WHEN s.driver_rule = 'module' THEN s.driver_rule
            WHEN i.base_driver IS NOT NULL THEN 'interface'
            WHEN d.interface_id IS NULL OR s.driver_rule = 'symbol' THEN s.driver_rule END AS driver_rule,
       i.name AS interface, i.ifindex, i.netns, d.length,
       d.ethertype,
       f.ip_protocol, f.src, f.dst, f.sport, f.dport,
       s.stack_id, d.raw_line,
       d.iif, f.vlan, CASE WHEN f.ip_protocol IS NOT NULL THEN f.type END AS icmp_type, f.code AS icmp_code,
       f.tunnel, f.inner_ip_protocol, f.inner_src, f.inner_dst, f.inner_sport, f.inner_dport,
       o.name AS owner, o.unit, o.container, o.pod, o.uid
  FROM drop_event d
  LEFT JOIN task t ON t.id = d.task_id
  JOIN site s ON s.id = d.site_id
  LEFT JOIN reason r ON r.id = d.reason_id
  LEFT JOIN interface i ON i.id = d.interface_id
  LEFT JOIN flow f ON f.id = d.flow_id
  LEFT JOIN owner o ON o.id = d.owner_id
  LEFT JOIN capture c ON c.id = 1;

-- Drops and all other events, a row each; kind is 'kfree_skb', 'tcp_retransmit_skb' … and drop_id leads to the view drops.
--
--   select kind, fields->>'state' as state, count(*) from events group by 1, 2;
CREATE VIEW events AS
SELECT e.kind, e.drop_id,
       (SELECT strftime('%Y-%m-%dT%H:%M:%S', u.ns / 1000000000, 'unixepoch') || printf('.%06dZ', u.ns / 1000 % 1000000)
          FROM (SELECT k.real_ns - k.mono_ns + c.opened_ns + e.t_ns AS ns
                  FROM clock k
                 WHERE c.trace_clock = 'mono'
                   AND k.mono_ns <= max(c.opened_ns + e.t_ns, (SELECT min(mono_ns) FROM clock))
                 ORDER BY k.mono_ns DESC LIMIT 1) u) AS time_utc,
       e.t_ns, e.cpu, t.pid, t.comm, e.fields, i.name AS interface, i.ifindex, i.netns,
       f.ip_protocol, f.src, f.dst, f.sport, f.dport, e.stack_id, e.raw_line
  FROM (SELECT s.event AS kind, d.id AS drop_id, d.t_ns, d.cpu, d.task_id, d.interface_id, d.flow_id, s.stack_id, d.raw_line,
               json_object('reason', r.name, 'location', s.location, 'protocol', d.ethertype) AS fields
          FROM drop_event d JOIN site s ON s.id = d.site_id LEFT JOIN reason r ON r.id = d.reason_id
         UNION ALL
        SELECT n.name, NULL, o.t_ns, o.cpu, o.task_id, o.interface_id, o.flow_id, o.stack_id, o.raw_line, o.fields
          FROM other_event o JOIN event_kind n ON n.id = o.kind_id) e
  LEFT JOIN task t ON t.id = e.task_id
  LEFT JOIN interface i ON i.id = e.interface_id
  LEFT JOIN flow f ON f.id = e.flow_id
  LEFT JOIN capture c ON c.id = 1;

CREATE VIEW frames AS
SELECT f.stack_id, f.position - k.first_frame AS depth, y.name AS symbol, f.offset, y.module
  FROM stack_frame f
  JOIN stack k ON k.id = f.stack_id
  JOIN symbol y ON y.id = f.symbol_id
 WHERE f.position >= k.first_frame;

-- Ring records lost on each CPU, and holes whose size the kernel did not know.
CREATE VIEW lost AS
SELECT cpu,
       max(coalesce(sum(records) FILTER (WHERE source = 'line'), 0),
           coalesce(sum(records) FILTER (WHERE source = 'stats'), 0)) AS records,
       sum(records IS NULL) AS uncounted
  FROM loss GROUP BY cpu;
