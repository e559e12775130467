// Audits leases by triggers in PostgreSQL, which record who claims a row from whom, and who settles it.
import { exactly } from './check.js'
import type { Data } from './data.js'

/** A lease is 60 s, and no request is longer than 58 s. Collectors know the clock of the database to well below 1 s. */
const heldSeconds = 59

// Each start of a collector has a database user of its own, so that the trigger knows it without trusting the statement.
const triggers = `
create table claims (
  lease text primary key, who text not null default session_user,
  at double precision not null default extract(epoch from clock_timestamp()), gone boolean not null default false);
create table takeovers (event bigint, former text, seconds double precision, held boolean);
create table foreign_settlements (event bigint, who text default session_user);
create function watch() returns trigger language plpgsql as $$
begin
  insert into claims (lease) select distinct lease from new_rows where lease is not null on conflict do nothing;
  insert into takeovers
  select event, claims.who, extract(epoch from clock_timestamp()) - claims.at,
    not gone and claims.at > extract(epoch from clock_timestamp()) - ${heldSeconds}
  from old_rows join new_rows using (event, vendor) join claims on claims.lease = old_rows.lease
  where new_rows.lease <> old_rows.lease;
  insert into foreign_settlements (event)
  select event from old_rows join new_rows using (event, vendor) left join claims on claims.lease = old_rows.lease
  where new_rows.lease is null and claims.who is distinct from session_user;
  return null;
end $$;
create trigger watch after update on deliveries referencing old table as old_rows new table as new_rows
for each statement execute function watch()`

export interface LeaseAudit {
  /** Claims of a row less than 59 s after the claim of another collector. */
  double: number
  /** Outcomes that were not written by the holder of the lease. */
  foreignSettlements: number
  /** Rows that another collector took over after the end of the lease. */
  takenOver: number
  /** The longest time between two such claims, in seconds. */
  slowest: number
}

/** Starts the audit. The tables must exist. */
export const installLeaseAudit = (data: Data) => data.query(triggers)

/** Ends the leases of collectors at once, instead of after 60 s. */
export async function expireLeasesOf(data: Data, names: string[]): Promise<void> {
  await data.query(`update claims set gone = true where who in (${names.map((name) => `'${name}'`).join()})`)
  await data.query(
    "update deliveries set due_at = 0 where state = 'pending' and lease in (select lease from claims where gone)",
  )
}

export async function readLeaseAudit(data: Data): Promise<LeaseAudit> {
  const [row] = await data.query<{ [key in keyof LeaseAudit]: number }>(
    `select count(*) filter (where held)::int as double, count(*)::int as "takenOver",
     coalesce(max(seconds), 0) as slowest, (select count(*)::int from foreign_settlements) as "foreignSettlements" from takeovers`,
  )
  return row as LeaseAudit
}

export const leaseChecks = ({ double, foreignSettlements }: LeaseAudit) => [
  exactly("claimed while another's lease was live", double, 0),
  exactly('settled by another than the holder', foreignSettlements, 0),
]
