import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { problemCodes } from '../../core/model/finding.ts';
import { inEnglish, plain } from '../../core/model/phrase.ts';
import type { Detection } from '../../core/model/watch.ts';
import { phraseSchema } from './recovery-schema.ts';
import { remembering } from './remembering.ts';
import { json, type RowTrouble } from './row-trouble.ts';

/** A held finding that nobody repeated for this long was over; what comes then is a new one. */
const goesOnMs = 5 * 60_000;
/** How often it is written down that a held finding goes on. */
const repeatMs = 30_000;

/** Earlier versions kept the sentences in English. */
const words = z.union([phraseSchema, z.string().transform(plain)]);

const schema: z.ZodType<Detection> = z.object({
  id: z.string(),
  cluster: z.string(),
  at: z.number(),
  code: z.enum(problemCodes),
  instance: z.string().nullable(),
  says: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  evidence: z.array(words),
  decision: z.enum(['acted', 'held']),
  because: z.array(words),
  recovery: z.string().nullable(),
});

/** More than any view shows, of a handful of clusters. */
const detectionIn = remembering((body) => schema.safeParse(json(body)).data, 200);

const newestRow = z.object({ seq: z.number(), gist: z.string(), said_at: z.number() });
type NewestRow = z.infer<typeof newestRow>;

/**
 * Adds the detection, or replaces the one of the same id. A held one that says what the newest of the same finding
 * said, no more than five minutes ago, only prolongs that one. The oldest beyond `keep` of the cluster are dropped.
 */
export function putDetection(db: DatabaseSync, detection: Detection, keep: number): void {
  const before = newestOfSameFinding(db, detection);
  if (before !== undefined && goesOn(before, detection)) {
    db.prepare('UPDATE detections SET said_at = ? WHERE seq = ?').run(detection.at, before.seq);
    return;
  }
  db.prepare(
    `INSERT INTO detections (id, cluster, code, instance, gist, said_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET cluster = excluded.cluster, code = excluded.code,
       instance = excluded.instance, gist = excluded.gist, said_at = excluded.said_at, body = excluded.body`,
  ).run(
    detection.id,
    detection.cluster,
    detection.code,
    detection.instance ?? '',
    gistOf(detection),
    detection.at,
    JSON.stringify(detection),
  );
  db.prepare(
    `DELETE FROM detections WHERE cluster = ?1 AND seq <=
       (SELECT seq FROM detections WHERE cluster = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)`,
  ).run(detection.cluster, keep);
}

/** True when saving it would change nothing: the journal need not be written. */
export function isSaidAlready(db: DatabaseSync, detection: Detection): boolean {
  const before = newestOfSameFinding(db, detection);
  return (
    before !== undefined &&
    goesOn(before, detection) &&
    Math.abs(detection.at - before.said_at) < repeatMs
  );
}

/** Newest first, in the order in which they were saved: clocks may be set back. What cannot be read is set aside. */
export function readDetections(
  db: DatabaseSync,
  wanted: { readonly cluster: string | undefined; readonly limit: number },
  trouble: RowTrouble,
): readonly Detection[] {
  const rows = db
    .prepare('SELECT id, body FROM detections WHERE ?1 IS NULL OR cluster = ?1 ORDER BY seq DESC')
    .iterate(wanted.cluster ?? null);
  const found: Detection[] = [];
  for (const each of rows) {
    if (found.length >= wanted.limit) {
      break;
    }
    const detection = detectionIn(String(each['body']));
    if (detection !== undefined) {
      found.push(detection);
    } else {
      const id = String(each['id']);
      trouble.setAside(
        id,
        `The journal's record of detection ${id} cannot be read; it is left aside.`,
      );
    }
  }
  return found;
}

function newestOfSameFinding(db: DatabaseSync, detection: Detection): NewestRow | undefined {
  const found = db
    .prepare(
      `SELECT seq, gist, said_at FROM detections WHERE cluster = ? AND code = ? AND instance = ?
       ORDER BY seq DESC LIMIT 1`,
    )
    .get(detection.cluster, detection.code, detection.instance ?? '');
  return found === undefined ? undefined : newestRow.parse(found);
}

function goesOn(before: NewestRow, detection: Detection): boolean {
  return (
    detection.decision === 'held' &&
    before.gist === gistOf(detection) &&
    Math.abs(detection.at - before.said_at) <= goesOnMs
  );
}

function gistOf({ decision, because }: Detection): string {
  return JSON.stringify([decision, ...because.map(inEnglish)]);
}
