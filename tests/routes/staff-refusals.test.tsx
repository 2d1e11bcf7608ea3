import { expect, it } from "vitest";
import * as board from "~/routes/staff.board";
import * as lead from "~/routes/staff.leads.$leadId";
import * as findings from "~/routes/staff.leads.$leadId_.findings";
import * as payments from "~/routes/staff.payments";
import * as award from "~/routes/staff.rewards_.$awardId";
import * as assess from "~/routes/staff.rewards_.assess";

it.each(Object.entries({ board, lead, findings, payments, award, assess }))(
  "the page %s reloads after a refusal, so its next save sends the present version",
  (_name, route) => {
    expect(route.shouldRevalidate()).toBe(true);
  },
);
