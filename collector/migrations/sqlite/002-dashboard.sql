-- What the owner sets and looks at: records, the change log, counts by the hour that are kept while events pass.
-- Counting begins with this migration: hours before it stay empty.

create table records (
  kind text not null,                   -- site | connection | key | session | setting
  id text not null,
  body text not null,                   -- JSON
  sealed blob,                          -- what is secret of it
  version integer not null,
  at integer not null,                  -- Unix milliseconds of the last write
  primary key (kind, id)
) strict, without rowid;

-- Who did what; append-only.
create table changes (
  id integer primary key,
  at integer not null,                  -- Unix milliseconds
  who text not null,
  what text not null,
  site text,
  detail text
) strict;

-- Of one site, hour of arrival and event name. The slot is for databases with several writers; here it is 0.
create table hours (
  site text not null,
  hour integer not null,                -- Unix hours
  event text not null,                  -- own names share the name custom
  slot integer not null,
  browser integer not null default 0,
  server integer not null default 0,
  duplicates integer not null default 0,
  delivered integer not null default 0,
  failed integer not null default 0,
  skipped integer not null default 0,
  ldu integer not null default 0,
  ttclid integer not null default 0,    -- from here on: how many accepted events had it
  email integer not null default 0,
  phone integer not null default 0,
  external_id integer not null default 0,
  ttp integer not null default 0,
  visitor integer not null default 0,
  primary key (site, hour, event, slot)
) strict, without rowid;

create table hour_values (
  site text not null,
  hour integer not null,
  event text not null,
  currency text not null,
  slot integer not null,
  sum real not null,
  count integer not null,
  primary key (site, hour, event, currency, slot)
) strict, without rowid;

-- Deliveries by how long they took from arrival to the vendor's yes.
create table hour_waits (
  site text not null,
  hour integer not null,
  bucket integer not null,
  slot integer not null,
  count integer not null,
  primary key (site, hour, bucket, slot)
) strict, without rowid;

-- Events of a name in the order of their arrival; each entry ends with the row's id.
create index events_name on events (site, event);
-- Only the few that the owner looks for.
create index events_skipped on events (id) where skip_reason is not null;
create index deliveries_failed on deliveries (event) where state = 'failed';
create index deliveries_skipped on deliveries (event) where state = 'skipped';
