// k-means in the plane, to play with: fills each <div class="live-plane"> of a page. What stands in it before is
// for readers without scripts, and so is what the selector in data-instead finds. On its own page the address
// says how it begins, as in plane.html?shape=four&k=4&seed=1&start=random; in a chapter data-shape, data-k,
// data-seed and data-start do, and data-says tells what to try.
//
// All that is to be seen follows from one state, and a state is never changed: each press makes a new one.
// So going back is easy, and gives exactly what was there.
//
//   points         asPoints(n, 2, values)
//   groups         of the shape, one for each of its points; null where there are none
//   centroids, assignments      as in kmeans.js; assignments are null before the first step
//   changes        [point, cluster before, cluster now] of all points that have just changed, -1 for none
//   kind           "start", "assign", "update" or "by hand": what has led here
//   next           "assign", "update", or null at the end
//   iteration      1, 2, 3 ...; 0 at the start
//   path           [{kind, inertia}] of all steps from the start
//   placed         the centroids from which all follows, where a hand was in it; null after a drawn start

"use strict";

(function () {
  const { asPoints, firstCentroids, assign, update, inertia, digest, cells, shapes } = mnistKmeans;
  const LARGEST_K = 16;
  const PAUSE = 900; // milliseconds between two steps of a run
  const SEEDS = 20; // that are tried for the lowest inertia, each with both starts
  const FAR_ABOVE = 1.1; // times the lowest inertia known: a bad optimum
  const SIZE = { side: 420, left: 62, bottom: 42, right: 22 };
  const [WIDE, HIGH] = [SIZE.left + SIZE.side + SIZE.right, SIZE.side + SIZE.bottom];
  const CURVE = { width: 330, height: 140, left: 24 };

  const whole = (number) => Math.round(number).toLocaleString("en");
  const placeOf = (state, cluster) => cells.placeOf(state.centroids, cluster);
  const kOf = (state) => state.centroids.length / 2;
  const several = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;

  // ---- States ----

  function startOf(points, groups, { k, seed, start }) {
    return {
      points,
      groups,
      centroids: firstCentroids(points, k, seed, start),
      assignments: null,
      changes: [],
      kind: "start",
      next: "assign",
      iteration: 0,
      path: [],
      placed: null,
    };
  }

  function stepFrom(state) {
    const { points, centroids, assignments } = state;
    if (state.next === "assign") {
      return { ...assigned(state, "assign"), iteration: state.iteration + 1 };
    }
    const moved = update(points, assignments, centroids);
    const same = moved.every((value, at) => value === centroids[at]);
    return along({
      ...state,
      centroids: moved,
      changes: [],
      kind: "update",
      next: same ? null : "assign",
    });
  }

  // Each point at its nearest centroid.
  function assigned(state, kind) {
    const assignments = assign(state.points, state.centroids);
    const before = state.assignments || [];
    const changes = [...assignments].flatMap((now, point) =>
      before[point] === now ? [] : [[point, before[point] ?? -1, now]],
    );
    return along({ ...state, assignments, changes, kind, next: "update" });
  }

  // With the inertia of this state at the end of its path.
  function along(state) {
    const value = inertia(state.points, state.assignments, state.centroids);
    return { ...state, path: [...state.path, { kind: state.kind, inertia: value }] };
  }

  // With a centroid put elsewhere by hand: the points follow at once.
  function carried(state, cluster, place) {
    const centroids = state.centroids.slice();
    centroids.set(place, 2 * cluster);
    const next = { ...state, centroids, placed: centroids };
    return state.assignments ? assigned(next, "by hand") : next;
  }

  function withPoint(state, place) {
    const values = [...state.points.values, ...place];
    const points = asPoints(state.points.n + 1, 2, values);
    const grown = { ...state, points, groups: null, placed: state.centroids };
    return state.assignments ? assigned(grown, "by hand") : grown;
  }

  function countsOf({ assignments, centroids }) {
    const counts = new Array(centroids.length / 2).fill(0);
    for (const cluster of assignments) counts[cluster] += 1;
    return counts;
  }

  // The numbers, from 1 on, of centroids without points.
  function emptyOf(state) {
    return countsOf(state).flatMap((count, cluster) => (count === 0 ? [cluster + 1] : []));
  }

  // ---- The task: a bad optimum ----

  // The end of a run, without its steps.
  function endOf(points, centroids) {
    while (true) {
      const assignments = assign(points, centroids);
      const moved = update(points, assignments, centroids);
      if (moved.every((value, at) => value === centroids[at])) {
        return inertia(points, assignments, centroids);
      }
      centroids = moved;
    }
  }

  // How low many starts get: {best, bad: how many of them end far above, starts}.
  function knownEnds(points, k) {
    const ends = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      for (const start of ["random", "k-means++"]) {
        ends.push(endOf(points, firstCentroids(points, k, seed, start)));
      }
    }
    const best = Math.min(...ends);
    return { best, bad: ends.filter((end) => end > FAR_ABOVE * best).length, starts: ends.length };
  }

  // Two centroids in one group and one for two groups: {crowd, alone, most, end}, the numbers of the
  // centroids, and the inertia when one of the crowd is carried over: the highest on the way, and the last.
  function whyStuck(state) {
    const { points, groups, assignments } = state;
    if (!groups) return null;
    const k = kOf(state);
    const count = Array.from({ length: k }, () => new Array(Math.max(...groups) + 1).fill(0));
    groups.forEach((group, point) => (count[assignments[point]][group] += 1));
    const homes = count.map((row) => row.indexOf(Math.max(...row))); // the group that each lives in
    const lonely = count[0].findIndex((_, group) => !homes.includes(group));
    const crowd = homes.flatMap((home, cluster) =>
      homes.indexOf(home) !== homes.lastIndexOf(home) ? [cluster] : [],
    );
    if (lonely < 0 || crowd.length === 0) return null;
    const pair = crowd.filter((cluster) => homes[cluster] === homes[crowd[0]]).slice(0, 2);
    const shares = count.map((row) => row[lonely]);
    const alone = shares.indexOf(Math.max(...shares));

    const members = groups.flatMap((group, point) => (group === lonely ? [point] : []));
    const target = [0, 1].map((axis) => {
      const sum = members.reduce((total, point) => total + points.values[2 * point + axis], 0);
      return Math.round(sum / members.length);
    });
    const from = placeOf(state, pair[1]);
    const way = Array.from({ length: 101 }, (_, percent) => {
      const place = from.map((value, axis) =>
        Math.round(value + (percent / 100) * (target[axis] - value)),
      );
      const centroids = state.centroids.slice();
      centroids.set(place, 2 * pair[1]);
      return inertia(points, assign(points, centroids), centroids);
    });
    return { crowd: pair, alone, most: Math.max(...way), end: way[100] };
  }

  // Whether each cluster is one group of the shape, the whole of it.
  function areTrueGroups({ groups, assignments }) {
    if (!groups) return false;
    const pairs = new Set(groups.map((group, point) => `${group} ${assignments[point]}`));
    return pairs.size === new Set(groups).size && pairs.size === new Set(assignments).size;
  }

  // What the page says about an end that is reached.
  function verdict(state, { best }) {
    const own = state.path.at(-1).inertia;
    const above = `${((own / best - 1) * 100).toFixed(1)} %`;
    if (own <= best) return { solved: false, text: "Your run ended as low as any start that we know." };
    if (own < FAR_ABOVE * best) {
      const text = `Your run ended ${above} above the lowest inertia: another optimum, but hardly a bad one.`;
      return { solved: false, text };
    }
    let text =
      `You found a bad optimum! Its inertia is ${above} above the lowest. Still nothing moves: ` +
      "each point is with its nearest centroid, and each centroid is the mean of its points.";
    const empty = emptyOf(state);
    const stuck = whyStuck(state);
    if (empty.length > 0) {
      text += ` Centroid ${empty.join(", ")} has no points at all, and so nothing ever moves it.`;
    } else if (areTrueGroups(state)) {
      text += " These are the groups that the points were drawn in: k\u2011means likes others better.";
    } else if (stuck) {
      const [one, other] = stuck.crowd.map((cluster) => cluster + 1);
      text += ` Centroids ${one} and ${other} share one group, and centroid ${stuck.alone + 1} serves two.`;
      if (stuck.most > own && stuck.end < own) {
        text +=
          ` Drag centroid ${other} over to one of these two: on the way the inertia rises from ` +
          `${whole(own)} to ${whole(stuck.most)}, before it falls to ${whole(stuck.end)}. ` +
          "Neither step can climb this hill, as each only goes downhill.";
      }
    } else {
      text += " Neither step goes uphill, so the run cannot leave it, though a lower end exists.";
    }
    return { solved: true, text };
  }

  // ---- The same in Python ----

  // Lines of Python whose run ends with the same bits. A start that is placed is told number by number.
  function python({ points, centroids, placed }, { seed, start }) {
    const array = (numbers) => `np.array([${[...numbers].join(", ")}]).reshape(-1, 2)`;
    const drawn = `seed=${seed}${start === "random" ? "" : `, init="${start}"`}`;
    return [
      "import numpy as np",
      "from mnist_kmeans import kmeans\n",
      `points = ${array(points.values)}`,
      ...(placed ? [`placed = ${array(placed)}`] : []),
      `print(kmeans(points, ${centroids.length / 2}, ${placed ? "init=placed" : drawn}).digest)`,
    ].join("\n");
  }

  // ---- The words for a state ----

  function told(state) {
    const { kind, iteration, next, changes, path } = state;
    const value = path.length > 0 ? ` Inertia ${whole(path.at(-1).inertia)}.` : "";
    if (kind === "start") {
      return "Start: the first centroids. Next comes assign: each point goes to the nearest centroid.";
    }
    if (kind === "by hand") {
      return `By hand: ${several(changes.length, "point")} changed to the nearest centroid.${value}`;
    }
    if (kind === "assign") {
      return (
        `Iteration ${iteration}, assign: ${several(changes.length, "point")} changed ` +
        `to the nearest centroid.${value}`
      );
    }
    const empty = emptyOf(state);
    const stays = empty.length > 0 ? ` Centroid ${empty.join(", ")} has no points and stays.` : "";
    const words = next
      ? "each centroid went to the mean of its points."
      : "no centroid moves any more. This is the end.";
    return `Iteration ${iteration}, update: ${words}${stays}${value}`;
  }

  function describe(state) {
    const places = Array.from({ length: kOf(state) }, (_, cluster) => {
      const [x, y] = placeOf(state, cluster).map(whole);
      return `${cluster + 1} at ${x}, ${y}`;
    });
    const sizes = state.assignments ? ` with ${countsOf(state).join(", ")} points` : "";
    return (
      `${state.points.n} points in the plane and the cells of ${several(kOf(state), "centroid")}: ` +
      `${places.join("; ")}${sizes}.`
    );
  }

  // ---- The page ----

  function controls(choices) {
    const options = Object.entries(shapes).map(
      ([name, { title }]) =>
        `<option value="${name}"${name === choices.shape ? " selected" : ""}>${title}</option>`,
    );
    const picked = (start) => (start === choices.start ? " selected" : "");
    return `
      <div class="choices">
        <label>Points <select name="shape">${options.join("")}</select></label>
        <label>k <input name="k" type="number" min="1" max="${LARGEST_K}" value="${choices.k}"></label>
        <label>Start <select name="start">
          <option${picked("random")}>random</option><option${picked("k-means++")}>k-means++</option>
        </select></label>
        <label>Seed <input name="seed" type="number" min="0" value="${choices.seed}"></label>
      </div>
      <p class="says"></p>`;
  }

  const STAGE = `
    <div class="stage">
      <svg viewBox="0 0 ${WIDE} ${HIGH}" role="img"></svg>
      <button type="button" class="adder">+</button>
    </div>
    <div class="panel">
      <div class="buttons" role="group" aria-label="Steps">
        <button type="button" class="step"></button>
        <button type="button" class="run">Run</button>
        <button type="button" class="back">Back</button>
        <button type="button" class="reset">Reset</button>
      </div>
      <p class="told"></p>
      <p class="spoken" role="status"></p>
      <div class="chart">
        <svg class="curve" viewBox="0 0 ${CURVE.width} ${CURVE.height}" role="img"></svg>
        <p class="how">The inertia after each step: <b aria-hidden="true">●</b> assign,
          <b aria-hidden="true">■</b> update, <b aria-hidden="true">✚</b> by hand; dashed: the lowest known
        </p>
      </div>
    </div>`;

  const TASK = `
    <section class="task" aria-label="Task: find a bad optimum">
      <p class="title">Task: find a bad optimum</p>
      <p class="known"></p>
      <p class="verdict" role="status"></p>
    </section>`;

  const BITS = `
    <section class="bits" aria-label="The same in Python">
      <p class="digest"></p>
      <details hidden>
        <summary>The lines of Python that print the same digest</summary>
        <p class="how">They bring the points of this page with them, number by number.</p>
        <pre tabindex="0"></pre>
      </details>
    </section>`;

  const HOW = `<p class="how">Drag a centroid. Press anywhere to add a point. With the keyboard: Tab to a
    centroid, or to the +; the arrow keys move it, with Shift by more; Enter at the + adds a point.</p>`;

  function plane(element) {
    const embedded = "shape" in element.dataset; // in a chapter, where the text says what to look at
    const asked = new URLSearchParams(window.location.search);
    const wish = embedded ? element.dataset : Object.fromEntries(asked);
    const wholeFrom = (low, high, text, otherwise) => {
      const number = Math.floor(Number(text));
      return text && Number.isFinite(number) ? Math.min(Math.max(number, low), high) : otherwise;
    };
    const shape = Object.hasOwn(shapes, wish.shape) ? wish.shape : "four";
    const choices = {
      shape,
      k: wholeFrom(1, LARGEST_K, wish.k, shapes[shape].k),
      start: wish.start === "k-means++" ? "k-means++" : "random",
      seed: wholeFrom(0, Number.MAX_SAFE_INTEGER, wish.seed, 0),
    };
    element.innerHTML = embedded
      ? `<p class="says"></p><div class="both">${STAGE}</div>${HOW}
        <p class="how"><a href="plane.html">More points and starts to play with</a></p>`
      : `${controls(choices)}<div class="both">${STAGE}</div>${HOW}${TASK}${BITS}`;
    element.classList.add("alive");
    if (element.dataset.instead) {
      document.querySelector(element.dataset.instead).classList.add("plane-on-paper");
    }
    const find = (selector) => element.querySelector(selector);
    const [stage, drawing, adder] = [find(".stage"), find(".stage svg"), find(".adder")];
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

    let world, frame, state, past, timer, known, pending;

    // -- from a state to what is to be seen

    // A place of the plane as percentages of the stage, and back.
    function onStage([x, y]) {
      const { left, right, bottom, top } = frame.box;
      return [
        (100 * (SIZE.left + ((x - left) / (right - left)) * SIZE.side)) / WIDE,
        (100 * (SIZE.side - ((y - bottom) / (top - bottom)) * SIZE.side)) / HIGH,
      ];
    }
    function inPlane(event) {
      const rect = drawing.getBoundingClientRect();
      const { left, right, bottom, top } = frame.box;
      const across = (((event.clientX - rect.left) / rect.width) * WIDE - SIZE.left) / SIZE.side;
      const up = 1 - (((event.clientY - rect.top) / rect.height) * HIGH) / SIZE.side;
      return [left + across * (right - left), bottom + up * (top - bottom)];
    }
    // Whole, within the box, and for a centroid within the range that keeps the sums exact.
    function within([x, y], least = -Infinity, most = Infinity) {
      const { left, right, bottom, top } = frame.box;
      const clamp = (value, low, high) =>
        Math.round(Math.min(Math.max(value, low, least), high, most));
      return [clamp(x, left, right), clamp(y, bottom, top)];
    }

    function put(button, place) {
      const [x, y] = onStage(place);
      button.style.left = `${x}%`;
      button.style.top = `${y}%`;
    }

    function show() {
      drawing.innerHTML = cells.picture(state, frame, SIZE);
      drawing.setAttribute("aria-label", describe(state));
      for (let cluster = 0; cluster < kOf(state); cluster++) {
        const button = buttonOf(cluster);
        put(button, placeOf(state, cluster));
        const [x, y] = placeOf(state, cluster).map(whole);
        button.setAttribute("aria-label", `Centroid ${cluster + 1} at ${x}, ${y}`);
      }
      for (const extra of [...stage.querySelectorAll(".centroid")].slice(kOf(state))) extra.remove();
      find(".step").textContent = state.next ? `Step: ${state.next}` : "Step: the end";
      find(".step").setAttribute("aria-disabled", state.next === null);
      find(".run").textContent = timer ? "Pause" : "Run";
      find(".run").setAttribute("aria-disabled", state.next === null);
      find(".back").setAttribute("aria-disabled", past.length === 0);
      find(".told").textContent = told(state);
      const chart = find(".curve");
      chart.innerHTML = state.path.length > 0 ? cells.curve(state.path, known?.best, CURVE) : "";
      const ends = state.path.map((step) => whole(step.inertia));
      chart.setAttribute(
        "aria-label",
        ends.length > 0 ? `Inertia after each step: ${ends.join("; ")}` : "Inertia: no step yet",
      );
      if (embedded) return;
      showTask();
      showBits();
    }

    function showBits() {
      const over = state.next === null;
      find(".bits details").hidden = !over;
      find(".bits pre").textContent = over ? python(state, choices) : "";
      if (!over) {
        find(".digest").textContent =
          "When the run is over, its digest stands here: one line that changes when a single bit does.";
        return;
      }
      const { centroids, assignments, path } = state;
      const line = document.createElement("code");
      line.textContent = digest({ centroids, assignments, inertia: path.at(-1).inertia });
      find(".digest").replaceChildren("The digest of this run: ", line);
    }

    function showTask() {
      const k = kOf(state);
      find(".known").textContent = known
        ? `For these points and k = ${k} the lowest inertia we know is ${whole(known.best)}. Of ` +
          `${known.starts} starts (seeds 0 to ${SEEDS - 1}, random and k\u2011means++), ${known.bad || "none"} ended ` +
          "more than a tenth above it. Can you make a run end so? Try seeds, or put the centroids where you like."
        : "Looking for the lowest inertia …";
      const ended = state.next === null && known ? verdict(state, known) : { solved: false, text: "" };
      if (find(".verdict").textContent !== ended.text) find(".verdict").textContent = ended.text;
      find(".task").classList.toggle("solved", ended.solved);
    }

    const speak = (text) => (find(".spoken").textContent = text);

    // -- what readers do

    function go(next) {
      past.push(state);
      state = next;
      show();
    }

    // Put a centroid elsewhere; a way by hand is one thing to go back over, however many moves it has.
    let hand = null;
    function carry(cluster, place) {
      const { low, high } = state.points;
      const next = carried(hand?.cluster === cluster ? hand.from : state, cluster, within(place, low, high));
      if (hand?.cluster === cluster) {
        state = next;
        show();
      } else {
        hand = { cluster, from: state };
        go(next);
      }
    }

    function add(place) {
      halt();
      const here = within(place);
      const next = withPoint(state, here);
      known = null;
      go(next);
      speak(`Point added at ${here.map(whole).join(", ")}. ${told(state)}`);
      lookForBest();
    }

    function step() {
      if (state.next === null) return;
      hand = null;
      go(stepFrom(state));
    }

    function halt() {
      clearInterval(timer);
      timer = null;
      hand = null;
    }

    function run() {
      if (timer) {
        halt();
        show();
        return;
      }
      if (state.next === null) return;
      const onward = () => {
        step();
        if (state.next !== null) return;
        halt();
        show();
        speak(told(state));
      };
      if (calm.matches) {
        while (state.next !== null) onward();
        return;
      }
      timer = setInterval(onward, PAUSE);
      onward();
    }

    function begin() {
      halt();
      world = shapes[choices.shape];
      const { values, groups } = world.make();
      frame = { box: cells.boxAround(values, world.ownUnits), axes: world.axes || ["x", "y"] };
      const size = values.length / 2;
      start(asPoints(size, 2, values), groups);
      find(".says").textContent = embedded ? element.dataset.says : world.says;
      adderAt = [frame.box.left + frame.box.right, frame.box.bottom + frame.box.top].map((sum) =>
        Math.round(sum / 2),
      );
      moveAdder(adderAt);
    }

    function start(points, groups) {
      halt();
      past = [];
      state = startOf(points, groups, { ...choices, k: Math.min(choices.k, points.n) });
      known = null;
      show();
      lookForBest();
    }

    // After what has been pressed is shown: it takes a tenth of a second.
    function lookForBest() {
      clearTimeout(pending);
      pending = setTimeout(() => {
        known = knownEnds(state.points, kOf(state));
        show();
      }, 50);
    }

    function buttonOf(cluster) {
      const there = stage.querySelectorAll(".centroid")[cluster];
      if (there) return there;
      const button = document.createElement("button");
      button.type = "button";
      button.className = `centroid colour-${cluster % 6}`;
      button.textContent = cluster + 1;
      button.addEventListener("pointerdown", (event) => {
        halt();
        button.setPointerCapture(event.pointerId);
      });
      button.addEventListener("pointermove", (event) => {
        if (button.hasPointerCapture(event.pointerId)) carry(cluster, inPlane(event));
      });
      button.addEventListener("pointerup", () => hand && speak(told(state)));
      button.addEventListener("keydown", (event) => {
        const way = wayOf(event);
        if (!way) return;
        event.preventDefault();
        if (hand?.cluster !== cluster) halt();
        const [x, y] = placeOf(state, cluster);
        carry(cluster, [x + way[0], y + way[1]]);
      });
      button.addEventListener("keyup", (event) => {
        if (!event.key.startsWith("Arrow")) return;
        speak(`${button.getAttribute("aria-label")}. ${told(state)}`);
      });
      adder.before(button);
      return button;
    }

    // Where an arrow key leads: a fiftieth of the box, with Shift a tenth; null for other keys.
    function wayOf({ key, shiftKey }) {
      const signs = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[key];
      if (!signs) return null;
      const { left, right, bottom, top } = frame.box;
      const part = shiftKey ? 10 : 50;
      return [
        signs[0] * Math.ceil((right - left) / part),
        signs[1] * Math.ceil((top - bottom) / part),
      ];
    }

    let adderAt;
    function moveAdder(place) {
      adderAt = within(place);
      put(adder, adderAt);
      const where = adderAt.map(whole).join(", ");
      adder.setAttribute("aria-label", `New point at ${where}: arrow keys move it, Enter adds it`);
    }
    adder.addEventListener("keydown", (event) => {
      const way = wayOf(event);
      if (!way) return;
      event.preventDefault();
      moveAdder([adderAt[0] + way[0], adderAt[1] + way[1]]);
    });
    adder.addEventListener("keyup", (event) => {
      if (event.key.startsWith("Arrow")) speak(`New point at ${adderAt.map(whole).join(", ")}`);
    });
    adder.addEventListener("click", () => add(adderAt));

    drawing.addEventListener("click", (event) => add(inPlane(event)));
    find(".step").addEventListener("click", () => {
      halt();
      step();
      speak(told(state));
    });
    find(".run").addEventListener("click", run);
    find(".back").addEventListener("click", () => {
      halt();
      if (past.length === 0) return;
      const grown = past.at(-1).points !== state.points;
      state = past.pop();
      if (grown) known = null;
      show();
      speak(`Back. ${told(state)}`);
      if (grown) lookForBest();
    });
    find(".reset").addEventListener("click", () => {
      begin();
      speak(told(state));
    });
    if (!embedded) {
      find("[name=shape]").addEventListener("change", (event) => {
        choices.shape = event.target.value;
        choices.k = shapes[choices.shape].k;
        find("[name=k]").value = choices.k;
        begin();
      });
      for (const name of ["k", "seed", "start"]) {
        find(`[name=${name}]`).addEventListener("change", ({ target }) => {
          if (name === "start") choices.start = target.value;
          if (name === "k") choices.k = wholeFrom(1, LARGEST_K, target.value, choices.k);
          if (name === "seed") {
            choices.seed = wholeFrom(0, Number.MAX_SAFE_INTEGER, target.value, choices.seed);
          }
          target.value = choices[name];
          start(state.points, state.groups);
        });
      }
    }
    begin();
    return {
      get state() {
        return state;
      },
      get box() {
        return frame.box;
      },
    };
  }

  document.addEventListener("DOMContentLoaded", () => {
    mnistKmeans.planes = [...document.querySelectorAll(".live-plane")].map(plane);
  });
})();
