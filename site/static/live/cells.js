// Points, cells and centroids in the plane, drawn as SVG. What is nearest to a centroid is its cell: of the
// whole box, cut along the bisector to each other centroid, the part on its own side.

"use strict";

(function () {
  // discs, squares, triangles, diamonds, triangles upside down, stars, crosses: as in plots/look.py
  const MARKERS = [
    "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "m-4-4h8v8h-8z",
    "m0-5.5 5 9.5h-10z",
    "m0-6 5 6-5 6-5-6z",
    "m0 5.5 5-9.5h-10z",
    "m0-6 1.6 4.1 4.4.3-3.4 2.8 1.1 4.3-3.7-2.4-3.7 2.4 1.1-4.3-3.4-2.8 4.4-.3z",
    "m-1.7-5.5h3.4v3.8h3.8v3.4h-3.8v3.8h-3.4v-3.8h-3.8v-3.4h3.8z",
  ];
  const UNASSIGNED = MARKERS[0];

  // The cell of a centroid as a list of corners; of two centroids in one place the lower has it all.
  function cell(centroids, cluster, { left, right, bottom, top }) {
    const [x, y] = placeOf(centroids, cluster);
    let corners = [
      [left, bottom],
      [right, bottom],
      [right, top],
      [left, top],
    ];
    for (let other = 0; 2 * other < centroids.length; other++) {
      const [u, v] = placeOf(centroids, other);
      if (u === x && v === y) {
        if (other < cluster) return [];
        continue;
      }
      // Twice how far a place lies beyond the bisector, times the way between the two
      const beyond = ([p, q]) => (u - x) * (2 * p - u - x) + (v - y) * (2 * q - v - y);
      corners = cut(corners, beyond);
    }
    return corners;
  }

  // What is left of a polygon where `beyond` is not above 0.
  function cut(corners, beyond) {
    return corners.flatMap((corner, at) => {
      const next = corners[(at + 1) % corners.length];
      const [here, there] = [beyond(corner), beyond(next)];
      const kept = here <= 0 ? [corner] : [];
      if (here * there < 0) {
        const share = here / (here - there);
        kept.push([0, 1].map((axis) => corner[axis] + share * (next[axis] - corner[axis])));
      }
      return kept;
    });
  }

  function placeOf(values, row) {
    return [values[2 * row], values[2 * row + 1]];
  }

  // A box around the points, with some room. Unless the axes have units of their own, it is a square: then
  // one unit is equally long on both.
  function boxAround(values, ownUnits) {
    const ends = [0, 1].map((axis) => {
      const along = values.filter((_, place) => place % 2 === axis);
      return [Math.min(...along), Math.max(...along)];
    });
    const reach = ends.map(([low, high]) => high - low);
    const widths = (ownUnits ? reach : [Math.max(...reach), Math.max(...reach)]).map(
      (width) => Math.ceil(0.56 * width),
    );
    const [[left, right], [bottom, top]] = ends.map(([low, high], axis) => {
      const middle = Math.round((low + high) / 2);
      return [middle - widths[axis], middle + widths[axis]];
    });
    return { left, right, bottom, top };
  }

  // Some round numbers between two.
  function ticks(low, high) {
    const rough = (high - low) / 5;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    const found = [];
    for (let times = Math.ceil(low / step); times * step <= high; times++) found.push(times * step + 0);
    return found;
  }

  // A state of the plane as SVG: {points, centroids, assignments, changes} in a box.
  function picture({ points, centroids, assignments, changes }, { box, axes }, size) {
    const { side, left, bottom } = size;
    const x = (value) => left + ((value - box.left) / (box.right - box.left)) * side;
    const y = (value) => side - ((value - box.bottom) / (box.top - box.bottom)) * side;
    const label = (value) => value.toLocaleString("en").replace("-", "\u2212"); // a minus, no hyphen
    const at = ([p, q]) => `${x(p).toFixed(1)} ${y(q).toFixed(1)}`;
    const parts = [];

    for (let cluster = 0; 2 * cluster < centroids.length; cluster++) {
      const corners = cell(centroids, cluster, box);
      if (corners.length === 0) continue;
      parts.push(`<path class="cell colour-${cluster % 6}" d="M${corners.map(at).join("L")}Z"/>`);
    }
    for (const value of ticks(box.left, box.right)) {
      parts.push(`<path class="axis" d="M${x(value)} ${side}v5"/>`);
      parts.push(`<text x="${x(value)}" y="${side + 20}">${label(value)}</text>`);
    }
    for (const value of ticks(box.bottom, box.top)) {
      parts.push(`<path class="axis" d="M${left} ${y(value)}h-5"/>`);
      parts.push(`<text class="end" x="${left - 8}" y="${y(value) + 5}">${label(value)}</text>`);
    }
    parts.push(`<path class="axis" d="M${left} 0V${side}H${left + side}"/>`);
    parts.push(`<text x="${left + side / 2}" y="${side + bottom - 4}">${axes[0]}</text>`);
    const middle = `translate(14 ${side / 2}) rotate(-90)`;
    parts.push(`<g transform="${middle}"><text>${axes[1]}</text></g>`);

    for (const [point, from, to] of changes) {
      const place = at(placeOf(points.values, point));
      if (from >= 0) {
        parts.push(`<path class="from" d="M${place}L${at(placeOf(centroids, from))}"/>`);
      }
      const line = `M${place}L${at(placeOf(centroids, to))}`;
      parts.push(`<path class="to colour-${to % 6}" d="${line}"/>`);
    }
    const drawn = new Map(); // of each cluster, the path of its markers
    for (let point = 0; point < points.n; point++) {
      const cluster = assignments ? assignments[point] : -1;
      const marker = cluster < 0 ? UNASSIGNED : MARKERS[cluster % MARKERS.length];
      const place = `M${at(placeOf(points.values, point))}${marker}`;
      drawn.set(cluster, (drawn.get(cluster) || "") + place);
    }
    for (const [cluster, path] of drawn) {
      const colour = cluster < 0 ? "unassigned" : `colour-${cluster % 6}`;
      parts.push(`<path class="point ${colour}" d="${path}"/>`);
    }
    return parts.join("");
  }

  // The inertia of each step as a curve; `best`, the lowest one known, as a dashed line.
  function curve(steps, best, { width, height, left }) {
    const most = Math.max(...steps.map((step) => step.inertia), best || 0) || 1;
    const across = (width - left - 12) / Math.max(steps.length - 1, 8);
    const x = (step) => left + 4 + step * across;
    const y = (value) => height - 24 - (value / most) * (height - 40);
    const parts = [`<path class="axis" d="M${left} 8V${height - 24}H${width}"/>`];
    parts.push(`<text class="end" x="${left - 6}" y="${y(0) + 5}">0</text>`);
    parts.push(`<text x="${(left + width) / 2}" y="${height - 4}">steps</text>`);
    if (best) parts.push(`<path class="best" d="M${left} ${y(best)}H${width}"/>`);
    const places = steps.map(({ inertia }, step) => `${x(step).toFixed(1)} ${y(inertia).toFixed(1)}`);
    if (places.length > 1) parts.push(`<path class="curve" d="M${places.join("L")}"/>`);
    const marker = { assign: MARKERS[0], update: MARKERS[1], "by hand": MARKERS[6] };
    steps.forEach(({ kind }, step) => {
      parts.push(`<path class="mark" d="M${places[step]}${marker[kind]}"/>`);
    });
    return parts.join("");
  }

  mnistKmeans.cells = { cell, placeOf, boxAround, picture, curve };
})();
