import { databaseFault } from "~server/errors.server";
import { forgetfulMajors, sendStaffMails } from "~server/notifications/send-staff-mails.server";
import type { Portal } from "~server/portal.server";
import { releaseNotices } from "./release-notices.server";
import { spreadNews } from "./spread-news.server";
import { keepGoing } from "./keep-going";

const EVERY_MS = 10_000;

/**
 * Keeps mail going: at once and then every ten seconds, what staff is to be told leaves, news of leads becomes notices,
 * and notices whose sending came to no end are set apart. Failures are logged by code, once for each kind until it works
 * again. Returns how to stop, which waits for the one mail under way.
 */
export function keepMail(portal: Portal): () => Promise<void> {
  const majors = forgetfulMajors();
  const tasks = (keepOn: () => boolean) => ({
    release: () => releaseNotices(portal.db, portal.clock),
    spread: () => spreadNews(portal.db, { keepOn }),
    send: () => sendStaffMails(portal, { keepOn, majors }),
  });
  const faults = new Map<string, string>();
  const round = async (keepOn: () => boolean) => {
    // One that fails keeps none of the others from its work.
    for (const [task, work] of Object.entries(tasks(keepOn))) {
      try {
        await work();
        faults.delete(task);
      } catch (error) {
        // Never the error itself: a mail's address may be in it.
        const code = databaseFault(error).code ?? "unknown";
        if (code !== faults.get(task)) portal.log.error({ code, task }, "mail not kept");
        faults.set(task, code);
      }
    }
  };
  return keepGoing(round, () => EVERY_MS);
}
