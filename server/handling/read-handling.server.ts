import { and, asc, count, desc, eq, inArray, isNull, notInArray, type SQL } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { leadClocks } from "~db/schema/clocks";
import { findings } from "~db/schema/findings";
import {
  handlingLetters,
  leadMeasures,
  letterSteps,
  preservations,
  preservationSteps,
} from "~db/schema/handling";
import { agencies, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { actsForTheLead } from "~server/triage/lead-scope.server";
import type { LetterFacts, LetterKind, MeasureKind, StepKind } from "./handling-kinds";
import { readHandledLead } from "./handling-scope.server";
import { packOf, readSubject } from "./issue-letter.server";
import { letterNumber } from "./letter-number";
import { listRecipients, type Recipient } from "./list-recipients.server";
import { listMissing, type Missing } from "./list-missing";

/** Entries of one register on a page. */
export const ENTRIES_A_PAGE = 10;

export type MeasureView = {
  readonly measureId: string;
  readonly kind: MeasureKind;
  readonly body: string;
  /** Newest first; the first counts. Days are YYYY-MM-DD. */
  readonly versions: readonly {
    readonly version: number;
    readonly takenOn: string;
    readonly legalBasis: string;
    readonly summary: string;
    readonly documentNumber: string | null;
    readonly outcome: string | null;
    readonly reviewOn: string | null;
    readonly person: string;
    readonly recordedAt: Date;
  }[];
};

export type StepView = {
  readonly id: string;
  readonly kind: StepKind;
  readonly onDay: string;
  readonly result: string | null;
  readonly extendDays: number | null;
  readonly documentNumber: string | null;
  readonly note: string | null;
  /** Of a bundle's manifest, hex. */
  readonly sha256: string | null;
  readonly files: number | null;
  readonly person: string;
};

export type LetterView = {
  readonly id: string;
  readonly kind: LetterKind;
  readonly number: string;
  readonly facts: LetterFacts;
  /** The day its clock ends; null where none runs. */
  readonly dueOn: string | null;
  readonly ended: boolean;
  readonly steps: readonly StepView[];
};

export type PreservationView = {
  readonly id: string;
  readonly item: string;
  readonly quantity: string;
  readonly place: string;
  readonly legalBasis: string;
  readonly sha256: string | null;
  readonly takenOn: string;
  readonly firstHolder: string;
  /** Who has it now. */
  readonly holder: string;
  readonly dueOn: string | null;
  readonly steps: readonly (typeof preservationSteps.$inferSelect & { person: string })[];
};

type Paged<T> = { readonly rows: readonly T[]; readonly count: number };

export type HandlingPage = {
  readonly lead: { readonly id: string; readonly number: number; readonly name: string };
  readonly entityClass: string | null;
  readonly missing: readonly Missing[];
  readonly measures: Paged<MeasureView>;
  readonly letters: Paged<LetterView>;
  readonly preservations: Paged<PreservationView>;
  readonly subject: LetterFacts["subject"];
  /** The bodies that hold it without an account, the first leading one before the others; 转办函 are written to them. */
  readonly recipients: readonly Recipient[];
  /** Whether this person may enter acts of the bodies now; write 转办函; record what became of either. */
  readonly mayHandle: boolean;
  readonly mayForward: boolean;
  readonly mayRecord: boolean;
  /** The same of 转办函, which stay the office's own. */
  readonly mayRecordForward: boolean;
};

export type HandlingPages = {
  readonly measures: number;
  readonly letters: number;
  readonly preservations: number;
};

/** All that was done about a lead, newest first. 404 for bodies that only help, or do not hold it. */
export async function readHandling(
  portal: Pick<Portal, "db" | "pack">,
  input: { leadId: string; pages: HandlingPages },
  actor: StaffActor,
): Promise<HandlingPage> {
  return withActor(portal.db, actor, async (tx) => {
    const lead = await readHandledLead(tx, input.leadId, actor);
    const acts = await actsForTheLead(tx, lead.id, actor);
    const triage = hasRole(actor, "triage_officer");
    const handled = ["investigating", "determined"].includes(lead.stage);
    const [finding] = await tx
      .select({ entityClass: findings.entityClass })
      .from(findings)
      .where(and(eq(findings.leadId, lead.id), inArray(findings.status, ["recorded", "verified"])))
      .limit(1);
    const recipients = triage ? await listRecipients(tx, lead.id) : [];
    const entityClass = finding?.entityClass ?? null;
    return {
      lead: { id: lead.id, number: lead.number, name: lead.name },
      entityClass,
      missing: await findMissing(tx, lead.id, entityClass),
      measures: await readMeasures(tx, lead.id, input.pages.measures),
      letters: await readLetters(tx, lead.id, input.pages.letters),
      preservations: await readPreservations(tx, lead.id, input.pages.preservations),
      subject: await readSubject(tx, await packOf(tx, lead, portal.pack), lead),
      recipients,
      mayHandle: acts && handled && actor.method === "passkey",
      mayForward:
        triage &&
        actor.method === "passkey" &&
        (handled || lead.stage === "dispatched") &&
        recipients.length > 0,
      mayRecord: acts && actor.method === "passkey",
      mayRecordForward: triage && actor.method === "passkey",
    };
  });
}

async function findMissing(tx: Tx, leadId: string, entityClass: string | null): Promise<Missing[]> {
  const kinds = await tx
    .selectDistinct({ kind: leadMeasures.kind })
    .from(leadMeasures)
    .where(eq(leadMeasures.leadId, leadId));
  const letters = await tx
    .selectDistinct({ letter: handlingLetters.kind, step: letterSteps.kind })
    .from(handlingLetters)
    .leftJoin(letterSteps, eq(letterSteps.letterId, handlingLetters.id))
    .where(eq(handlingLetters.leadId, leadId));
  const decided = tx
    .select({ id: preservationSteps.preservationId })
    .from(preservationSteps)
    .where(and(eq(preservationSteps.leadId, leadId), eq(preservationSteps.kind, "decided")));
  const undecided = await countOf(
    tx,
    preservations,
    and(eq(preservations.leadId, leadId), notInArray(preservations.id, decided)),
  );
  return listMissing({
    entityClass,
    measures: kinds.map(({ kind }) => kind as MeasureKind),
    letters: letters.map(({ letter, step }) => ({
      kind: letter as LetterKind,
      steps: step === null ? [] : [step as StepKind],
    })),
    undecided,
  });
}

async function readMeasures(tx: Tx, leadId: string, page: number): Promise<Paged<MeasureView>> {
  const of = eq(leadMeasures.leadId, leadId);
  const firsts = await tx
    .select({ id: leadMeasures.measureId })
    .from(leadMeasures)
    .where(and(of, eq(leadMeasures.version, 1)))
    .orderBy(desc(leadMeasures.takenOn), desc(leadMeasures.id))
    .limit(ENTRIES_A_PAGE)
    .offset((page - 1) * ENTRIES_A_PAGE);
  const ids = firsts.map(({ id }) => id);
  const rows =
    ids.length === 0
      ? []
      : await tx
          .select({ row: leadMeasures, body: agencies.name, person: staff.displayName })
          .from(leadMeasures)
          .innerJoin(agencies, eq(agencies.id, leadMeasures.agencyId))
          .innerJoin(staff, eq(staff.id, leadMeasures.recordedBy))
          .where(and(of, inArray(leadMeasures.measureId, ids)))
          .orderBy(desc(leadMeasures.version));
  return {
    count: await countOf(tx, leadMeasures, and(of, eq(leadMeasures.version, 1))),
    rows: ids.flatMap((measureId) => {
      const versions = rows.filter(({ row }) => row.measureId === measureId);
      const [latest] = versions;
      if (latest === undefined) return [];
      return [
        {
          measureId,
          kind: latest.row.kind as MeasureKind,
          body: latest.body,
          versions: versions.map(({ row, person }) => {
            const { version, takenOn, legalBasis, summary, documentNumber, outcome, reviewOn, recordedAt } =
              row;
            return {
              version,
              takenOn,
              legalBasis,
              summary,
              documentNumber,
              outcome,
              reviewOn,
              recordedAt,
              person,
            };
          }),
        },
      ];
    }),
  };
}

async function readLetters(tx: Tx, leadId: string, page: number): Promise<Paged<LetterView>> {
  const of = eq(handlingLetters.leadId, leadId);
  const rows = await tx
    .select()
    .from(handlingLetters)
    .where(of)
    .orderBy(desc(handlingLetters.id))
    .limit(ENTRIES_A_PAGE)
    .offset((page - 1) * ENTRIES_A_PAGE);
  const ids = rows.map(({ id }) => id);
  const steps =
    ids.length === 0
      ? []
      : await tx
          .select({ row: letterSteps, person: staff.displayName })
          .from(letterSteps)
          .innerJoin(staff, eq(staff.id, letterSteps.recordedBy))
          .where(and(eq(letterSteps.leadId, leadId), inArray(letterSteps.letterId, ids)))
          .orderBy(asc(letterSteps.stepNo));
  const due = await dueDays(tx, leadId, ids);
  return {
    count: await countOf(tx, handlingLetters, of),
    rows: rows.map((row) => {
      const kind = row.kind as LetterKind;
      const facts = row.facts as LetterFacts;
      const own = steps.filter((step) => step.row.letterId === row.id);
      return {
        ...{ id: row.id, kind, facts, dueOn: due(row.id) },
        number: letterNumber(facts.issuer, kind, row.year, row.no),
        ended: own.some(
          ({ row: step }) =>
            ["closed", "judged"].includes(step.kind) ||
            (step.kind === "receipt" && step.result === "accepted"),
        ),
        steps: own.map(({ row: step, person }) => {
          const { id, onDay, result, extendDays, documentNumber, note, files } = step;
          const sha256 = step.sha256?.toString("hex") ?? null;
          return {
            id,
            kind: step.kind as StepKind,
            onDay,
            result,
            extendDays,
            documentNumber,
            note,
            files,
            sha256,
            person,
          };
        }),
      };
    }),
  };
}

async function readPreservations(tx: Tx, leadId: string, page: number): Promise<Paged<PreservationView>> {
  const of = eq(preservations.leadId, leadId);
  const rows = await tx
    .select()
    .from(preservations)
    .where(of)
    .orderBy(desc(preservations.id))
    .limit(ENTRIES_A_PAGE)
    .offset((page - 1) * ENTRIES_A_PAGE);
  const ids = rows.map(({ id }) => id);
  const steps =
    ids.length === 0
      ? []
      : await tx
          .select({ row: preservationSteps, person: staff.displayName })
          .from(preservationSteps)
          .innerJoin(staff, eq(staff.id, preservationSteps.recordedBy))
          .where(and(eq(preservationSteps.leadId, leadId), inArray(preservationSteps.preservationId, ids)))
          .orderBy(asc(preservationSteps.stepNo));
  const due = await dueDays(tx, leadId, ids);
  return {
    count: await countOf(tx, preservations, of),
    rows: rows.map(({ id, item, quantity, place, legalBasis, sha256, takenOn, holder }) => {
      const own = steps.flatMap(({ row, person }) => (row.preservationId === id ? [{ ...row, person }] : []));
      return {
        ...{
          id,
          item,
          quantity,
          place,
          legalBasis,
          takenOn,
          firstHolder: holder,
          dueOn: due(id),
          steps: own,
        },
        sha256: sha256?.toString("hex") ?? null,
        holder: own.findLast(({ toHolder }) => toHolder !== null)?.toHolder ?? holder,
      };
    }),
  };
}

/** When the running clocks of letters or things end; an extended notice has a second clock. */
async function dueDays(
  tx: Tx,
  leadId: string,
  ids: readonly string[],
): Promise<(id: string) => string | null> {
  const subjects = ids.flatMap((id) => [id, `${id}:2`]);
  const rows =
    ids.length === 0
      ? []
      : await tx
          .select({ subject: leadClocks.subject, dueOn: leadClocks.dueOn })
          .from(leadClocks)
          .where(
            and(
              eq(leadClocks.leadId, leadId),
              inArray(leadClocks.subject, subjects),
              isNull(leadClocks.endedOn),
            ),
          );
  return (id) => rows.find(({ subject }) => subject.startsWith(id))?.dueOn ?? null;
}

async function countOf(
  tx: Tx,
  table: typeof leadMeasures | typeof handlingLetters | typeof preservations,
  where: SQL | undefined,
): Promise<number> {
  const [row] = await tx.select({ n: count() }).from(table).where(where);
  return row?.n ?? 0;
}
