// How long ago, in words that stay true while the page is open.
import { useEffect, useState } from "react";

const AGES_EVERY_MS = 15_000;
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function useNow() {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const clock = setInterval(() => setNow(Date.now()), AGES_EVERY_MS);
    return () => clearInterval(clock);
  }, []);
  return now;
}

export function ageOf(testedAt, now, words) {
  if (!testedAt) return words.untested;
  const passedS = (now - Date.parse(testedAt)) / 1_000;
  const [unit, lengthS] = UNITS.find((each) => passedS >= each[1]) ?? [];
  if (!unit) return words.justTested;
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en");
  return words.tested.replace("{age}", format.format(-Math.floor(passedS / lengthS), unit));
}
