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

export const catalogueZh = {
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
} as const;

export type Texts<T> = { readonly [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };

/** What every language must say: the same keys as the Chinese catalogue, to the last one. */
export type Catalogue = Texts<typeof catalogueZh>;
