import os from "node:os";
import { measureAwardPostings } from "./measure-award-postings";
import { AWARDS_HEAD, measureAwards } from "./measure-awards";
import { measureBoard } from "./measure-board";
import { measureFlood, type FloodPath } from "./measure-flood";
import { IMPORT_CPU_HEAD, measureImport } from "./measure-import";
import { LEDGER_HEAD, measureLedger } from "./measure-ledger";
import { measureIntake } from "./measure-intake";
import { measurePages } from "./measure-pages";
import { measureSealing } from "./measure-sealing";
import { measureUploads } from "./measure-uploads";
import { measureVerify } from "./measure-verify";
import { printTable } from "./print-table";
import { withServer, type Bench } from "./with-server";

// `npm run bench`: a portal of its own on a scratch database, measured over real HTTP on this machine, beside a bare
// pg loop that inserts the same rows in the same run. Quote the ratios: machines differ and are shared.

const HELP = `npm run bench -- [part …]      all parts without a name, each at a size that ends in a minute or two

  part      measures                                                  full size
  intake    reports a second beside bare inserts; CPU a report
  flood     one subject beside many, at concurrency 32                FLOOD_TIPS=100000 (300)
            FLOOD_PATH=act: by the act that takes a report in, in turns of 5000 with the rate of each told, without
            the pages and sockets of http (the default), which take a hundred thousand for hours
  import    rows a second of tips:import, CPU a row by process        IMPORT_ROWS=100000 (3000)
  uploads   growth of the server's memory while ten files arrive      UPLOAD_MB=50 (50)
  pages     page times, page weights
  board     board, searches, dossier, lead, routing and jobs          BOARD_LEADS=2000,200000 (2000,10000)
            with ever more leads, five reports each
  ledger    postings a second beside bare inserts of the same rows    LEDGER_POSTINGS=1600 (1600)
  awards    accepted awards computed, posted, batched and verified    AWARDS=100000 (2000)
  verify    ledger:verify over ever more entries, and its memory      ENTRIES=1000000 (20000)
`;

/** Parts that need the server, in the order they are run; a small database measures the pages it always had. */
const SERVED = ["pages", "intake", "uploads", "import", "flood"] as const;
const PARTS = [...SERVED, "board", "ledger", "awards", "verify"] as const;
type Part = (typeof PARTS)[number];

const tell = (line: string) => process.stderr.write(`${line}\n`);

function askedParts(args: readonly string[]): readonly Part[] | null {
  const known = PARTS.filter((part) => args.includes(part));
  if (known.length !== new Set(args).size) return null;
  return known.length === 0 ? PARTS : known;
}

function sizes(name: string, usual: string): number[] {
  const given = (process.env[name] ?? usual).split(",").map(Number);
  if (given.some((one) => !Number.isInteger(one) || one < 1))
    throw new Error(`${name}: expected whole numbers`);
  return given;
}

const size = (name: string, usual: number) => sizes(name, String(usual))[0] ?? usual;

function floodPath(): FloodPath {
  const path = process.env["FLOOD_PATH"] ?? "http";
  if (path !== "http" && path !== "act") throw new Error("FLOOD_PATH: expected http or act");
  return path;
}

async function measure(parts: readonly Part[]): Promise<void> {
  process.stdout.write(
    `Node ${process.versions.node}, ${String(os.cpus().length)} cores, server, database and load on one machine\n\n`,
  );
  if (parts.includes("board")) {
    const { pages, jobs } = await measureBoard(sizes("BOARD_LEADS", "2000,10000"), tell);
    printTable(["with ever more reports", ...pages.head.slice(1)], pages.rows);
    printTable(["jobs, one run", ...jobs.head.slice(1)], jobs.rows);
  }
  if (parts.includes("ledger"))
    printTable(LEDGER_HEAD, [...(await measureLedger()), ...(await measureAwardPostings(600, 4))]);
  if (parts.includes("awards")) printTable(AWARDS_HEAD, await measureAwards(size("AWARDS", 2000)));
  if (parts.includes("verify"))
    printTable(
      ["ledger:verify", "s", "entries /s", "MB at most", "÷ 300 MB"],
      await measureVerify(size("ENTRIES", 20_000), tell),
    );
  if (SERVED.some((part) => parts.includes(part))) await withServer((bench) => measureServed(bench, parts));
}

async function measureServed({ portal, serverPid }: Bench, parts: readonly Part[]): Promise<void> {
  if (parts.includes("pages")) {
    const pages = await measurePages(portal);
    printTable(["page", "median ms", "p95 ms"], pages.times);
    printTable(["public page", "bytes without script", "bytes with script"], pages.bytes);
  }
  if (parts.includes("intake")) {
    const intake = await measureIntake(portal, serverPid);
    printTable(["reports accepted", "portal /s", "bare inserts /s", "portal ÷ bare"], intake.rates);
    const sealing = await measureSealing(portal);
    printTable(
      ["CPU a report", "ms"],
      [
        ["sealing to three recipients", sealing.toFixed(2)],
        ["the whole intake, in the server", intake.cpuMs?.toFixed(2) ?? "not told here"],
      ],
    );
  }
  if (parts.includes("uploads")) {
    const grown = await measureUploads(portal, serverPid, size("UPLOAD_MB", 50));
    printTable(["uploads at once", "server MB before", "grown by MB", "MB /s"], grown ?? [["not told here"]]);
  }
  if (parts.includes("import")) {
    const { pace, cpu } = await measureImport(portal, serverPid, size("IMPORT_ROWS", 3000), tell);
    printTable(["rows imported", "/s", "s", "s per 100,000", "÷ 300 s"], pace);
    printTable(IMPORT_CPU_HEAD, cpu);
  }
  if (parts.includes("flood"))
    printTable(
      ["concurrency 32", "reports", "/s", "first turn", "last turn"],
      await measureFlood(portal, { count: size("FLOOD_TIPS", 300), path: floodPath() }, tell),
    );
}

const parts = askedParts(process.argv.slice(2));
if (parts === null) {
  process.stderr.write(HELP);
  process.exitCode = 2;
} else {
  await measure(parts);
}
