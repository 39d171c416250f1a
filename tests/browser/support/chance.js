// Chance that can be repeated: numbers that look random and follow from a seed.

/** Takes the seed of `STOWAGE_FAULTS_SEED`, or one of its own. */
export function chance() {
  const seed = Number(process.env.STOWAGE_FAULTS_SEED || Math.floor(Math.random() * 2 ** 31));
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, below: (end) => Math.floor(next() * end) };
}
