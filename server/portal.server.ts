import type { Locale } from "~/i18n/locale";
import type { Database } from "~db/client.server";
import type { Clock } from "./clock";
import type { Env } from "./env.server";
import type { Evidence } from "./evidence/open-evidence.server";
import type { Mailer } from "./notifications/create-mailer.server";
import type { LoadedPack } from "./packs/load-pack.server";
import type { PackShelf } from "./packs/open-shelf.server";
import type { Keyring } from "./secrecy/keyring.server";
import type { Logger } from "pino";
import type { Sender } from "./intake/weigh-senders.server";
import type { StaffActor } from "./staff-auth/actor";

/** Made once by the server and handed to every route through the load context. */
export type Portal = {
  readonly env: Env;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly keyring: Keyring;
  readonly mailer: Mailer;
  /** The home pack in the version in force: read it again rather than keep it. */
  readonly pack: LoadedPack;
  /** Every pack this portal holds, and how it hears of new versions. */
  readonly packs: PackShelf;
  /** Where reporters' files go. */
  readonly evidence: Evidence;
};

declare module "@remix-run/node" {
  interface AppLoadContext {
    portal: Portal;
    /** The CSP nonce of this response. */
    nonce: string;
    /** How much came from this request's address today; the address itself stays outside. Unset in tests. */
    sender?: Sender;
    /** Waits for this sender's turn to have a form worked on; gives what ends it. Unset in tests. */
    turn?: (signal: AbortSignal) => Promise<() => void>;
    /** Settles once what was answered so far has left: a long answer waits for its reader. Unset in tests. */
    pace?: () => Promise<void>;
    /** The same of receipts that opened nothing; also unset in tests. */
    guesses?: Sender;
    /** What a header button of the page just answered asks for: told here, as no redirect follows. */
    preferred?: { locale?: Locale; elder?: boolean };
    /** Set by the route guard on staff routes, after it let the person in. */
    actor?: StaffActor | null;
  }
}
