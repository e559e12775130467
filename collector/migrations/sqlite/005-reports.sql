-- Rejected events are stored as samples only; nothing reads the counters of skipped events.

drop table skips;
alter table skip_examples rename to rejected_samples;
