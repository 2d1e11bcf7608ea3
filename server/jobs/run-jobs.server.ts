import { databaseFault } from "~server/errors.server";
import { expireRequests } from "~server/identity/expire-requests.server";
import { numberVouchers } from "~server/ledger/number-vouchers.server";
import { makeLedgerRoot, sealJournal } from "~server/ledger/seal-journal.server";
import { warnBudgets } from "~server/ledger/warn-budgets.server";
import { keepNames } from "~server/packs/name-agencies.server";
import type { Portal } from "~server/portal.server";
import { indexNames } from "~server/dossiers/index-names.server";
import { destroyApproved } from "~server/retention/destroy-approved.server";
import { drawBatch } from "~server/retention/draw-batch.server";
import { dropOldSets } from "~server/triage/drop-old-sets.server";
import { followSuccessors } from "~server/triage/follow-successors.server";
import { expireDrafts } from "./expire-drafts.server";
import { keepArrivals } from "./keep-arrivals.server";
import { keepBoard } from "./keep-board.server";
import { keepMail } from "./keep-mail.server";
import { keepClaims } from "./keep-claims.server";
import { keepClocks } from "./keep-clocks.server";
import { keepPacks } from "./keep-packs.server";
import { keepChain } from "./keep-chain.server";
import { expireReceipts } from "./expire-receipts.server";
import { sweepEvidence } from "./sweep-evidence.server";
import { watchViews } from "./watch-views.server";

const HOUR_MS = 60 * 60 * 1000;

/**
 * What the portal does by itself: the audit chain, the register of arrivals, mail, the board's numbers and the rules in force all the
 * time,
 * the rest now and every hour. A failure is logged by its code and tried again. Returns how to stop, which waits for what must not be cut off.
 */
export function runJobs(portal: Portal): () => Promise<void> {
  const stopChain = keepChain(portal);
  const stopArrivals = keepArrivals(portal);
  const stopMail = keepMail(portal);
  const stopPacks = keepPacks(portal);
  const stopBoard = keepBoard(portal);
  const run = async () => {
    try {
      await keepNames(portal);
      await followSuccessors(portal);
      await expireDrafts(portal.db, portal.clock);
      await sweepEvidence(portal);
      await expireReceipts(portal.db, portal.clock);
      await expireRequests(portal.db, portal.clock);
      // A posting whose server died between commit and numbering gets its number here.
      await numberVouchers(portal.db);
      await sealJournal(portal.db);
      await makeLedgerRoot(portal.db, portal.clock);
      await warnBudgets(portal);
      await keepClocks(portal);
      await keepClaims(portal);
      await indexNames(portal.db);
      await dropOldSets(portal.db, portal.clock);
      // Approved sets whose server ended half-way; then what has come due.
      await destroyApproved(portal);
      await drawBatch(portal.db, portal.clock);
      // Last: people make views, and one that cannot be counted stops nothing else.
      await watchViews(portal.db, portal.clock);
    } catch (error) {
      portal.log.error({ code: databaseFault(error).code ?? "unknown" }, "hourly jobs failed");
    }
  };
  void run();
  const timer = setInterval(() => void run(), HOUR_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await Promise.all([stopChain(), stopArrivals(), stopMail(), stopPacks(), stopBoard()]);
  };
}
