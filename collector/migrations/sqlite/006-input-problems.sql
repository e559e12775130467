-- Counts what was refused, left out or changed on arrival, by the hour. Holds paths and rules, never values.
create table input_problems (
  site text not null,      -- domain; empty where the request named no known site
  hour integer not null,   -- Unix hour
  route text not null,     -- /e or /v1/events
  status integer not null, -- status of the answer; 202 for a warning
  rule text not null,
  path text not null,      -- place in the event, without list indexes
  count integer not null,
  last_at integer not null, -- Unix milliseconds
  primary key (site, hour, route, status, rule, path)
) strict, without rowid;
create index input_problems_hour on input_problems (hour);
