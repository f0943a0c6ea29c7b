// Many runs on digits, side by side, in every element of the class `live-runs`: with data-kind="starts" several
// seeds and both kinds of start (chapter 6), with data-kind="sweep" one run for each k (chapter 7). kmeans.js does
// the arithmetic, drawing.js draws, data.js brings the digits when the reader asks for them.

"use strict";

(function () {
  const { element, digitCanvas, drawDigit, curve } = mnistDrawing;
  const { PIXELS, digitsOf, holdoutError } = mnistDigits;
  const SEEDS = [0, 1, 2, 3, 4, 5, 6, 7];
  const STARTS = ["random", "k-means++"];
  const MOST = 50; // clusters: with more of them readers wait for long
  const PIECE = 30; // milliseconds of work, after which the page may show what there is

  const billions = (number) => (number / 1e9).toFixed(3);
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const nameOf = ({ init, seed }) => `${init}, seed ${seed}`;
  const least = (ends) => ends.reduce((best, end) => (end.inertia < best.inertia ? end : best));
  const largest = (ends) => ends.reduce((worst, end) => (end.inertia > worst.inertia ? end : worst));

  // What both kinds have: a number to choose, a button that starts and stops, words, and what comes out.
  class Runs {
    constructor(root) {
      this.root = root;
      this.turn = 0; // counts starts and stops: only what the last start wanted goes on
      const { words, low, value } = this.choice();
      this.number = element("input", { type: "number", min: low, max: MOST, value, inputmode: "numeric" });
      this.button = element(
        "button", { type: "button", click: () => (this.going ? this.stop("Stopped.") : this.run()) },
        "Run it here (loads 0.9 MB)"
      );
      this.words = element("p", { class: "live-words" });
      this.said = element("p", { class: "live-said", role: "status" });
      this.result = element("div", { class: "live-result" });
      root.append(
        element("div", { class: "live-settings" }, element("label", {}, words, this.number), this.button),
        this.words, this.said, this.result
      );
    }

    stop(words) {
      this.turn += 1;
      this.going = false;
      this.button.textContent = "Run it again";
      this.say(words);
    }

    async run() {
      const turn = ++this.turn;
      const wanted = () => turn === this.turn;
      const k = Number(this.number.value);
      const low = Number(this.number.min);
      if (!(Number.isInteger(k) && k >= low && k <= MOST)) {
        this.say(`Choose a whole number from ${low} to ${MOST}.`);
        return;
      }
      this.going = true;
      this.button.textContent = "Stop";
      this.digits ??= await digitsOf(this.root);
      if (!wanted()) return;
      if (!this.digits) {
        this.stop(""); // the page says why
        return;
      }
      this.root.classList.add("playing");
      this.ends = [];
      this.begin(k);
      for (const settings of this.plan(k)) {
        this.words.textContent = `Running: ${this.named(settings)} …`;
        const end = await endOf(this.digits.training.points, settings, wanted);
        if (!end) return;
        this.ends.push({ ...settings, ...end, error: holdoutError(this.digits, end) });
        this.draw();
      }
      this.stop(this.summary());
    }

    say(words) {
      this.words.textContent = this.said.textContent = words;
    }
  }

  // The last step of a run, which now and then lets the page draw; null when it is no longer wanted.
  async function endOf(points, { k, seed, init }, wanted) {
    let last;
    let since = performance.now();
    for (last of mnistKmeans.steps(points, mnistKmeans.firstCentroids(points, k, seed, init))) {
      if (performance.now() - since < PIECE) continue;
      await new Promise((resolve) => setTimeout(resolve));
      if (!wanted()) return null;
      since = performance.now();
    }
    return last;
  }

  const cells = (tag, words, scope) => words.map((word) => element(tag, { scope }, String(word)));

  // ---- Starts: as `repeat_inits` ----

  class Starts extends Runs {
    choice() {
      return { words: "clusters k", low: 2, value: this.root.dataset.k };
    }

    plan(k) {
      return SEEDS.flatMap((seed) => STARTS.map((init) => ({ k, seed, init })));
    }

    named(settings) {
      return nameOf(settings);
    }

    begin(k) {
      this.places = new Map(); // of each run, its cell of the table
      const rows = SEEDS.map((seed) => {
        const row = STARTS.map((init) => {
          const cell = element("td");
          this.places.set(nameOf({ init, seed }), cell);
          return cell;
        });
        return element("tr", {}, element("th", { scope: "row" }, `seed ${seed}`), ...row);
      });
      this.extremes = element("div");
      this.result.replaceChildren(
        element(
          "table", { class: "live-ends" },
          element("caption", {}, `Where each start ends: inertia (billions), what it has above the lowest, validation error; k = ${k}`),
          element("thead", {}, element("tr", {}, element("td"), ...cells("th", STARTS, "col"))),
          element("tbody", {}, ...rows)
        ),
        this.extremes
      );
    }

    draw() {
      const [best, worst] = [least(this.ends), largest(this.ends)];
      for (const end of this.ends) {
        const cell = this.places.get(nameOf(end));
        const above = end.inertia / best.inertia - 1;
        const part = end.inertia > best.inertia ? (end.inertia - best.inertia) / (worst.inertia - best.inertia) : 0;
        cell.classList.toggle("best", end.inertia === best.inertia);
        cell.replaceChildren(
          element("b", {}, billions(end.inertia)),
          ` ${end.inertia === best.inertia ? "★ lowest" : `+${(100 * above).toFixed(2)} %`}`,
          element("i", { style: `width: ${100 * part}%` }),
          element("small", {}, `error ${percent(end.error)}`)
        );
      }
    }

    summary() {
      const [best, worst] = [least(this.ends), largest(this.ends)];
      const errors = this.ends.map(({ error }) => error);
      this.extremes.replaceChildren(...this.picture("Lowest", best), ...this.picture("Highest", worst));
      return (
        `All ${this.ends.length} runs have ended. The lowest inertia, ${billions(best.inertia)} billion, is that of ${nameOf(best)}. ` +
        `The highest, ${nameOf(worst)}, lies ${(100 * (worst.inertia / best.inertia - 1)).toFixed(2)} % above it. ` +
        `The validation errors go from ${percent(Math.min(...errors))} to ${percent(Math.max(...errors))}.`
      );
    }

    // The centroids of one end.
    picture(words, { centroids, k, ...settings }) {
      const title = `${words}: ${nameOf(settings)}`;
      const tiles = Array.from({ length: k }, (_, cluster) => {
        const canvas = digitCanvas();
        drawDigit(canvas, centroids.subarray(cluster * PIXELS, (cluster + 1) * PIXELS));
        return canvas;
      });
      const told = `The ${k} centroids of this end`;
      return [
        element("p", { class: "live-title" }, title),
        element("div", { class: "live-tiles", role: "img", "aria-label": `${told}. ${title}` }, ...tiles),
      ];
    }
  }

  // ---- Sweep: as `sweep_k` ----

  class Sweep extends Runs {
    choice() {
      return { words: "from 2 clusters to", low: 3, value: this.root.dataset.k };
    }

    plan(k) {
      return Array.from({ length: k - 1 }, (_, place) => ({ k: place + 2, seed: 0, init: "random" }));
    }

    named({ k }) {
      return `k = ${k}`;
    }

    begin() {
      this.curves = element("div", { class: "live-curves" });
      this.rows = element("tbody");
      this.result.replaceChildren(
        this.curves,
        element(
          "details", {}, element("summary", {}, "The same as a table"),
          element(
            "table", {},
            element("thead", {}, element("tr", {}, ...cells("th", ["k", "inertia", "validation error"], "col"))),
            this.rows
          )
        )
      );
    }

    draw() {
      const draw = (kind, title, write) => {
        const values = this.ends.map((end) => end[kind]);
        const { told } = this.course(kind, write);
        return curve(values, { title, kind, write, at: values.length, first: 2, along: "k", told: `${title}: ${told}` });
      };
      this.curves.replaceChildren(
        draw("inertia", "inertia (billions)", billions), draw("error", "validation error", percent)
      );
      const { k, inertia, error } = this.ends.at(-1);
      this.rows.append(element("tr", {}, ...cells("td", [k, billions(inertia), percent(error)])));
    }

    // How a measure goes with k, and how often it rises.
    course(kind, write) {
      const values = this.ends.map((end) => end[kind]);
      const rises = values.filter((value, place) => place > 0 && value > values[place - 1]).length;
      const told = `${write(values[0])} at k = 2, ${write(values.at(-1))} at k = ${values.length + 1}`;
      return { told, rises };
    }

    summary() {
      const [inertia, error] = [this.course("inertia", billions), this.course("error", percent)];
      const rise = (count) => (count === 0 ? "it never rises" : `it rises ${count === 1 ? "once" : `${count} times`}`);
      return (
        `All ${this.ends.length} runs have ended. Inertia, in billions: ${inertia.told}; from one k to the next ${rise(inertia.rises)}. ` +
        `Validation error: ${error.told}; ${rise(error.rises)}.`
      );
    }
  }

  const KINDS = { starts: Starts, sweep: Sweep };
  for (const root of document.querySelectorAll(".live-runs")) new KINDS[root.dataset.kind](root);
})();
