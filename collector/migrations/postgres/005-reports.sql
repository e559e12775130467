-- Adds columns and tables for what the reports filter and show.
-- There is no migration 004: the same number is the same change in both databases.

-- Rejected events are stored as samples only; nothing reads the counters of skipped events.
drop table skips;
alter table skip_examples rename to rejected_samples;
alter sequence skip_examples_id_seq rename to rejected_samples_id_seq;
alter index skip_examples_pkey rename to rejected_samples_pkey;

alter table events add column limited_data_use integer not null default 0;  -- 1: Limited Data Use applies
-- `->` leaves texts as they are: `->>` would fail at an escaped U+0000.
update events set limited_data_use = 1 where (body::json -> 'limitedDataUse')::text = 'true';

-- The requests that an event was part of: the list of ids in each attempt could not be searched. A delivery names its
-- first attempt, and most have no other; the rest, and all from before this migration, are rows of attempt_events.
alter table deliveries add column first_attempt bigint;
create table attempt_events (
  event bigint not null,
  attempt bigint not null,
  primary key (event, attempt)
);
insert into attempt_events (event, attempt)
select distinct listed.value::bigint, attempts.id
from attempts cross join json_array_elements_text(attempts.events::json) listed
where exists (select 1 from events where events.id = listed.value::bigint)
order by 1, 2;
alter table attempts add column event_count integer not null default 0;  -- events in the request
update attempts set event_count = json_array_length(events::json);
alter table attempts drop column events;

-- Accepted events by match key, as JSON: a key that a vendor brings along needs no column.
alter table hours add column keys text not null default '{}';
update hours set keys = (select coalesce(jsonb_object_agg(key, events)::text, '{}') from (
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
