import type { ClaimPage } from "~server/claims/act-on-claim.server";
import { CodeShown } from "./CodeShown";
import { TransferForm } from "./TransferForm";
import { WindowForm } from "./WindowForm";

/** The pages between an accepted award and its money, one question each. */
export function ClaimPages(page: ClaimPage) {
  switch (page.page) {
    case "transfer":
      return <TransferForm {...page} />;
    case "window":
      return <WindowForm {...page} />;
    case "code":
      return <CodeShown {...page} />;
  }
}
