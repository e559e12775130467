-- What the owner is told of an event beside its state.

alter table events add column paired integer not null default 0;        -- 1: it came from the browser and the server
alter table deliveries add column replayed integer not null default 0;  -- 1: the owner has sent it again
