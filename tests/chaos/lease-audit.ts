// Knows how PostgreSQL itself watches over leases: a trigger notes who takes a row from whom, and who settles what.
import { exactly } from './check.js'
import type { Data } from './data.js'

/** The lease is 60 s; no request outlives its 58th, and collectors measure the database's clock to well below that. */
const heldSeconds = 59

// Each start of a collector logs in under a name of its own: what a row's statement says of itself is not asked.
const triggers = `
create table claims (
  lease text primary key, who text not null default session_user,
  at double precision not null default extract(epoch from clock_timestamp()), gone boolean not null default false);
create table takeovers (event bigint, former text, seconds double precision, held boolean);
create table intrusions (event bigint, who text default session_user);
create function watch() returns trigger language plpgsql as $$
begin
  insert into claims (lease) select distinct lease from new_rows where lease is not null on conflict do nothing;
  insert into takeovers
  select event, claims.who, extract(epoch from clock_timestamp()) - claims.at,
    not gone and claims.at > extract(epoch from clock_timestamp()) - ${heldSeconds}
  from old_rows join new_rows using (event, vendor) join claims on claims.lease = old_rows.lease
  where new_rows.lease <> old_rows.lease;
  insert into intrusions (event)
  select event from old_rows join new_rows using (event, vendor) left join claims on claims.lease = old_rows.lease
  where new_rows.lease is null and claims.who is distinct from session_user;
  return null;
end $$;
create trigger watch after update on deliveries referencing old table as old_rows new table as new_rows
for each statement execute function watch()`

export interface LeaseAudit {
  /** Claims of a row whose lease another collector had taken less than 59 s before. */
  double: number
  /** Outcomes written by somebody else than the holder of the lease. */
  foreignSettlements: number
  /** Rows that another collector took over after their lease, and the longest time from claim to claim. */
  takenOver: number
  slowest: number
}

/** From now on; the tables must be there. */
export const installLeaseAudit = (data: Data) => data.query(triggers)

/** Ends the leases of these collectors at once, as the 60 s would that nobody wants to wait. */
export async function expireLeasesOf(data: Data, names: string[]): Promise<void> {
  await data.query(`update claims set gone = true where who in (${names.map((name) => `'${name}'`).join()})`)
  await data.query(
    "update deliveries set due_at = 0 where state = 'pending' and lease in (select lease from claims where gone)",
  )
}

export async function readLeaseAudit(data: Data): Promise<LeaseAudit> {
  const [row] = await data.query<{ [key in keyof LeaseAudit]: number }>(
    `select count(*) filter (where held)::int as double, count(*)::int as "takenOver",
     coalesce(max(seconds), 0) as slowest, (select count(*)::int from intrusions) as intrusions from takeovers`,
  )
  return row as LeaseAudit
}

export const leaseChecks = ({ double, foreignSettlements }: LeaseAudit) => [
  exactly("claimed while another's lease was live", double, 0),
  exactly('settled by another than the holder', foreignSettlements, 0),
]
