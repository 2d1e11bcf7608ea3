import { z } from "zod";
import { describeFirstIssue } from "~server/describe-issue";
import { redLineList } from "~server/packs/grammar";
import { bilingual, sectorId, text } from "~server/packs/grammar-parts";
import { PackError } from "~server/packs/pack-error";

type Data = Record<string, unknown>;

/** What every pack may take over: the wording of the sectors, the checklists, the screened words. */
const SHARED_KEYS = ["sectors", "redLines", "unfairCompetition", "nameScreening"] as const;

const changes = z.object({
  /** Sectors this plan words differently: what is given replaces the shared wording. */
  sectorChanges: z
    .array(
      z.strictObject({
        id: sectorId,
        title: bilingual.optional(),
        help: bilingual.optional(),
        common: z.boolean().optional(),
        direct: z.boolean().optional(),
      }),
    )
    .min(1)
    .optional(),
  /** Checklists of this plan, each in place of the shared one of its sectors. */
  redLineChanges: z.array(redLineList).min(1).optional(),
  nameScreening: z.looseObject({ add: z.array(text).min(1).optional() }).optional(),
});

const listOfWords = z.object({ keywords: z.array(z.string()) }).catch({ keywords: [] });

type At = { path: string; file: string | null };

function refuse({ path, file }: At, fault: string): never {
  throw new PackError({ file, path, rule: null }, fault);
}

/**
 * The whole pack: what its own files leave out of the shared parts is filled in, and what they change is changed.
 * The result is what is checked, hashed and stored, so that a decision replays whatever becomes of the shared files.
 * Throws PackError for a change of what is not there, and for a part both given and changed.
 */
export function inheritShared(own: Data, shared: Data, fileOf: (key: string) => string | null): Data {
  const parsed = changes.safeParse(own);
  if (!parsed.success) {
    const { path, message } = describeFirstIssue("", parsed.error);
    refuse({ path, file: fileOf(path.split(/[.[]/)[0] ?? "") }, message);
  }
  const { sectorChanges, redLineChanges } = parsed.data;
  const whole = new Map(Object.entries(own));
  whole.delete("sectorChanges");
  whole.delete("redLineChanges");
  for (const key of SHARED_KEYS) {
    if (!whole.has(key) && Object.hasOwn(shared, key)) whole.set(key, shared[key]);
  }
  const takenOver = (key: string, change: string) => {
    if (Object.hasOwn(own, key))
      refuse({ path: change, file: fileOf(change) }, `${key} is given in full already`);
    return whole.get(key) ?? [];
  };
  if (sectorChanges) {
    const sectors = takenOver("sectors", "sectorChanges") as Data[];
    const lost = sectorChanges.findIndex(({ id }) => !sectors.some((sector) => sector.id === id));
    if (lost >= 0) {
      const path = `sectorChanges[${lost}].id`;
      refuse({ path, file: fileOf("sectorChanges") }, `no shared sector "${sectorChanges[lost]?.id}"`);
    }
    const changed = new Map(sectorChanges.map((change): [unknown, Data] => [change.id, change]));
    whole.set(
      "sectors",
      sectors.map((sector) => ({ ...sector, ...changed.get(sector.id) })),
    );
  }
  if (redLineChanges) {
    const replaced = new Set(redLineChanges.flatMap(({ sectors }) => sectors));
    const kept = (takenOver("redLines", "redLineChanges") as z.output<typeof redLineList>[])
      .map((list) => ({ ...list, sectors: list.sectors.filter((sector) => !replaced.has(sector)) }))
      .filter(({ sectors }) => sectors.length > 0);
    whole.set("redLines", [...kept, ...redLineChanges]);
  }
  const words = parsed.data.nameScreening;
  if (words?.add && Object.hasOwn(words, "keywords")) {
    refuse(
      { path: "nameScreening.add", file: fileOf("nameScreening") },
      "keywords are given in full already",
    );
  }
  if (words && !Object.hasOwn(words, "keywords") && Object.hasOwn(shared, "nameScreening")) {
    const { add = [], ...rest } = words;
    const { keywords } = listOfWords.parse(shared.nameScreening);
    whole.set("nameScreening", { keywords: [...new Set([...keywords, ...add])], ...rest });
  }
  return Object.fromEntries(whole);
}
