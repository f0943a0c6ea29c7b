// k-means with the same bits as the Python package mnist_kmeans, under the same names. No page is needed:
// in Node, `require("./kmeans.js")` gives what a page has as `mnistKmeans`.
//
//   points = asPoints(n, d, values)       n rows of d whole numbers, row by row in one array
//   centroids                             Float64Array of k * d numbers, row by row
//   assignments                           Int32Array of n numbers 0 .. k-1
//
//   randomCentroids(points, k, seed)      k different points
//   plusPlusCentroids(points, k, seed)    k points drawn far from each other
//   firstCentroids(points, k, seed, init) one of these two, or `init` itself: places, put on the grid
//   assign(points, centroids)             the nearest centroid of each point; the lowest wins a tie
//   update(points, assignments, centroids)  the means; an empty cluster keeps its centroid
//   inertia(points, assignments, centroids) the sum of the squared distances, rounded once
//   steps(points, centroids)              one step at a time, until no centroid moves:
//       for (const step of steps(points, centroids)) ...
//       step.kind       "assign" or "update"
//       step.iteration  1, 2, 3 ...
//       step.centroids, step.assignments    after this step; later steps leave them as they are
//       step.inertia    of these centroids and assignments
//       step.moved      after an update, whether a centroid moved; it is the last step if none did
//   lloyd(points, centroids)              all steps: {assignments, centroids, inertia, history, iterations}
//   digest(clustering)                    the SHA-256 of Clustering.digest, in hex
//   kmeans({k, seed, init, points})       a promise of a whole run and its digest; without `points`, of
//                                         those that the page plays with: mnistKmeans.points
//   generator(seed), below(total, stream), draw(weights, stream)   as in mnist_kmeans/basics/chance.py
//
// What cannot be done raises a RangeError with one line that a reader understands.

"use strict";

