// A published table as a page, opened from disk as its reader does. Run with FAIRWAY_TABLE naming the built example `table` of
// fairway-service; with SCREENSHOTS=DIR it leaves pictures there.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { DESK, NARROW, assertAccessible, assertFits, openBrowser, picture } from "./look.mjs";

const folder = mkdtempSync(join(tmpdir(), "fairway-table-"));
const file = join(folder, "table.html");
let browser;

before(async () => {
  const program = process.env.FAIRWAY_TABLE;
  assert.ok(program, "FAIRWAY_TABLE must name the built example table");
  execFileSync(program, [file]);
  browser = await openBrowser(join(folder, "profile"));
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries({ desk: DESK, narrow: NARROW })) {
    test(`a table meets WCAG 2.2 AA, ${colorScheme}, ${size}`, async () => {
      await visit({ viewport, colorScheme }, async (page) => {
        await picture(page, `table-${colorScheme}-${size}`);
        await assertAccessible(page);
        await assertFits(page);
      });
    });
  }
}

test("a bar stands beside every number that is shown, and beside no symbol", async () => {
  await visit({ viewport: DESK }, async (page) => {
    const rows = await page.$$eval("tbody tr", (all) =>
      all.map((row) => [row.querySelector(".number").textContent, row.querySelectorAll(".bar").length]));
    assert.deepEqual(rows, [["[w]", 0], ["[c]", 0], ["40", 1], ["50", 1], ["[w]", 0]]);
    assert.equal(await page.locator("h1").innerText(), "Adult social care: people by Gender and <Age>");
    assert.equal(await page.locator("tbody th", { hasText: "Not recorded" }).count(), 1);
  });
});

/// Opens the table without scripts of its own, and fails on anything it asked of others or complained about.
async function visit({ viewport, colorScheme = "light" }, look) {
  const url = pathToFileURL(file).href;
  const page = await browser.newPage();
  page.setDefaultTimeout(5_000);
  const troubles = [];
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("request", (request) => request.url() !== url && troubles.push(`asked ${request.url()}`));
  try {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await page.goto(url);
    await look(page);
    assert.deepEqual(troubles, []);
  } finally {
    await page.close();
  }
}
