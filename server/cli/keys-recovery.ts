// The recovery key and its five shares, on a machine of its own: no database, no network, nothing left behind.
// `npm run -s keys:recovery -- make|check|drill|open …`
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { InputError, oneLine, parseInput, runJsonCommand } from "~server/cli/json-command";
import { fingerprintOf } from "~server/secrecy/fingerprint";
import { fromBase64url, toBase64url } from "~server/secrecy/format";
import { makeKeyPair } from "~server/secrecy/hpke";
import { joinForKey, threesOf } from "~server/secrecy/join-for-key";
import { keysMatch } from "~server/secrecy/match-keys";
import { recoveryRequest, type RecoveryGrant } from "~server/secrecy/recovery-request";
import { SHARES, THRESHOLD, readShare, splitRecoveryKey } from "~server/secrecy/recovery-shares";
import { grantRoleKey, openGrant } from "~server/secrecy/role-key";
import { bytes32 } from "~server/secrecy/sealed-role-key";

const MODES = {
  make: "make --out <folder>",
  check: "check <share file>…",
  drill: "drill --public <base64url> <share file>…",
  open: "open --request <request.json> <share file> <share file> <share file>",
} as const;

/** A share is one short line, a request a short document: anything larger is another file. */
const LARGEST_FILE = 64 * 1024;

type Share = { readonly file: string; readonly bytes: Uint8Array };

