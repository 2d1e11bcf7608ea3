import type { Catalogue } from "../zh-CN/catalogue";
import { common } from "./common";
import { evidence } from "./evidence";
import { home } from "./home";
import { information } from "./information";
import { receipt } from "./receipt";
import { report } from "./report";
import { rewards } from "./rewards";
import { status } from "./status";
import { verify } from "./verify";

export const catalogueEn: Catalogue = {
  ...common,
  evidence,
  home,
  information,
  receipt,
  report,
  rewards,
  status,
  verify,
};
