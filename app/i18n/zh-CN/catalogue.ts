import { common } from "./common";

export const catalogueZh = { ...common } as const;

export type Texts<T> = { readonly [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };

/** What every language must say: the same keys as the Chinese catalogue, to the last one. */
export type Catalogue = Texts<typeof catalogueZh>;
