// The public register as a page, opened from disk as its reader does. Run with FAIRWAY_REGISTER naming the built example
// `register_page` of fairway-service; with SCREENSHOTS=DIR it leaves pictures there.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { DESK, NARROW, assertAccessible, assertFits, openBrowser, picture } from "./look.mjs";

const folder = mkdtempSync(join(tmpdir(), "fairway-register-"));
const PAGES = { full: [], empty: ["empty"] };
let browser;

before(async () => {
  const program = process.env.FAIRWAY_REGISTER;
  assert.ok(program, "FAIRWAY_REGISTER must name the built example register_page");
  for (const [name, words] of Object.entries(PAGES)) execFileSync(program, [join(folder, `${name}.html`), ...words]);
  browser = await openBrowser(join(folder, "profile"));
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const name of Object.keys(PAGES)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries({ desk: DESK, narrow: NARROW })) {
      test(`the ${name} register meets WCAG 2.2 AA, ${colorScheme}, ${size}`, async () => {
        const page = await browser.newPage();
        try {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize(viewport);
          await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
          await picture(page, `register-${name}-${colorScheme}-${size}`);
          assert.equal(await page.locator("script").count(), 0);
          await assertAccessible(page);
          await assertFits(page);
        } finally {
          await page.close();
        }
      });
    }
  }
}
