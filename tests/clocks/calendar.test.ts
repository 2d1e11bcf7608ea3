import chineseDays from "chinese-days";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "~server/clock";
import {
  addWorkingDays,
  makeCalendar,
  rollForward,
  workingDaysBetween,
  type BusinessCalendar,
} from "~server/clocks/business-calendar";
import { dueDay, daysLeft, type ClockTerms } from "~server/clocks/due-day";
import { SHIPPED_LISTS } from "~server/clocks/holiday-lists";

const calendar = makeCalendar(SHIPPED_LISTS);
const days = (from: string, count: number) => Array.from({ length: count }, (_, at) => addDays(from, at));

describe("the lists of the State Council", () => {
  it("say of every day of 2025 and 2026 what an independent collection of the notices says", () => {
    for (const day of days("2025-01-01", 730))
      expect([day, calendar.isWorkingDay(day)]).toEqual([day, chineseDays.isWorkday(day)]);
  });

  it.each([
    ["the Sunday before 国庆 2025 is worked", "2025-09-28", true],
    ["国庆 2025 lasts eight days with 中秋", "2025-10-08", false],
    ["the Saturday after 国庆 2025 is worked", "2025-10-11", true],
    ["the day before 春节 2026, a Saturday, is worked", "2026-02-14", true],
    ["春节 2026 ends on a Monday", "2026-02-23", false],
    ["the Saturday after 春节 2026 is worked", "2026-02-28", true],
    ["the Sunday two weeks before 国庆 2026 is worked", "2026-09-20", true],
    ["国庆 2026 ends on a Wednesday", "2026-10-07", false],
    ["the Saturday after 国庆 2026 is worked", "2026-10-10", true],
    ["a year without a list counts Monday to Friday", "2027-01-01", true],
  ])("%s", (_what, day, works) => expect(calendar.isWorkingDay(day)).toBe(works));

  it("tell a year without one, and a later one of the same year counts", () => {
    expect([2025, 2026, 2027].map((year) => calendar.isPublished(year))).toEqual([true, true, false]);
    const first = {
      year: 2027,
      document: "国办发明电〔2026〕9号",
      off: ["2027-01-01"],
      work: ["2027-01-03"],
    };
    const corrected = { ...first, off: ["2027-01-04"], work: [] };
    const both = makeCalendar([...SHIPPED_LISTS, first, corrected]);
    expect(both.isPublished(2027)).toBe(true);
    expect(["2027-01-01", "2027-01-03", "2027-01-04"].map(both.isWorkingDay)).toEqual([true, false, false]);
  });
});

describe("working days", () => {
  it.each([
    // from, count, the day: over 国庆 2025 with its two make-up days.
    ["2025-09-26", 1, "2025-09-28"],
    ["2025-09-26", 3, "2025-09-30"],
    ["2025-09-26", 4, "2025-10-09"],
    ["2025-09-30", 3, "2025-10-11"],
    ["2025-10-09", -1, "2025-09-30"],
    // Over 春节 2026.
    ["2026-02-13", 1, "2026-02-14"],
    ["2026-02-13", 2, "2026-02-24"],
    ["2026-02-13", 6, "2026-02-28"],
    // Over 国庆 2026.
    ["2026-09-18", 1, "2026-09-20"],
    ["2026-09-30", 1, "2026-10-08"],
    ["2026-09-30", 3, "2026-10-10"],
    ["2026-10-01", 0, "2026-10-01"],
  ])("%s and %i more is %s", (from, count, day) => {
    expect(addWorkingDays(calendar, from, count)).toBe(day);
    if (count > 0) expect(workingDaysBetween(calendar, from, day)).toBe(count);
  });

  it("a period of calendar days that ends on a day off ends with the next working day", () => {
    expect(rollForward(calendar, "2026-10-01")).toBe("2026-10-08");
    const terms: ClockTerms = { startedOn: "2026-08-02", limitKind: "calendar", days: 60, pauses: [] };
    expect(dueDay(calendar, terms)).toBe("2026-10-08");
  });
});

const anyDay = fc.integer({ min: 0, max: 640 }).map((at) => addDays("2025-01-01", at));
const anyCalendar: fc.Arbitrary<BusinessCalendar> = fc
  .record({ off: fc.array(anyDay, { maxLength: 60 }), work: fc.array(anyDay, { maxLength: 60 }) })
  .map(({ off, work }) => makeCalendar([{ year: 2025, document: "x", off, work }]));
const anyKind = fc.constantFrom<ClockTerms["limitKind"][]>("working", "calendar");

describe("whatever the calendar", () => {
  it("counting and adding are each other's inverse, and add up", () => {
    fc.assert(
      fc.property(anyCalendar, anyDay, fc.nat(90), fc.nat(90), (any, from, a, b) => {
        const there = addWorkingDays(any, from, a);
        if (a > 0) expect(any.isWorkingDay(there)).toBe(true);
        expect(workingDaysBetween(any, from, there)).toBe(a);
        expect(addWorkingDays(any, there, b)).toBe(addWorkingDays(any, from, a + b));
        expect(workingDaysBetween(any, there, from)).toBe(a === 0 ? 0 : -a);
      }),
    );
  });

  it("a pause takes away exactly the days it lasts, however pauses overlap, and none of those before or after", () => {
    const pause = fc.tuple(fc.nat(120), fc.nat(60));
    fc.assert(
      fc.property(
        anyCalendar,
        anyDay,
        anyKind,
        fc.integer({ min: 1, max: 90 }),
        fc.array(pause, { maxLength: 4 }),
        (any, startedOn, limitKind, limit, spans) => {
          const pauses = spans.map(([after, lasts]) => {
            const fromOn = addDays(startedOn, after);
            return { fromOn, toOn: addDays(fromOn, lasts) };
          });
          const terms = { startedOn, limitKind, days: limit, pauses };
          const due = dueDay(any, terms)!;
          const stood = (day: string) => pauses.some(({ fromOn, toOn }) => fromOn < day && day <= toOn);
          const counted = [];
          for (let at = addDays(startedOn, 1); at <= due; at = addDays(at, 1))
            if ((limitKind === "calendar" || any.isWorkingDay(at)) && !stood(at)) counted.push(at);
          const last = counted[limit - 1]!;
          expect(due).toBe(limitKind === "working" ? last : rollForward(any, last));
          expect(daysLeft(any, terms, startedOn)).toBe(limit);
          expect(daysLeft(any, terms, due)).toBe(0);
          // One that ends on the day it began, or lies after the end, changes nothing.
          for (const idle of [
            { fromOn: startedOn, toOn: startedOn },
            { fromOn: due, toOn: addDays(due, 30) },
          ])
            expect(dueDay(any, { ...terms, pauses: [...pauses, idle] })).toBe(due);
          expect(
            dueDay(any, { ...terms, pauses: [...pauses, { fromOn: startedOn, toOn: null }] }),
          ).toBeNull();
        },
      ),
    );
  });
});
