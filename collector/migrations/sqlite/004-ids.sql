-- No id is given twice: the log of attempts names events by theirs, also those that have left.

create table last_left (
  id integer primary key check (id = 1),
  event integer not null                -- no event that has left had a higher id
) strict;

insert into last_left
select 1, coalesce(max(value), 0) from attempts, json_each(iif(json_valid(events), events, '[]'))
where type = 'integer';

create trigger events_left after delete on events begin
  update last_left set event = old.id where event < old.id;
end;
