import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { staff, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { isDeskChannel, type DeskChannel } from "~/forms/desk";
import { staffImport } from "~/i18n/zh-CN/staff-import";
import { notFound } from "~server/errors.server";
import { BrokenFormError, parseMultipart } from "~server/evidence/parse-multipart.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { decodeFile, detectEncoding, type Encoding } from "./decode-file.server";
import { IMPORT_BYTES, IMPORT_ROWS } from "./import-limits";
import { importTips, type BadRow, type ImportTotals } from "./import-tips.server";
import { InputFault, type InputFaultCode } from "./input-fault";
import { neutralCsv } from "./neutral-cell";
import { readCsvRows, readJsonRows, type FileRow } from "./read-rows.server";

/** Faults shown on the page; the report to download has all. */
const SHOWN = 100;

export type ImportRefusal =
  | InputFaultCode
  | "chooseFile"
  | "channelWrong"
  | "sourceWrong"
  | "tooLarge"
  | "tooMany"
  | "encoding"
  | "busy"
  | "broken";

export type ImportAnswer =
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly refusal: ImportRefusal;
      readonly column: string;
      readonly values: { readonly channel: string; readonly source: string };
    }
  | {
      readonly kind: "done";
      readonly totals: ImportTotals;
      /**
       * The first lines, a fault each, then the rows passed over for their number; all of them as a CSV. Nothing of
       * what the rows hold.
       */
      readonly bad: readonly BadLine[];
      readonly faults: number;
      readonly report: string;
    };

export type BadLine = { readonly row: number; readonly column: string; readonly reason: string };

const REPORT_HEADER = [staffImport.done.row, staffImport.column, staffImport.done.reason];

/** Files imported at once by this server: each is held in memory whole. */
let underWay = false;

/**
 * Imports a posted CSV or JSON of other channels' reports as `tips:import` does. The file stays in memory: what
 * reporters said touches no disk unsealed. No receipts are made known. Whoever is no operator gets the 404 of a page
 * that is not there, also where the role is taken away meanwhile; what was imported until then stays.
 */
export async function receiveImport(
  portal: Portal,
  request: Request,
  actor: StaffActor,
): Promise<ImportAnswer> {
  await requireOperatorNow(portal.db, actor);
  const posted = await readPost(request);
  const values = {
    channel: posted.fields.channel ?? "",
    source: (posted.fields.source ?? "").trim().slice(0, 60),
  };
  const refuse = (refusal: ImportRefusal, status = 400, column = ""): ImportAnswer => ({
    kind: "refused",
    status,
    refusal,
    column,
    values,
  });
  if (posted.fault !== null) return refuse(posted.fault, posted.fault === "tooLarge" ? 413 : 400);
  if (posted.file === null) return refuse("chooseFile");
  if (values.channel !== "" && !isDeskChannel(values.channel)) return refuse("channelWrong");
  if (values.source !== "" && !/^[\p{L}\p{N}._-]{1,60}$/u.test(values.source)) return refuse("sourceWrong");
  if (underWay) return refuse("busy", 409);
  underWay = true;
  try {
    const encoding = await detectEncoding(posted.file.bytes);
    if (encoding === null) return refuse("encoding");
    const rows = () => rowsOf(posted.file as PostedFile, encoding);
    let count = 0;
    for await (const _row of rows()) if ((count += 1) > IMPORT_ROWS) return refuse("tooMany", 413);
    const channel: DeskChannel | null = isDeskChannel(values.channel) ? values.channel : null;
    return await load(portal, { rows: rows(), channel, source: values.source || null }, actor);
  } catch (error) {
    if (error instanceof InputFault) return refuse(error.code, 400, error.column);
    throw error;
  } finally {
    underWay = false;
  }
}

async function load(
  portal: Portal,
  input: { rows: AsyncIterable<FileRow>; channel: DeskChannel | null; source: string | null },
  actor: StaffActor,
): Promise<ImportAnswer> {
  const bad: BadRow[] = [];
  const passed: BadRow[] = [];
  const totals = await importTips(portal, {
    ...input,
    threads: 0,
    by: actor,
    admit: () => requireOperatorNow(portal.db, actor),
    onBad: (one) => bad.push(one),
    onPassed: (one) => passed.push(one),
  });
  const lines = [...bad, ...passed].flatMap(({ row, faults }) =>
    faults.map(({ column, reason }): BadLine => ({ row, column: column ?? "", reason })),
  );
  return {
    kind: "done",
    totals,
    bad: lines.slice(0, SHOWN),
    faults: lines.length,
    report: lines.length === 0 ? "" : neutralCsv([REPORT_HEADER, ...lines.map((one) => Object.values(one))]),
  };
}

type PostedFile = { readonly name: string; readonly bytes: Uint8Array };

async function readPost(request: Request): Promise<{
  readonly fields: Readonly<Record<string, string>>;
  readonly file: PostedFile | null;
  readonly fault: "tooLarge" | "broken" | null;
}> {
  const fields: Record<string, string> = {};
  let file: PostedFile | null = null;
  let cut = false;
  try {
    for await (const part of parseMultipart(request, { fileBytes: IMPORT_BYTES, files: 1 })) {
      if (part.kind === "field") {
        fields[part.name] = part.value;
        continue;
      }
      const pieces: Uint8Array[] = [];
      for await (const piece of part.bytes) pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      cut = part.cut();
      if (bytes.length > 0) file = { name: part.filename, bytes };
    }
  } catch (error) {
    if (!(error instanceof BrokenFormError)) throw error;
    return { fields, file: null, fault: "broken" };
  }
  return { fields, file, fault: cut ? "tooLarge" : null };
}

function rowsOf(file: PostedFile, encoding: Encoding): AsyncGenerator<FileRow> {
  const text = decodeFile(file.bytes, encoding);
  return /\.(json|ndjson|jsonl)$/i.test(file.name) ? readJsonRows(text) : readCsvRows(text);
}

/** Read anew each time: a role taken away ends at once. */
async function requireOperatorNow(db: Database, actor: StaffActor): Promise<void> {
  if (!hasRole(actor, "hotline_operator")) throw notFound();
  const held = await withActor(db, actor, (tx) =>
    tx
      .select({ id: staffRoles.id })
      .from(staffRoles)
      .innerJoin(staff, eq(staff.id, staffRoles.staffId))
      .where(
        and(
          eq(staffRoles.staffId, actor.id),
          eq(staffRoles.role, "hotline_operator"),
          isNull(staffRoles.revokedAt),
          eq(staff.status, "active"),
        ),
      ),
  );
  if (held.length === 0) throw notFound();
}
