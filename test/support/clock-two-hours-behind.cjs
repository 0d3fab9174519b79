// What the program is told of the time is two hours old: what it keeps now has run out for those that come after it.
const Real = Date;
const now = () => Real.now() - 2 * 3_600_000;
globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length > 0) super(...given);
    else super(now());
  }
  static now() {
    return now();
  }
};
