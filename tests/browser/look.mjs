// What the browser tests share: how Chromium is opened, and what every page is held against.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_OPTIONS = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: { "target-size": { enabled: true } }, // 2.5.8, off by default
  resultTypes: ["violations"],
};
const CHROMIUM_ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
export const DESK = { width: 1280, height: 900 };
export const NARROW = { width: 320, height: 640 };

/// Opens Chromium with a profile of its own.
export function openBrowser(profile) {
  return chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: CHROMIUM_ARGUMENTS,
    locale: "en-GB",
  });
}

export async function openDetails(page) {
  for (const summary of await page.locator("summary").all()) await summary.click();
}

export async function assertAccessible(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), AXE_OPTIONS);
  const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `  ${n.html}\n  ${n.failureSummary}`).join("\n")}`);
  assert.equal(told.length, 0, told.join("\n\n"));
}

/// Nothing reaches past the right edge of the window.
export async function assertFits(page) {
  const { over, culprits } = await page.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > edge + 1);
    return { over: document.documentElement.scrollWidth - edge, culprits: wide.map((e) => e.outerHTML.slice(0, 120)) };
  });
  assert.ok(over <= 0 && culprits.length === 0, `${over} pixels too wide:\n${culprits.slice(-3).join("\n")}`);
}

export async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  mkdirSync(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}

function chromiumPath() {
  const names = [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome"].filter(Boolean);
  for (const name of names) {
    const found = spawnSync("sh", ["-c", 'command -v "$1"', "sh", name], { encoding: "utf8" }).stdout.trim();
    if (found) return found;
  }
  throw new Error("Chromium is missing: install Debian's package chromium, or set CHROMIUM to its path");
}
