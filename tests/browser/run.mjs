// The pages in headless Chromium: held against WCAG 2.2 AA with axe-core, at a desk and at 320 pixels, in light and
// in dark, by keyboard and on paper. Run with FAIRWAY_SAMPLE naming the built example `serve_sample`; with
// SCREENSHOTS=DIR it leaves pictures of every page there.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test, { after, before } from "node:test";
import { DESK, NARROW, assertAccessible, assertFits, openDetails, openBrowser, picture } from "./look.mjs";

const SUBMISSION = "/submissions/019ab0f1-7a5e-7c3a-9b1e-2f6a4c8d0e0";

// name, sample that is served, path, status expected
const PAGES = [
  ["home", "busy", "/", 200],
  ["home-bad", "bad", "/", 200],
  ["home-empty", "empty", "/", 200],
  ["submission-done", "busy", `${SUBMISSION}2`, 200],
  ["submission-rejected", "busy", `${SUBMISSION}3`, 200],
  ["submission-to-confirm", "busy", `${SUBMISSION}5`, 200],
  ["submission-landed", "busy", `${SUBMISSION}6`, 200],
  ["not-found", "busy", "/nowhere", 404],
  ["problem", "broken", "/", 500],
];

const servers = {};
let browser;
let profile;

before(async () => {
  for (const sample of ["busy", "bad", "empty", "broken"]) servers[sample] = await serve(sample);
  profile = mkdtempSync(join(tmpdir(), "fairway-browser-"));
  browser = await openBrowser(profile);
});

after(async () => {
  await browser?.close();
  for (const { child } of Object.values(servers)) child.stdin.end();
  if (profile) rmSync(profile, { recursive: true, force: true });
});

for (const [name, sample, path, status] of PAGES) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries({ desk: DESK, narrow: NARROW })) {
      test(`${name} meets WCAG 2.2 AA, ${colorScheme}, ${size}`, async () => {
        await visit({ sample, path, viewport, colorScheme }, async (page, response) => {
          assert.equal(response.status(), status);
          await picture(page, `${name}-${colorScheme}-${size}`);
          await openDetails(page);
          await assertAccessible(page);
          await assertFits(page);
        });
      });
    }
  }
}

test("text can be spaced out at 320 pixels without anything being cut (WCAG 1.4.12)", async () => {
  for (const path of ["/", `${SUBMISSION}2`]) {
    await visit({ sample: "busy", path, viewport: NARROW }, async (page) => {
      await page.evaluate(() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}");
        document.adoptedStyleSheets = [sheet];
      });
      await assertFits(page);
    });
  }
});

test("the skip link is first, shows itself, and leads to the main content", async () => {
  await visit({ sample: "busy", path: "/", viewport: DESK }, async (page) => {
    await page.keyboard.press("Tab");
    const link = page.locator(":focus");
    assert.equal(await link.innerText(), "Skip to main content");
    assert.ok((await link.boundingBox()).x >= 0);
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  });
});

test("everything that can be reached by keyboard shows where the focus is", async () => {
  await visit({ sample: "busy", path: "/", viewport: DESK }, async (page) => {
    const reached = new Set();
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === document.body) return null;
        const { backgroundColor, width } = getComputedStyle(element);
        return { key: element.outerHTML, backgroundColor, width };
      });
      if (!focus || reached.has(focus.key)) break;
      reached.add(focus.key);
      assert.equal(focus.backgroundColor, "rgb(255, 221, 0)", focus.key);
    }
    assert.ok(reached.size >= 10, `only ${reached.size} things can be reached`);
  });
});

test("every link on the first page leads somewhere, and two links of one name lead to one place", async () => {
  await visit({ sample: "busy", path: "/", viewport: DESK }, async (page) => {
    const links = await page.$$eval("a", (all) => all.map((a) => [a.textContent.trim(), a.href]));
    const places = new Map();
    for (const [name, href] of links) {
      assert.equal(places.get(name) ?? href, href, `“${name}” leads to two places`);
      places.set(name, href);
      const url = new URL(href);
      if (url.hash) assert.equal(await page.locator(url.hash).count(), 1, href);
      else assert.equal((await page.request.get(href)).status(), 200, href);
    }
  });
});

test("a reader goes from the list to a submission and back", async () => {
  await visit({ sample: "busy", path: "/", viewport: NARROW }, async (page) => {
    await page.getByRole("link", { name: "Telford and Wrekin Council file landed 4 July 2025 at 10:40am" }).click();
    assert.match(await page.title(), /^Telford and Wrekin Council/);
    await page.getByText("Rejected").first().waitFor();
    await page.getByRole("link", { name: "All submissions" }).click();
    assert.match(await page.title(), /^Status of demo-data/);
  });
});

test("tables keep their rows, headers and captions for a screen reader when they stack", async () => {
  await visit({ sample: "busy", path: "/", viewport: NARROW }, async (page) => {
    const table = page.getByRole("table", { name: "Files that landed, newest first" });
    assert.equal(await table.getByRole("row").count(), 7);
    assert.equal(await table.getByRole("columnheader").count(), 6);
    assert.equal(await table.getByRole("rowheader").count(), 6);
    assert.equal(await table.getByRole("cell").count(), 30);
  });
});

test("on paper the tables are tables, in black on white, and nothing is lost at the edge", async () => {
  await visit({ sample: "busy", path: "/", viewport: { width: 718, height: 1000 }, colorScheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const style = await page.evaluate(() => ({
      ink: getComputedStyle(document.body).color,
      ground: getComputedStyle(document.body).backgroundColor,
      row: getComputedStyle(document.querySelector(".table--stacks tbody tr")).display,
      skip: getComputedStyle(document.querySelector(".skip-link")).display,
    }));
    assert.deepEqual(style, { ink: "rgb(0, 0, 0)", ground: "rgb(255, 255, 255)", row: "table-row", skip: "none" });
    await assertFits(page);
    await picture(page, "home-print");
    assert.ok((await page.pdf({ format: "A4" })).length > 10_000);
  });
});

/// Opens a page, gives it to `look`, and fails on anything the page asked of others or complained about.
async function visit({ sample, path, viewport, colorScheme = "light" }, look) {
  const { url } = servers[sample];
  const page = await browser.newPage();
  page.setDefaultTimeout(5_000);
  const troubles = [];
  page.on("console", (message) => {
    const expected = message.location().url === url + path && /Failed to load resource/.test(message.text());
    if (message.type() === "error" && !expected) troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${url}/`)) troubles.push(`asked ${request.url()}`);
  });
  try {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const response = await page.goto(url + path);
    await look(page, response);
    assert.deepEqual(troubles, []);
  } finally {
    await page.close();
  }
}

/// Starts the sample server on a free port and waits until it prints its address.
function serve(sample) {
  const program = process.env.FAIRWAY_SAMPLE;
  assert.ok(program, "FAIRWAY_SAMPLE must name the built example serve_sample");
  return new Promise((resolve, reject) => {
    const child = spawn(program, [sample], { stdio: ["pipe", "pipe", "inherit"] });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the sample server ended with ${code}`)));
    createInterface({ input: child.stdout }).once("line", (url) => resolve({ child, url }));
  });
}
