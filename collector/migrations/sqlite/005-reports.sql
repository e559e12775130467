-- Adds columns and tables for what the reports filter and show.

-- Rejected events are stored as samples only; nothing reads the counters of skipped events.
drop table skips;
alter table skip_examples rename to rejected_samples;

alter table events add column limited_data_use integer not null default 0;  -- 1: Limited Data Use applies
update events set limited_data_use = 1
where iif(json_valid(body), json_extract(body, '$.limitedDataUse'), 0);

-- The requests that an event was part of: the list of ids in each attempt could not be searched. A delivery names its
-- first attempt, and most have no other; the rest, and all from before this migration, are rows of attempt_events.
alter table deliveries add column first_attempt integer;
create table attempt_events (
  event integer not null references events (id) on delete cascade,
  attempt integer not null,
  primary key (event, attempt)
) strict, without rowid;
insert into attempt_events (event, attempt)
select distinct listed.value, attempts.id
from attempts, json_each(iif(json_valid(attempts.events), attempts.events, '[]')) listed
where listed.type = 'integer' and exists (select 1 from events where events.id = listed.value)
order by 1, 2;
alter table attempts add column event_count integer not null default 0;  -- events in the request
update attempts set event_count = json_array_length(events) where json_valid(events);
alter table attempts drop column events;

-- Accepted events by match key, as JSON: a key that a vendor brings along needs no column.
alter table hours add column keys text not null default '{}';
update hours set keys = (select json_group_object(key, events) from (
  select 'ttclid' as key, ttclid as events
  union all select 'email', email
  union all select 'phone', phone
  union all select 'external_id', external_id
  union all select 'ttp', ttp
  union all select 'visitor', visitor) counted
  where events <> 0);
alter table hours drop column ttclid;
alter table hours drop column email;
alter table hours drop column phone;
alter table hours drop column external_id;
alter table hours drop column ttp;
alter table hours drop column visitor;
