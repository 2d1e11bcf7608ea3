import { databaseFault } from "~server/errors.server";
import { forgetfulMajors, sendStaffMails } from "~server/notifications/send-staff-mails.server";
import type { Portal } from "~server/portal.server";
import { releaseNotices } from "./release-notices.server";
import { spreadNews } from "./spread-news.server";

const EVERY_MS = 10_000;

/**
 * Keeps mail going: at once and then every ten seconds, what staff is to be told leaves, news of leads becomes notices,
 * and notices whose sending came to no end are set apart. Failures are logged by code, once for each kind until it works
 * again. Returns how to stop, which waits for the one mail under way.
 */
export function keepMail(portal: Portal): () => Promise<void> {
  let stopped = false;
  const majors = forgetfulMajors();
  const keepOn = () => !stopped;
  const tasks = {
    release: () => releaseNotices(portal.db, portal.clock),
    spread: () => spreadNews(portal.db, { keepOn }),
    send: () => sendStaffMails(portal, { keepOn, majors }),
  };
  const faults = new Map<string, string>();
  const round = async () => {
    // One that fails keeps none of the others from its work.
    for (const [task, work] of Object.entries(tasks)) {
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
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const go = () => {
    running = round().finally(() => {
      if (!stopped) timer = setTimeout(go, EVERY_MS).unref();
    });
  };
  go();
  return () => {
    stopped = true;
    clearTimeout(timer);
    return running;
  };
}