(function () {
  const BITS_32 = 0xffffffffn;
  const BITS_64 = 2n ** 64n - 1n;
  const BITS_128 = 2n ** 128n - 1n;

  // ---- Chance: the raw numbers of numpy.random.PCG64(seed) ----

  // NumPy's SeedSequence: a seed of any size becomes 128 well mixed bits, and these as many as wanted.
  function seedWords(seed, count) {
    let constant = 0x43b0d7e5;
    const hash = (word) => {
      word ^= constant;
      constant = Math.imul(constant, 0x931e8875);
      word = Math.imul(word, constant);
      return word ^ (word >>> 16);
    };
    const mix = (a, b) => {
      const mixed = Math.imul(0xca01f9dd, a) - Math.imul(0x4973f715, b);
      return mixed ^ (mixed >>> 16);
    };
    const entropy = [];
    for (let rest = seed; rest > 0n; rest >>= 32n) entropy.push(Number(rest & BITS_32));
    const pool = [0, 1, 2, 3].map((place) => hash(entropy[place] || 0));
    for (let from = 0; from < 4; from++) {
      for (let to = 0; to < 4; to++) {
        if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
      }
    }
    for (const word of entropy.slice(4)) {
      for (let to = 0; to < 4; to++) pool[to] = mix(pool[to], hash(word));
    }
    constant = 0x8b51f9dd;
    return Array.from({ length: count }, (_, place) => {
      let word = pool[place % 4] ^ constant;
      constant = Math.imul(constant, 0x58f38ded);
      word = Math.imul(word, constant);
      return BigInt((word ^ (word >>> 16)) >>> 0);
    });
  }

  // The stream of this seed: a function that returns the next raw number, a BigInt of 64 bits.
  function generator(seed) {
    if ((typeof seed !== "bigint" && !Number.isSafeInteger(seed)) || seed < 0) {
      throw new RangeError("The seed must be a whole number from 0 up.");
    }
    const words = seedWords(BigInt(seed), 8);
    const number = (first) =>
      (words[first + 1] << 96n) | (words[first] << 64n) | (words[first + 3] << 32n) | words[first + 2];
    const increment = ((number(4) << 1n) | 1n) & BITS_128;
    const next = (state) => (state * 0x2360ed051fc65da44385df649fccf645n + increment) & BITS_128;
    let state = next(next(0n) + number(0));
    return () => {
      state = next(state);
      const folded = (state >> 64n) ^ (state & BITS_64);
      const turn = state >> 122n;
      return ((folded >> turn) | (folded << (64n - turn))) & BITS_64;
    };
  }

  // A random whole number from 0 to total - 1.
  function below(total, stream) {
    const wide = BigInt(total);
    const unbiased = 2n ** 64n - (2n ** 64n % wide); // past the last whole multiple, draw again
    let raw;
    do raw = stream();
    while (raw >= unbiased);
    return Number(raw % wide);
  }

  // An index, drawn with probability proportional to its weight; weights are whole numbers.
  function draw(weights, stream) {
    const threshold = below(weights.reduce((sum, weight) => sum + weight, 0), stream);
    let reached = 0;
    return weights.findIndex((weight) => (reached += weight) > threshold);
  }

  // ---- The grid on which nothing is rounded (mnist_kmeans/exact.py has the proof) ----

  // Points for all that follows. Of each we keep the places that are not 0: the paper of a digit is most of
  // it, and adds nothing to any sum.
  function asPoints(n, d, values) {
    if (!(n >= 1 && d >= 1) || values.length !== n * d || !values.every(Number.isSafeInteger)) {
      throw new RangeError("Points are n rows of d whole numbers, at least one of each.");
    }
    const first = new Int32Array(n + 1);
    const places = [];
    const squares = new Float64Array(n);
    let [low, high] = [0, 0];
    for (let point = 0; point < n; point++) {
      for (let place = 0; place < d; place++) {
        const value = values[point * d + place];
        if (value === 0) continue;
        places.push(place);
        squares[point] += value * value;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      first[point + 1] = places.length;
    }
    const bits = rangeBits(low, high, d);
    return { n, d, values, first, places: Int32Array.from(places), squares, low, high, bits };
  }

  const bitLength = (whole) => (whole === 0 ? 0 : whole.toString(2).length);

  // Centroids are multiples of 2^-bits: as fine as can be without any sum being rounded.
  function rangeBits(low, high, d) {
    const reach = Math.max(high, 0) - Math.min(low, 0);
    const bits = Math.floor((53 - bitLength(d - 1) - 1) / 2) - bitLength(reach);
    if (bits < 1) throw new RangeError("These numbers are too large for exact arithmetic.");
    return bits;
  }

  // Numbers rounded to the nearest multiple of 2^-bits; halves go up.
  function toGrid(values, bits) {
    return Float64Array.from(values, (value) => {
      const inSteps = value * 2 ** bits;
      const whole = Math.floor(inSteps);
      return (whole + (inSteps - whole >= 0.5 ? 1 : 0)) / 2 ** bits;
    });
  }

  // The point of the grid nearest to sum / count. The quotient may be rounded, its floor never is: both
  // numbers are whole and below 2^53.
  function gridMean(sum, count, bits) {
    return Math.floor((sum * 2 ** (bits + 1) + count) / (2 * count)) / 2 ** bits;
  }

  // ---- Where the centroids start ----

  function checkK(k, n) {
    if (!Number.isInteger(k) || k < 1 || k > n) {
      throw new RangeError(`k, the number of clusters, must be a whole number from 1 to ${n}.`);
    }
  }

  // The chosen rows of the points, as centroids.
  function rowsOf({ d, values }, chosen) {
    const centroids = new Float64Array(chosen.length * d);
    chosen.forEach((point, row) => {
      for (let place = 0; place < d; place++) centroids[row * d + place] = values[point * d + place];
    });
    return centroids;
  }

  // Each point draws a random key; those with the k lowest are the start. Of equal keys the first is lower.
  function randomCentroids(points, k, seed) {
    checkK(k, points.n);
    return rowsOf(points, lowest(Array.from({ length: points.n }, generator(seed)), k));
  }

  // The places of the k lowest keys, the lowest first.
  function lowest(keys, k) {
    const order = [...keys.keys()];
    order.sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b));
    return order.slice(0, k);
  }

  // Each new centroid is a point, drawn with a weight: its squared distance to the nearest one so far.
  function plusPlusCentroids(points, k, seed) {
    checkK(k, points.n);
    const stream = generator(seed);
    const weights = new Float64Array(points.n).fill(1);
    const chosen = [draw(weights, stream)];
    weights.fill(Infinity);
    while (true) {
      const newest = rowsOf(points, chosen.slice(-1));
      for (let point = 0; point < points.n; point++) {
        weights[point] = Math.min(weights[point], squaredDistance(points, point, newest, 0));
      }
      if (chosen.length === k) return rowsOf(points, chosen);
      if (!weights.some((weight) => weight > 0)) weights.fill(1);
      chosen.push(draw(weights, stream));
    }
  }

  function firstCentroids(points, k, seed, init) {
    if (init === "random") return randomCentroids(points, k, seed);
    if (init === "k-means++") return plusPlusCentroids(points, k, seed);
    if (typeof init === "string" || init.length !== k * points.d) {
      throw new RangeError(`The start is "random", "k-means++", or k = ${k} places.`);
    }
    if (!init.every((value) => value >= points.low && value <= points.high)) {
      throw new RangeError(`First centroids must lie between ${points.low} and ${points.high}.`);
    }
    return toGrid(init, points.bits);
  }

  // ---- The two steps ----
  //
  //   |x - c|^2  =  |x|^2  -  overlap  +  price        (chapter 5 takes distances apart like this)
  //
  // The first term is the same for all centroids: the lowest price minus overlap wins.

  // 2 x.c: how much of the point lies on the centroid.
  function overlap({ d, values, first, places }, point, centroids, cluster) {
    const [fromPoint, fromCentroid] = [point * d, cluster * d];
    let sum = 0;
    for (let at = first[point]; at < first[point + 1]; at++) {
      sum += values[fromPoint + places[at]] * centroids[fromCentroid + places[at]];
    }
    return 2 * sum;
  }

  // |c|^2: what a centroid charges every point.
  function price({ d }, centroids, cluster) {
    let sum = 0;
    for (let place = cluster * d; place < (cluster + 1) * d; place++) sum += centroids[place] ** 2;
    return sum;
  }

  function squaredDistance(points, point, centroids, cluster) {
    return (
      points.squares[point] -
      overlap(points, point, centroids, cluster) +
      price(points, centroids, cluster)
    );
  }

  function pricesOf(points, centroids) {
    const k = centroids.length / points.d;
    return Float64Array.from({ length: k }, (_, cluster) => price(points, centroids, cluster));
  }

  function assign(points, centroids) {
    const prices = pricesOf(points, centroids);
    const assignments = new Int32Array(points.n);
    for (let point = 0; point < points.n; point++) {
      let least = Infinity;
      for (let cluster = 0; cluster < prices.length; cluster++) {
        const cost = prices[cluster] - overlap(points, point, centroids, cluster);
        if (cost < least) {
          least = cost;
          assignments[point] = cluster;
        }
      }
    }
    return assignments;
  }

  function update({ n, d, values, first, places, bits }, assignments, centroids) {
    const sums = new Float64Array(centroids.length);
    const counts = new Int32Array(centroids.length / d);
    for (let point = 0; point < n; point++) {
      const row = assignments[point] * d;
      counts[assignments[point]] += 1;
      for (let at = first[point]; at < first[point + 1]; at++) {
        sums[row + places[at]] += values[point * d + places[at]];
      }
    }
    return centroids.map((old, place) => {
      const count = counts[Math.floor(place / d)];
      return count > 0 ? gridMean(sums[place], count, bits) : old;
    });
  }

  // Whole numbers of the smallest step add up without rounding; only the result is rounded, once.
  function inertia(points, assignments, centroids) {
    const prices = pricesOf(points, centroids);
    const steps = 2 ** (2 * points.bits);
    let sum = 0n;
    for (let point = 0; point < points.n; point++) {
      const cluster = assignments[point];
      const common = overlap(points, point, centroids, cluster);
      sum += BigInt((points.squares[point] - common + prices[cluster]) * steps);
    }
    return Number(sum) / steps;
  }

  function* steps(points, centroids) {
    for (let iteration = 1, moved = true; moved; iteration++) {
      const assignments = assign(points, centroids);
      const before = inertia(points, assignments, centroids);
      yield { kind: "assign", iteration, centroids, assignments, inertia: before };
      const old = centroids;
      centroids = update(points, assignments, old);
      moved = centroids.some((value, place) => value !== old[place]);
      const after = moved ? inertia(points, assignments, centroids) : before;
      yield { kind: "update", iteration, centroids, assignments, inertia: after, moved };
    }
  }

  function lloyd(points, centroids) {
    const history = []; // the inertia at each iteration, before its centroids moved
    let last;
    for (last of steps(points, centroids)) {
      if (last.kind === "assign") history.push(last.inertia);
    }
    return {
      assignments: last.assignments,
      centroids: last.centroids,
      inertia: last.inertia,
      history,
      iterations: history.length,
    };
  }

  async function kmeans({ k, seed = 0, init = "random", points = mnistKmeans.points }) {
    const given = await points;
    const clustering = lloyd(given, firstCentroids(given, k, seed, init));
    return { ...clustering, digest: digest(clustering) };
  }

  // ---- One line that two people can compare ----

  // Of the assignments as 64-bit whole numbers, the centroids and the inertia as 64-bit floats, all little-endian.
  function digest({ assignments, centroids, inertia }) {
    const view = new DataView(new ArrayBuffer(8 * (assignments.length + centroids.length + 1)));
    let at = 0;
    for (const assignment of assignments) view.setUint32(8 * at++, assignment, true);
    for (const value of [...centroids, inertia]) view.setFloat64(8 * at++, value, true);
    return sha256(new Uint8Array(view.buffer));
  }

  // SHA-256 (FIPS 180-4) of bytes, in hex. Browsers have their own, but only on https pages.
  const PRIMES = [];
  for (let number = 2; PRIMES.length < 64; number++) {
    if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
  }
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
  const SHA_START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const SHA_ROUNDS = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

  function sha256(bytes) {
    const blocks = Math.ceil((bytes.length + 9) / 64);
    const padded = new Uint8Array(64 * blocks);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(64 * blocks - 8, Math.floor(bytes.length / 2 ** 29));
    view.setUint32(64 * blocks - 4, bytes.length << 3);
    const turn = (word, by) => (word >>> by) | (word << (32 - by));
    const hash = Int32Array.from(SHA_START);
    const w = new Int32Array(64);
    for (let block = 0; block < blocks; block++) {
      for (let i = 0; i < 64; i++) {
        if (i < 16) {
          w[i] = view.getUint32(64 * block + 4 * i);
        } else {
          const small = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3);
          const large = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10);
          w[i] = w[i - 16] + small + w[i - 7] + large;
        }
      }
      let [a, b, c, d, e, f, g, h] = hash;
      for (let i = 0; i < 64; i++) {
        const large = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
        const one = (h + large + ((e & f) ^ (~e & g)) + SHA_ROUNDS[i] + w[i]) | 0;
        const small = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
        const two = (small + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
      }
      [a, b, c, d, e, f, g, h].forEach((word, i) => (hash[i] += word));
    }
    return Array.from(hash, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  const mnistKmeans = {
    generator, below, draw, lowest,
    asPoints, rangeBits, toGrid, gridMean,
    randomCentroids, plusPlusCentroids, firstCentroids,
    overlap, price, squaredDistance, assign, update, inertia, steps, lloyd, kmeans,
    digest, sha256,
    points: null, // those that the page plays with, or a promise of them
  };
  if (typeof window === "object") window.mnistKmeans = mnistKmeans;
  if (typeof module === "object") module.exports = mnistKmeans;
})();