/** Five share files, for five people, and the public half for the key ceremony. The private half is never written. */
async function make(args: string[]): Promise<unknown> {
  const { out } = readArgs(args, ["out"], MODES.make);
  const pair = await makeKeyPair();
  const files = (await splitRecoveryKey(pair.privateKey)).map((share, at) => ({
    file: path.join(out, `share-${at + 1}.txt`),
    share,
  }));
  if (files.length !== SHARES) throw new Error("the split gave another number of shares");
  try {
    mkdirSync(out, { recursive: true, mode: 0o700 });
    for (const { file, share } of files) writeFileSync(file, `${share}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new InputError("--out", fileFault(error));
  }
  return {
    publicKey: toBase64url(pair.publicKey),
    fingerprint: await fingerprintOf(pair.publicKey),
    threshold: THRESHOLD,
    shares: files.map(({ file }) => file),
  };
}

/** Says of each file whether its share was copied without a slip; exit 1 when one was not. */
async function check(args: string[]): Promise<unknown> {
  const { files } = readArgs(args, [], MODES.check);
  if (files.length === 0) throw new InputError("arguments", `expected ${MODES.check}`);
  const seen = new Map<string, string>();
  const shares = [];
  for (const file of files) {
    const read = await readShareFile(file);
    if (typeof read === "string") {
      shares.push({ file, ok: false, why: read });
      continue;
    }
    const same = seen.get(read.bytes.join());
    seen.set(read.bytes.join(), file);
    shares.push(same === undefined ? { file, ok: true } : { file, ok: true, sameAs: same });
  }
  const ok = shares.every((one) => one.ok);
  if (!ok) process.exitCode = 1;
  return { ok, shares };
}

/** Proves that every three of the shares give the private half of `--public`, and forgets it. */
async function drill(args: string[]): Promise<unknown> {
  const { public: text, files } = readArgs(args, ["public"], MODES.drill);
  if (!bytes32.safeParse(text).success)
    throw new InputError("--public", "not a public key (43 base64url characters)");
  const publicKey = fromBase64url(text);
  const shares = await readShares(files);
  const threes = threesOf(shares.length);
  for (const places of threes) {
    const three = places.flatMap((at) => shares[at] ?? []);
    if (
      (await joinForKey(
        three.map(({ bytes }) => bytes),
        publicKey,
      )) === null
    )
      throw notOfThisKey(three);
  }
  return {
    ok: true,
    shares: shares.length,
    combinations: threes.length,
    fingerprint: await fingerprintOf(publicKey),
  };
}

/** Opens one role key with three shares and seals it to the personal key that the request names. */
async function open(args: string[]): Promise<unknown> {
  const { request: file, files } = readArgs(args, ["request"], MODES.open);
  const request = parseInput("request", recoveryRequest, parseJson(file));
  const shares = await readShares(files);
  const recovery = await joinForKey(
    shares.map(({ bytes }) => bytes),
    fromBase64url(request.recoveryKey.publicKey),
  );
  if (recovery === null) throw notOfThisKey(shares);
  const name = { id: request.roleKey.id, slot: request.roleKey.slot, epoch: request.roleKey.epoch };
  const privateKey = await openGrant(
    name,
    {
      granteeKeyId: request.recoveryKey.id,
      enc: fromBase64url(request.grant.enc),
      body: fromBase64url(request.grant.body),
    },
    recovery,
  );
  if (privateKey === null || !(await keysMatch(fromBase64url(request.roleKey.publicKey), privateKey)))
    throw new InputError(
      "request",
      "the role key in it does not open with the recovery key; download it again",
    );
  const personal = fromBase64url(request.personalKey.publicKey);
  const sealed = await grantRoleKey(name, privateKey, {
    keyId: request.personalKey.id,
    publicKey: personal,
  });
  const grant: RecoveryGrant = {
    format: "tipoff-recovery-grant.v1",
    roleKeyId: name.id,
    personalKeyId: request.personalKey.id,
    enc: toBase64url(sealed.enc),
    body: toBase64url(sealed.body),
  };
  // For the share holders: whom it was sealed to, to be compared with what the member reads out.
  return { ...grant, sealedTo: await fingerprintOf(personal) };
}

function readArgs<Name extends string>(
  args: string[],
  names: readonly Name[],
  usage: string,
): Record<Name, string> & { files: string[] } {
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
    // One public key in 64 begins with a dash, which would be taken for an option.
    const joined = args.flatMap((arg, at) => {
      const named = (one: string | undefined) => names.some((name) => one === `--${name}`);
      if (named(arg) && at + 1 < args.length) return [`${arg}=${args[at + 1]}`];
      return named(args[at - 1]) ? [] : [arg];
    });
    parsed = parseArgs({ args: joined, options, allowPositionals: true });
  } catch {
    throw new InputError("arguments", `expected ${usage}`);
  }
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = parsed.values[name];
    if (typeof value !== "string" || value === "") throw new InputError("arguments", `expected ${usage}`);
    values[name] = value;
  }
  if (names[0] === "out" && parsed.positionals.length > 0)
    throw new InputError("arguments", `expected ${usage}`);
  return { ...(values as Record<Name, string>), files: parsed.positionals };
}

async function readShares(files: readonly string[]): Promise<Share[]> {
  if (files.length < THRESHOLD)
    throw new InputError("shares", `${files.length} given, at least ${THRESHOLD} are needed`);
  const shares: Share[] = [];
  for (const file of files) {
    const read = await readShareFile(file);
    if (typeof read === "string") throw new InputError(file, read);
    const same = shares.find((one) => one.bytes.join() === read.bytes.join());
    if (same !== undefined) throw new InputError(file, `the same share as ${same.file}`);
    shares.push(read);
  }
  return shares;
}

/** The share, or in words why there is none. */
async function readShareFile(file: string): Promise<Share | string> {
  let text: string;
  try {
    text = readSmall(file);
  } catch (error) {
    return fileFault(error);
  }
  const bytes = await readShare(text);
  return bytes === null ? "not a share, or copied wrongly" : { file, bytes };
}

function parseJson(file: string): unknown {
  let text: string;
  try {
    text = readSmall(file);
  } catch (error) {
    throw new InputError("request", fileFault(error));
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InputError("request", "not valid JSON");
  }
}

function readSmall(file: string): string {
  const { size } = statSync(file);
  if (size > LARGEST_FILE) throw Object.assign(new Error("too large"), { code: "EFBIG" });
  return readFileSync(file, "utf8");
}

function fileFault(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "fault";
  if (code === "ENOENT") return "no such file";
  if (code === "EEXIST") return "holds a share already; shares are never overwritten";
  return oneLine(`cannot be used (${code})`);
}

function notOfThisKey(shares: readonly Share[]): InputError {
  const names = shares.map(({ file }) => file).join(", ");
  return new InputError("shares", `not of this recovery key: ${names}`);
}

await runJsonCommand(async () => {
  const [mode, ...args] = process.argv.slice(2);
  switch (mode) {
    case "make":
      return make(args);
    case "check":
      return check(args);
    case "drill":
      return drill(args);
    case "open":
      return open(args);
    case undefined:
    default:
      throw new InputError("arguments", `expected ${Object.values(MODES).join(" | ")}`);
  }
});
