// Names of provinces, cities and counties by six-digit code (GB/T 2260, from @vant/area-data).
// Client-safe, but heavy (about 160 KB): public pages render with it on the server only.
import { areaList } from "@vant/area-data";

export type Division = { code: string; name: string };

function listed(list: Record<string, string>, prefix: string): Division[] {
  return Object.entries(list)
    .filter(([code]) => code.startsWith(prefix))
    .map(([code, name]) => ({ code, name }));
}

function nameIn(list: Record<string, string>, code: string): string | null {
  return Object.hasOwn(list, code) ? (list[code] ?? null) : null;
}

/** The division's own name (婺城区), or null for a code that is not on today's list. */
export function divisionName(code: string): string | null {
  return (
    nameIn(areaList.province_list, code) ??
    nameIn(areaList.city_list, code) ??
    nameIn(areaList.county_list, code)
  );
}

/**
 * Province, city and county down to the code (浙江省, 金华市, 婺城区); empty for an unknown code. A
 * municipality, listed as its own city, is named once (北京市, 东城区).
 */
export function divisionPath(code: string): Division[] {
  if (divisionName(code) === null) return [];
  const codes = new Set([`${code.slice(0, 2)}0000`, `${code.slice(0, 4)}00`, code]);
  const path = [...codes].flatMap((at) => {
    const name = divisionName(at);
    return name === null ? [] : [{ code: at, name }];
  });
  return path.filter(({ name }, index) => name !== path[index + 1]?.name);
}

/** The provinces for null, the cities of a province, the counties of a city; none for a county. */
export function childrenOf(code: string | null): Division[] {
  if (code === null) return listed(areaList.province_list, "");
  if (nameIn(areaList.province_list, code) !== null) return listed(areaList.city_list, code.slice(0, 2));
  if (nameIn(areaList.city_list, code) !== null) return listed(areaList.county_list, code.slice(0, 4));
  return [];
}
