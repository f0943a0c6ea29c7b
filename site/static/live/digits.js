// k-means on digits, in every element of the class `live-digits`. kmeans.js does the arithmetic, drawing.js
// draws, data.js brings the digits. Where the element says `data-wait`, the digits are loaded when the reader asks for it.

"use strict";

(function () {
  const { SIDE, element, digitCanvas, drawDigit, drawOverlap, curve, inkOf } = mnistDrawing;
  const { PIXELS, digitsOf, imageOf, contingencyTable, majorityLabels, errorRate } = mnistDigits;
  const MOST = 100; // clusters: more of them are too small to look at
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // ---- A run, one step at a time ----

  class Run {
    constructor({ training, validation }, k, seed, init) {
      Object.assign(this, { training, validation, k, seed, init, at: 0 });
      const centroids = mnistKmeans.firstCentroids(training.points, k, seed, init);
      this.scenes = [{ kind: "start", iteration: 0, centroids, assignments: null }];
      this.coming = mnistKmeans.steps(training.points, centroids);
    }

    get scene() {
      return this.scenes[this.at];
    }

    get isOver() {
      return this.scene.moved === false;
    }

    back() {
      this.at -= 1;
    }

    forward() {
      this.at += 1;
      if (this.at === this.scenes.length) this.scenes.push(this.judged(this.coming.next().value));
    }

    // A step, and what the labels say of it. Names are those of the latest assignment.
    judged(step) {
      const before = this.scenes[this.at - 1];
      if (step.kind === "update") {
        const { table, names, error } = before;
        return { ...step, table, names, error };
      }
      const changed = step.assignments.filter(
        (cluster, point) => !before.assignments || cluster !== before.assignments[point]
      ).length;
      const table = contingencyTable(this.training.labels, step.assignments, this.k);
      const names = majorityLabels(table);
      const nearest = mnistKmeans.assign(this.validation.points, step.centroids);
      const error = errorRate(this.validation.labels, Array.from(nearest, (cluster) => names[cluster]));
      return { ...step, changed, table, names, error };
    }

    // The scenes up to this one in which digits were assigned: one for each iteration.
    iterations() {
      return this.scenes.slice(0, this.at + 1).filter(({ kind }) => kind === "assign");
    }

    digest() {
      return mnistKmeans.digest(this.scene);
    }
  }

  // ---- Words ----

  const whole = (number) => number.toLocaleString("en");
  const millions = (number) => (number / 1e6).toFixed(2).replace("-", "−");
  const billions = (number) => (number / 1e9).toFixed(2);
  const percent = (share, places = 0) => `${(100 * share).toFixed(places)} %`;
  const errorOf = (share) => percent(share, 1);
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const aDigit = (digit) => (digit === 8 ? "an 8" : `a ${digit}`);
  const plural = (count, thing) => `${whole(count)} ${thing}${count === 1 ? "" : "s"}`;

  // What a cluster is called, and the share of the digit that gives it its name.
  function nameOf({ table, names }, cluster) {
    if (!table) return "no name yet";
    if (names[cluster] < 0) return "empty";
    return `${names[cluster]}: ${percent(Math.max(...table[cluster]) / sum(table[cluster]))}`;
  }

  const calledOf = ({ names }, cluster) =>
    !names || names[cluster] < 0 ? "without a name" : `called ${names[cluster]}`;

  function sceneInWords(run) {
    const { kind, iteration, changed, inertia, moved, error } = run.scene;
    if (kind === "start") {
      return `Start: ${plural(run.k, "training digit")} as first centroids. Press “assign”: each digit goes to its nearest centroid.`;
    }
    const state = `Inertia ${billions(inertia)} billion, validation error ${errorOf(error)}.`;
    if (kind === "assign") {
      const went = iteration === 1 ? "all digits have found their centroid" : `${plural(changed, "digit")} changed centroid`;
      return `Iteration ${iteration}, assign: ${went}. ${state}`;
    }
    if (moved) return `Iteration ${iteration}, update: each centroid has gone to the mean of its digits. ${state}`;
    return `Iteration ${iteration}, update: no centroid moves any more. This is the end. ${state}`;
  }

  // ---- The page ----

  class Playground {
    constructor(root, digits) {
      this.root = root;
      this.digits = digits;
      this.chosen = null; // the cluster that is looked into
      this.asked = null; // the digit whose nearest centroids are shown: {pixels, label, told}
      const { k = "16", seed = "0", init = "random" } = root.dataset;
      root.append(this.controls(k, seed, init), this.stage(), this.looking(), this.reading());
      this.reset();
    }

    // -- Controls --

    controls(k, seed, init) {
      const field = (name, words, value, max) => {
        this[name] = element("input", {
          type: "number", min: name === "k" ? 1 : 0, max, value, inputmode: "numeric",
          change: () => this.reset(),
        });
        return element("label", {}, words, this[name]);
      };
      this.init = element(
        "select", { change: () => this.reset() },
        ...["random", "k-means++"].map((kind) => element("option", { selected: kind === init }, kind))
      );
      const button = (name, words, press) => (this[name] = element("button", { type: "button", click: press }, words));
      this.buttons = [
        button("resetButton", "reset", () => this.reset()),
        button("backButton", "back", () => this.move(() => this.run.back())),
        button("stepButton", "assign", () => this.move(() => this.run.forward())),
        button("runButton", "run", () => this.playing ? this.pause() : this.play()),
      ];
      this.words = element("p", { class: "live-words" });
      this.said = element("p", { class: "live-said", role: "status" });
      return element(
        "div", { class: "live-settings", role: "group", "aria-label": "What to run" },
        field("k", "clusters k", k, MOST),
        field("seed", "seed", seed, 2 ** 32),
        element("label", {}, "start", this.init)
      );
    }

    reset() {
      this.pause();
      const [k, seed] = [Number(this.k.value), Number(this.seed.value)];
      try {
        if (k > MOST) throw new RangeError(`k, the number of clusters, is at most ${MOST} here.`);
        this.run = new Run(this.digits, k, seed, this.init.value);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.root.classList.add("refused");
        this.words.textContent = this.said.textContent = error.message;
        return;
      }
      this.root.classList.remove("refused");
      this.chosen = null;
      this.tiles = Array.from({ length: this.run.k }, (_, cluster) => this.tile(cluster));
      this.grid.replaceChildren(...this.tiles.map(({ button }) => button));
      this.draw();
      this.said.textContent = "";
    }

    // One step that the reader asked for.
    move(step) {
      this.pause();
      step();
      this.draw();
      this.said.textContent = sceneInWords(this.run);
    }

    // All steps to the end: slowly at first, where most happens. Those who want little motion see the end.
    play() {
      this.playing = true;
      if (this.run.isOver) this.run.at = 0;
      const next = () => {
        if (!this.playing) return;
        do this.run.forward();
        while (calm.matches && !this.run.isOver);
        const { kind, iteration } = this.run.scene;
        const time = Math.max(30, 500 * 0.8 ** iteration);
        if (this.run.isOver) {
          this.pause();
          this.said.textContent = sceneInWords(this.run);
        } else {
          this.timer = setTimeout(next, time);
        }
        this.draw(kind === "update" ? 0.8 * time : 0);
      };
      next();
    }

    pause() {
      this.playing = false;
      clearTimeout(this.timer);
      this.runButton.textContent = "run";
    }

    // -- The centroids, the curves, the digest --

    stage() {
      this.grid = element("div", { class: "live-grid", role: "group", "aria-label": "Centroids" });
      this.curves = element("div", { class: "live-curves" });
      this.rows = element("tbody");
      this.bits = element("div", { class: "live-digest" });
      const heads = ["iteration", "changed", "inertia", "error"].map((head) => element("th", { scope: "col" }, head));
      return element(
        "div", {},
        element(
          "div", { class: "live-bar" },
          element("div", { role: "group", "aria-label": "Steps" }, ...this.buttons), this.words, this.said
        ),
        this.grid, this.curves,
        element(
          "details", {}, element("summary", {}, "The same as a table"),
          element("table", {}, element("thead", {}, element("tr", {}, ...heads)), this.rows)
        ),
        this.bits
      );
    }

    tile(cluster) {
      const canvas = digitCanvas();
      const [name, size] = [element("b"), element("span")];
      const button = element(
        "button", { type: "button", class: "live-centroid", click: () => this.lookInto(cluster) },
        canvas, name, size
      );
      return { button, canvas, name, size };
    }

    drawButtons() {
      const { scene, isOver, at } = this.run;
      this.backButton.disabled = this.resetButton.disabled = at === 0;
      this.stepButton.disabled = isOver;
      this.stepButton.textContent = scene.kind === "assign" ? "update" : "assign";
      this.runButton.textContent = this.playing ? "pause" : isOver ? "again" : "run";
    }

    // Draw the scene. After an update the centroids glide to their places, in so many milliseconds.
    draw(gliding = 0) {
      const { scene, scenes, at, k } = this.run;
      this.drawButtons();
      this.words.textContent = sceneInWords(this.run);
      for (let cluster = 0; cluster < k; cluster++) {
        const { button, name, size } = this.tiles[cluster];
        name.textContent = nameOf(scene, cluster);
        size.textContent = scene.table ? plural(sum(scene.table[cluster]), "digit") : `cluster ${cluster}`;
        button.dataset.digit = scene.names?.[cluster] ?? "";
        button.setAttribute("aria-label", `cluster ${cluster}, ${name.textContent}, ${size.textContent}`);
        button.setAttribute("aria-pressed", cluster === this.chosen);
      }
      this.glide(at > 0 ? scenes[at - 1].centroids : scene.centroids, scene.centroids, gliding);
      this.drawCurves();
      this.drawDigest();
      this.drawCluster();
      this.drawReading();
    }

    glide(from, to, duration) {
      cancelAnimationFrame(this.frame);
      const start = performance.now();
      const show = (now) => {
        const part = duration > 0 ? Math.min(1, Math.max(0, now - start) / duration) : 1;
        const between = part < 1 ? to.map((value, place) => from[place] + part * (value - from[place])) : to;
        this.tiles.forEach(({ canvas }, cluster) =>
          drawDigit(canvas, between.subarray(cluster * PIXELS, (cluster + 1) * PIXELS))
        );
        if (part < 1) this.frame = requestAnimationFrame(show);
      };
      show(start);
    }

    drawCurves() {
      const iterations = this.run.iterations();
      const at = iterations.length;
      const [inertias, errors] = [iterations.map((each) => each.inertia), iterations.map((each) => each.error)];
      const told = (values, write) =>
        at === 0 ? "nothing yet" : `from ${write(values[0])} in iteration 1 to ${write(values[at - 1])} in iteration ${at}`;
      const draw = (values, title, kind, write) =>
        curve(values, { title, kind, write, at, told: `${title}: ${told(values, write)}` });
      this.curves.replaceChildren(
        draw(inertias, "inertia (billions)", "inertia", billions),
        draw(errors, "validation error", "error", errorOf)
      );
      this.rows.replaceChildren(
        ...iterations.map(({ iteration, changed, inertia, error }) => {
          const cells = [iteration, whole(changed), whole(Math.round(inertia)), error.toFixed(3)];
          return element("tr", {}, ...cells.map((cell) => element("td", {}, String(cell))));
        })
      );
    }

    drawDigest() {
      const { k, seed, init, isOver } = this.run;
      if (!isOver) {
        this.bits.replaceChildren(element("p", {}, "When the run is over, its digest stands here: one line that changes when a single bit does."));
        return;
      }
      const start = init === "random" ? "" : `, init="${init}"`;
      const python = [
        "from mnist_kmeans import kmeans, load_mnist\n",
        'training, validation = load_mnist("sample").holdout()',
        `print(kmeans(training.images, ${k}, seed=${seed}${start}).digest)`,
      ];
      this.bits.replaceChildren(
        element("p", {}, "The digest of this run: ", element("code", {}, this.run.digest())),
        element("p", {}, "These lines of Python print the same one, so all bits of the two runs are equal:"),
        element("pre", { tabindex: 0 }, python.join("\n"))
      );
    }

    // -- One cluster --

    looking() {
      this.cluster = element("div", { class: "live-cluster", tabindex: -1 });
      return element("section", {}, element("h3", {}, "Look into a cluster"), this.cluster);
    }

    lookInto(cluster) {
      this.chosen = cluster;
      this.shown = 24;
      this.draw();
      reveal(this.cluster);
    }

    drawCluster() {
      const { scene, training } = this.run;
      if (this.chosen === null || !scene.table) {
        this.cluster.replaceChildren(element("p", {}, this.chosen === null
          ? "Press a centroid above."
          : "No digit belongs to this centroid yet: press “assign” first."));
        return;
      }
      const counts = scene.table[this.chosen];
      const members = [];
      scene.assignments.forEach((cluster, point) => cluster === this.chosen && members.push(point));
      const distances = new Map(members.map((point) =>
        [point, mnistKmeans.squaredDistance(training.points, point, scene.centroids, this.chosen)]
      ));
      const nearest = [...members].sort((a, b) => distances.get(a) - distances.get(b) || a - b);
      const most = Math.max(...counts, 1);
      const bars = counts.map((count, digit) =>
        element(
          "div", { "data-digit": digit },
          element("span", {}, whole(count)),
          element("i", { style: `height: ${(4 * count) / most}rem` }),
          element("b", {}, String(digit))
        )
      );
      const told = counts.map((count, digit) => `${digit}: ${count}`).join(", ");
      const more = members.length > this.shown && element(
        "button", { type: "button", click: () => { this.shown += 72; this.drawCluster(); } }, "show more"
      );
      this.cluster.replaceChildren(
        element("p", {}, `Cluster ${this.chosen}, ${calledOf(scene, this.chosen)}, has ${plural(members.length, "member")}. How many of each digit:`),
        element("div", { class: "live-bars", role: "img", "aria-label": `Members of each digit. ${told}` }, ...bars),
        ...this.gallery("Most typical: nearest to the centroid", nearest.slice(0, 12)),
        ...this.gallery("Least typical: farthest from it", nearest.reverse().slice(0, 12)),
        ...this.gallery("Members, in the order of the file", members.slice(0, this.shown)),
        more || ""
      );
    }

    // Training digits as buttons; those that their cluster's name gets wrong have a cross.
    gallery(title, numbers) {
      const { scene, training } = this.run;
      const buttons = numbers.map((number) => {
        const label = training.labels[number];
        const wrong = label !== scene.names[scene.assignments[number]];
        const canvas = digitCanvas();
        drawDigit(canvas, imageOf(training, number));
        const told = `training digit number ${number}, ${aDigit(label)}`;
        const press = () => this.ask({ pixels: imageOf(training, number), label, told });
        return element(
          "button", { type: "button", class: wrong ? "live-digit wrong" : "live-digit", click: press, "aria-label": told },
          canvas, element("span", {}, wrong ? `✗ ${label}` : String(label))
        );
      });
      return [element("h4", {}, title), element("div", { class: "live-gallery" }, ...buttons)];
    }

    // -- One digit: drawn by the reader, or pressed --

    reading() {
      this.strokes = [];
      this.unseen = 0; // the next validation digit
      this.pen = { x: 14, y: 6, down: false };
      this.paper = element("canvas", {
        class: "live-paper", width: 280, height: 280, tabindex: 0, role: "application",
        "aria-label": "Drawing field. The arrow keys move the pen. The space bar puts it down and lifts it.",
        pointerdown: (event) => this.startStroke(event),
        pointermove: (event) => event.buttons && this.strokes.length && this.extendStroke(placeOf(event)),
        keydown: (event) => this.penKey(event),
        focus: () => this.drawPaper(),
        blur: () => this.drawPaper(),
      });
      this.seen = digitCanvas();
      this.answer = element("div", { class: "live-answer", tabindex: -1 });
      const button = (words, press) => element("button", { type: "button", click: press }, words);
      return element(
        "section", {},
        element("h3", {}, "Draw a digit, and see who is nearest"),
        element("p", {}, "Draw with the mouse or a finger. With the keyboard: the arrow keys move the pen, the space bar puts it down and lifts it. Or press any digit above, or take one that no centroid has learnt from."),
        element(
          "div", { class: "live-desk" },
          this.paper,
          element("figure", {}, this.seen, element("figcaption", {}, "what k\u2011means sees: 28 × 28 pixels, moved and sized as in MNIST")),
          element(
            "div", { class: "live-buttons" },
            button("clear", () => this.clear()),
            button("take an unseen digit", () => this.askUnseen())
          )
        ),
        this.answer
      );
    }

    startStroke(event) {
      event.preventDefault();
      this.paper.focus();
      this.paper.setPointerCapture(event.pointerId);
      this.strokes.push([]);
      this.extendStroke(placeOf(event));
    }

    extendStroke(place) {
      this.strokes.at(-1).push(place);
      [this.pen.x, this.pen.y] = place;
      this.ask({ pixels: inkOf(this.strokes), label: null, told: "your digit" }, false);
    }

    penKey(event) {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step && event.key !== " ") return;
      event.preventDefault();
      const { pen } = this;
      if (step) {
        const inside = (value) => Math.max(1, Math.min(SIDE - 1, value));
        [pen.x, pen.y] = [inside(pen.x + step[0]), inside(pen.y + step[1])];
      } else {
        pen.down = !pen.down;
        this.said.textContent = pen.down ? "The pen is down." : "The pen is up.";
        if (pen.down) this.strokes.push([]);
      }
      if (pen.down) this.extendStroke([pen.x, pen.y]);
      else this.drawPaper();
    }

    clear() {
      this.strokes = [];
      this.pen.down = false;
      this.ask(null, false);
    }

    askUnseen() {
      const { validation } = this.digits;
      const number = this.unseen;
      this.unseen = (number + 1) % validation.labels.length;
      this.clear();
      const label = validation.labels[number];
      this.ask({ pixels: imageOf(validation, number), label, told: `validation digit number ${number}, ${aDigit(label)}` });
    }

    ask(asked, goThere = true) {
      this.asked = asked;
      if (asked?.label != null) this.strokes = [];
      this.drawReading();
      if (goThere) reveal(this.answer);
    }

    drawPaper() {
      const context = this.paper.getContext("2d");
      context.clearRect(0, 0, 280, 280);
      context.lineWidth = 28;
      context.lineCap = context.lineJoin = "round";
      for (const stroke of this.strokes) {
        context.beginPath();
        for (const [x, y] of [stroke[0], ...stroke]) context.lineTo(10 * x, 10 * y);
        context.stroke();
      }
      if (document.activeElement !== this.paper) return;
      context.lineWidth = 3;
      context.strokeStyle = this.pen.down ? "#D55E00" : "#4A90E8";
      context.beginPath();
      context.arc(10 * this.pen.x, 10 * this.pen.y, 16, 0, 2 * Math.PI);
      context.stroke();
      context.strokeStyle = "black";
    }

    drawReading() {
      this.drawPaper();
      drawDigit(this.seen, this.asked ? this.asked.pixels : new Uint8Array(PIXELS));
      if (!this.asked) {
        this.answer.replaceChildren();
        return;
      }
      const { scene, k } = this.run;
      const { pixels, label, told } = this.asked;
      const point = mnistKmeans.asPoints(1, PIXELS, pixels);
      const all = Array.from({ length: k }, (_, cluster) => ({
        cluster,
        overlap: mnistKmeans.overlap(point, 0, scene.centroids, cluster),
        price: mnistKmeans.price(point, scene.centroids, cluster),
      }));
      all.sort((a, b) => a.price - a.overlap - (b.price - b.overlap) || a.cluster - b.cluster);
      const heads = ["digit over centroid", "cluster", "squared distance", "overlap", "price", "price − overlap"];
      const rows = all.slice(0, 5).map(({ cluster, overlap, price }) => {
        const canvas = digitCanvas();
        drawOverlap(canvas, pixels, scene.centroids.subarray(cluster * PIXELS, (cluster + 1) * PIXELS));
        const numbers = [point.squares[0] - overlap + price, overlap, price, price - overlap];
        return element(
          "tr", {}, element("td", {}, canvas),
          element("th", { scope: "row" }, `${cluster}, ${calledOf(scene, cluster)}`),
          ...numbers.map((number) => element("td", {}, millions(number)))
        );
      });
      this.answer.replaceChildren(
        element("p", {}, element("b", {}, `${told[0].toUpperCase()}${told.slice(1)}: `), verdict(scene, all, label)),
        element(
          "div", { class: "live-wide", tabindex: 0, role: "group", "aria-label": "The nearest centroids" },
          element(
            "table", {},
            element("caption", {}, "The nearest centroids, in millions"),
            element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
            element("tbody", {}, ...rows)
          )
        ),
        element(
          "p", { class: "live-key" },
          ...[["both", "ink of both"], ["centroid", "of the centroid alone"], ["digit", "of the digit alone"]].map(
            ([kind, words]) => element("span", {}, element("i", { class: kind }), words)
          )
        ),
        element("p", {}, `Squared distance = squared length of the digit − overlap + price. The squared length, ${millions(point.squares[0])}, is the same for all centroids. So the lowest price minus overlap wins.`)
      );
    }
  }

  // Who is nearest, whether that is right, and what made the difference to the next of another name.
  function verdict(scene, all, label) {
    const [winner] = all;
    if (!scene.names) return `The nearest is centroid ${winner.cluster}. It has no name before digits are assigned to it.`;
    const name = scene.names[winner.cluster];
    const said = `The nearest is centroid ${winner.cluster}, ${calledOf(scene, winner.cluster)}.`;
    const right = label === null ? "" : name === label ? " That is right." : " That is wrong.";
    const rival = all.find(({ cluster }) => scene.names[cluster] !== name);
    if (!rival) return said + right;
    const [more, dearer] = [winner.overlap - rival.overlap, winner.price - rival.price];
    const by = (what, difference) =>
      `its ${what} is ${millions(Math.abs(difference))} million ${difference > 0 ? "higher" : "lower"}`;
    const link = more > 0 === dearer > 0 ? "although" : "and";
    const reasons = more > 0 ? `${by("overlap", more)}, ${link} ${by("price", dearer)}` : `${by("price", dearer)}, ${link} ${by("overlap", more)}`;
    return `${said}${right} It wins over centroid ${rival.cluster}, ${calledOf(scene, rival.cluster)}: ${reasons}.`;
  }

  // Where a pointer is on the paper, in pixels of a digit.
  function placeOf(event) {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    return [(SIDE * (event.clientX - left)) / width, (SIDE * (event.clientY - top)) / height];
  }

  // Bring what has changed before the reader, and the focus with it.
  function reveal(part) {
    part.focus({ preventScroll: true });
    part.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
  }

  // ---- On this page ----

  async function begin(root) {
    root.classList.add("playing");
    const parts = await digitsOf(root);
    if (parts) new Playground(root, parts);
  }

  for (const root of document.querySelectorAll(".live-digits")) {
    if (!("wait" in root.dataset)) {
      begin(root);
      continue;
    }
    const button = element(
      "button", { type: "button", class: "live-begin", click: () => { button.remove(); begin(root); } },
      "Play with 3,000 digits (loads 0.9 MB)"
    );
    root.append(button);
  }
})();
