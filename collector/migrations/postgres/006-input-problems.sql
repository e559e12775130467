-- Counts what was refused, left out or changed on arrival, by the hour. Holds paths and rules, never values.
create table input_problems (
  site text collate "C" not null,      -- domain; empty where the request named no known site
  hour bigint not null,   -- Unix hour
  route text collate "C" not null,     -- /e or /v1/events
  status integer not null, -- status of the answer; 202 for a warning
  rule text collate "C" not null,
  path text collate "C" not null,      -- place in the event, without list indexes
  count bigint not null,
  last_at bigint not null, -- Unix milliseconds
  primary key (site, hour, route, status, rule, path)
);
create index input_problems_hour on input_problems (hour);
