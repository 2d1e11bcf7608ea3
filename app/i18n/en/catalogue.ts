import type { Catalogue } from "../zh-CN/catalogue";
import { common } from "./common";

export const catalogueEn: Catalogue = { ...common };
