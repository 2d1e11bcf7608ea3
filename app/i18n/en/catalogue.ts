import type { Catalogue } from "../zh-CN/catalogue";
import { claim } from "./claim";
import { common } from "./common";
import { evidence } from "./evidence";
import { home } from "./home";
import { information } from "./information";
import { objection } from "./objection";
import { receipt } from "./receipt";
import { report } from "./report";
import { rewards } from "./rewards";
import { status } from "./status";
import { verify } from "./verify";

export const catalogueEn: Catalogue = {
  ...common,
  claim,
  evidence,
  home,
  information,
  objection,
  receipt,
  report,
  rewards,
  status,
  verify,
};
