-- The outbox: events as they may be stored, one delivery for each vendor, every attempt, what was skipped.

create table events (
  id integer primary key,
  site text not null,
  event text not null,
  event_id text not null,
  event_time integer not null,          -- Unix seconds
  received_at integer not null,         -- Unix milliseconds
  source text not null,                 -- browser | server
  skip_reason text,
  body text,                            -- JSON of what may be stored; null for a skipped event
  unique (site, event, event_id)
) strict;

-- Sealed address and user agent. A table of its own: they leave on delivery, and small rows leave cheaply.
create table visitors (
  event integer primary key references events (id) on delete cascade,
  sealed blob not null
) strict;

create table deliveries (
  event integer not null references events (id) on delete cascade,
  vendor text not null,
  site text not null,
  state text not null default 'pending',
  due_at integer not null,              -- Unix milliseconds; a lease moves it ahead
  lease text,                           -- fencing token of the holder
  attempts integer not null default 0,
  ambiguous_at integer,                 -- first attempt that the vendor may have booked
  reason text,
  settled_at integer,
  primary key (event, vendor)
) strict, without rowid;

-- Only what is undelivered: with sent rows inside, a claim costs a hundred times as much.
create index deliveries_due on deliveries (site, vendor, due_at, event) where state = 'pending';

-- Append-only: one row for each request to a vendor.
create table attempts (
  id integer primary key,
  site text not null,
  vendor text not null,
  at integer not null,                  -- Unix milliseconds
  duration_ms integer not null,
  outcome text not null,
  ambiguous integer not null,
  code integer,
  message text,
  request_id text,
  events text not null                  -- JSON list of the events' rows
) strict;

create index attempts_at on attempts (site, vendor, at);

-- Connections that the vendor refused: nothing is sent with these credentials but one probe now and then.
create table pauses (
  site text not null,
  vendor text not null,
  fingerprint text not null,            -- of the refused credentials
  reason text not null,
  paused_at integer not null,
  probe_at integer not null,            -- when one event may be tried, Unix milliseconds
  primary key (site, vendor)
) strict, without rowid;

-- Who has taken back their consent, by a hash of what they are known by: checked again before each send.
create table withdrawals (
  site text not null,
  person text not null,
  at integer not null,                  -- Unix milliseconds
  primary key (site, person)
) strict, without rowid;

create table skips (
  hour integer not null,                -- Unix hours
  reason text not null,
  count integer not null,
  primary key (hour, reason)
) strict, without rowid;

-- The last few events that were only counted, for the owner to see what knocks.
create table skip_examples (
  id integer primary key,
  at integer not null,
  reason text not null,
  site text not null,
  event text not null
) strict;

create table heartbeat (
  id integer primary key check (id = 1),
  at integer not null,
  filler blob not null                  -- as much as an event, so that a full disk is noticed
) strict;
