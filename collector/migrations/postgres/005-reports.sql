-- Rejected events are stored as samples only; nothing reads the counters of skipped events.
-- There is no migration 004: the same number is the same change in both databases.

drop table skips;
alter table skip_examples rename to rejected_samples;
alter sequence skip_examples_id_seq rename to rejected_samples_id_seq;
alter index skip_examples_pkey rename to rejected_samples_pkey;
