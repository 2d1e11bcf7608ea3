import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import pino from "pino";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { fixedClock } from "~server/clock";
import { parseEnv } from "~server/env.server";
import { openEvidence } from "~server/evidence/open-evidence.server";
import { openOffice } from "~tests/factories/office-keys";
import { createMailer } from "~server/notifications/create-mailer.server";
import { loadPack } from "~server/packs/load-pack.server";
import { openShelf } from "~server/packs/open-shelf.server";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";
import { installPack, installSchemes } from "~server/start/install-pack.server";

export type TestPortal = Portal & {
  readonly clock: ReturnType<typeof fixedClock>;
  /** Every log line so far, as text. */
  readonly logged: () => string;
};

/** A portal as the server makes it, on a test database, with a clock that stands still and a log that is kept. */
export function testPortal(db: Database, at = "2026-03-02T02:00:00Z"): TestPortal {
  let text = "";
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const env = parseEnv({ NODE_ENV: "test" }, "/nowhere");
  const clock = fixedClock(at);
  const packs = openShelf(loadPack("jinhua"));
  return {
    env,
    db,
    clock,
    mailer: createMailer(env, { now: () => clock.now() }),
    log: pino({ level: "info" }, sink),
    keyring: {
      cookie: randomBytes(32),
      action: randomBytes(32),
      challenge: randomBytes(32),
      imports: randomBytes(32),
    },
    packs,
    get pack() {
      return packs.home();
    },
    // Of a folder that cannot be: a test of files brings its own.
    evidence: openEvidence(env),
    logged: () => text,
  };
}

/** Agencies, pack and schemes, as a start puts them in, and the office's keys, as a ceremony leaves them. */
export async function installTestPack(portal: Portal): Promise<void> {
  await withActor(portal.db, systemActor("test"), async (tx) => {
    await installPack(tx, portal.pack);
    await installSchemes(tx);
  });
  await openOffice(portal);
}
