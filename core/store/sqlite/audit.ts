/** `audit_log`: who changed what, the newest ten thousand. */
import type { Database } from 'better-sqlite3';
import { compact } from '../../base/json.ts';
import type { AuditRecord } from '../records.ts';
import type { AuditRepository } from '../store.ts';

const ROWS_MAX = 10_000;
/** The table is held to its size each time so many were added. */
const PRUNE_EVERY = 100;

interface AuditRow {
  readonly id: number;
  readonly timestamp: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly ip_address: string | null;
  readonly details: string | null;
}

export function auditRepository(database: Database): AuditRepository {
  const insert = database.prepare<(string | number | null)[]>(
    'INSERT INTO audit_log (timestamp, actor, action, target, ip_address, details) VALUES (?, ?, ?, ?, ?, ?)',
  );
  // Before the newest so many; numbers are given in order.
  const prune = database.prepare<[number]>('DELETE FROM audit_log WHERE id <= ?');
  const where = '(:action IS NULL OR action = :action) AND (:actor IS NULL OR actor = :actor)';
  const list = database.prepare<[Record<string, string | number | null>], AuditRow>(
    `SELECT * FROM audit_log WHERE ${where} ORDER BY id DESC LIMIT :limit OFFSET :offset`,
  );
  const count = database.prepare<[Record<string, string | number | null>], { count: number }>(
    `SELECT count(*) AS count FROM audit_log WHERE ${where}`,
  );
  return {
    add({ atMs, actor, action, target = null, ip = null, details = null }) {
      const { lastInsertRowid } = insert.run(Math.floor(atMs), actor, action, target, ip, details);
      const id = Number(lastInsertRowid);
      if (id % PRUNE_EVERY === 0) prune.run(id - ROWS_MAX);
    },
    list({ action = null, actor = null, limit, offset }) {
      const filter = { action, actor };
      const total = count.get(filter)?.count ?? 0;
      return { total, records: list.all({ ...filter, limit, offset }).map(toRecord) };
    },
  };
}

function toRecord(row: AuditRow): AuditRecord & { readonly id: number } {
  return compact({
    id: row.id,
    atMs: row.timestamp,
    actor: row.actor,
    action: row.action,
    target: row.target ?? undefined,
    ip: row.ip_address ?? undefined,
    details: row.details ?? undefined,
  });
}
