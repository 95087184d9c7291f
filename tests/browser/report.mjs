// The report of a check as a page, opened from disk as its reader does. Run with FAIRWAY_REPORT naming the built example
// `report` of fairway-check; with SCREENSHOTS=DIR it leaves pictures there.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { DESK, NARROW, assertAccessible, assertFits, openBrowser, picture } from "./look.mjs";

const CLEAN = readFileSync(new URL("../../crates/fairway-check/tests/data/r2.csv", import.meta.url), "utf8");
const [HEADER, ...RECORDS] = CLEAN.trimEnd().split(/\r?\n/);
const SPOILT = Array.from({ length: 40 }, () => RECORDS).flat().map(spoil);

const FILES = {
  clean: CLEAN,
  confirm: [HEADER, ...SPOILT].join("\n"),
  refused: [HEADER.replace("NHS Number", "NHS_Number_<b>"), ...SPOILT].join("\n"),
  stopped: "a;b;c\n1;2;3\n",
};
const VERDICTS = {
  clean: "Passed",
  confirm: "Passed, with findings to confirm",
  refused: "Refused",
  stopped: "Refused, and not read to its end",
};

const folder = mkdtempSync(join(tmpdir(), "fairway-report-"));
let browser;

before(async () => {
  const program = process.env.FAIRWAY_REPORT;
  assert.ok(program, "FAIRWAY_REPORT must name the built example report");
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(folder, `${name} <july>.csv`);
    writeFileSync(file, text);
    execFileSync(program, [file, join(folder, name)]);
  }
  browser = await openBrowser(join(folder, "profile"));
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const name of Object.keys(FILES)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries({ desk: DESK, narrow: NARROW })) {
      test(`the report of a file that is ${name} meets WCAG 2.2 AA, ${colorScheme}, ${size}`, async () => {
        await visit(name, { viewport, colorScheme }, async (page) => {
          await picture(page, `report-${name}-${colorScheme}-${size}`);
          await assertAccessible(page);
          await assertFits(page);
        });
      });
    }
  }

  test(`the report of a file that is ${name} begins with the verdict and what to do`, async () => {
    await visit(name, { viewport: DESK }, async (page) => {
      const heading = await page.locator("h1").innerText();
      assert.equal(heading, `${name} <july>.csv\n${VERDICTS[name]}`);
      assert.equal(await page.locator("h2").first().innerText(), "What to do next");
      assert.ok((await page.locator(".next li").count()) >= 1);
    });
  });
}

test("every link of the contents leads to its rule, the worst first", async () => {
  await visit("refused", { viewport: NARROW }, async (page) => {
    const targets = await page.$$eval("nav a", (all) => all.map((a) => a.hash));
    assert.ok(targets.length >= 6);
    for (const target of targets) assert.equal(await page.locator(target).count(), 1, target);
    assert.equal(targets[0], "#refused");
  });
});

test("every bar has its figure beside it", async () => {
  await visit("confirm", { viewport: DESK }, async (page) => {
    const rows = await page.$$eval(".chart tbody tr", (all) =>
      all.map((row) => [row.querySelector("th").textContent.trim(), row.querySelector(".numeric").textContent.trim()]));
    assert.ok(rows.length > 55, `only ${rows.length} bars`);
    for (const [name, figure] of rows) assert.ok(name && figure, `${name}: ${figure}`);
  });
});

test("on paper nothing is lost at the edge and no link stands without its words", async () => {
  await visit("confirm", { viewport: { width: 718, height: 1000 }, colorScheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const style = await page.evaluate(() => ({
      ink: getComputedStyle(document.body).color,
      ground: getComputedStyle(document.body).backgroundColor,
      row: getComputedStyle(document.querySelector(".table--stacks tbody tr")).display,
      contents: getComputedStyle(document.querySelector("nav")).display,
    }));
    assert.deepEqual(style, { ink: "rgb(0, 0, 0)", ground: "rgb(255, 255, 255)", row: "table-row", contents: "none" });
    await assertFits(page);
    await picture(page, "report-print");
    assert.ok((await page.pdf({ format: "A4" })).length > 10_000);
  });
});

/// Every third record with a value that is not in its list, every fifth with a pseudo postcode.
function spoil(record, at) {
  if (at % 3 === 0) return record.replace(/,(Male|Female),/, ",Man,");
  return at % 5 === 0 ? record.replace(/,HX1 1A[A-Z],/, ",ZZ99 3VZ,") : record;
}

/// Opens a report without scripts of its own, and fails on anything it asked of others or complained about.
async function visit(name, { viewport, colorScheme = "light" }, look) {
  const url = pathToFileURL(join(folder, name, "report.html")).href;
  const page = await browser.newPage();
  page.setDefaultTimeout(5_000);
  const troubles = [];
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("request", (request) => request.url().split("#")[0] !== url && troubles.push(`asked ${request.url()}`));
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
