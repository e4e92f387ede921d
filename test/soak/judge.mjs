/** Holds answers against what the model allows, and tells the result. */

/** The circuit breaker's state is told by another process: after so long it is known. */
const LATE_MS = 500;
const SHOWN = 50;

export class Judge {
  #waiting = [];
  #tallies = new Map();
  #wrong = [];
  #complaints = new Set();
  #answers = 0;
  #certain = 0;

  constructor(sky) {
    this.sky = sky;
  }

  /** An answer that came; `allowed` tells later which could. */
  note(action, about, status, from, to, allowed) {
    this.#waiting.push({ action, about, status, from, to, allowed });
    while (this.#waiting[0].to < Date.now() - LATE_MS) this.#judge(this.#waiting.shift());
  }

  judgeAll() {
    for (const noted of this.#waiting.splice(0)) this.#judge(noted);
  }

  #judge({ action, about, status, from, to, allowed }) {
    const statuses = allowed(this.sky);
    const tally = this.#tallies.get(action) ?? new Map();
    tally.set(status, (tally.get(status) ?? 0) + 1);
    this.#tallies.set(action, tally);
    this.#answers += 1;
    if (statuses.size === 1) this.#certain += 1;
    if (statuses.has(status)) return;
    const weathers = this.sky.weathersIn(from, to).join(', ');
    const expected = [...statuses].join(' or ') || 'nothing';
    this.#wrong.push(`${action}: ${status} instead of ${expected} (${weathers}; ${to - from} ms; ${about})`);
  }

  expect(isTrue, complaint) {
    if (!isTrue) this.complain(complaint);
  }

  complain(text) {
    this.#complaints.add(text);
  }

  /** A table of answers by what was asked. */
  print() {
    const statuses = [...new Set([...this.#tallies.values()].flatMap((tally) => [...tally.keys()]))].sort();
    const row = (name, cells) => name.padEnd(22) + cells.map((cell) => String(cell).padStart(7)).join('');
    console.log(row('', statuses));
    for (const [action, tally] of [...this.#tallies].sort())
      console.log(
        row(
          action,
          statuses.map((status) => tally.get(status) ?? ''),
        ),
      );
    const share = ((this.#certain / this.#answers) * 100).toFixed(0);
    console.log(`\n${this.#answers} answers, ${share} % with one possible status; wrong: ${this.#wrong.length}`);
  }

  /** Says what is wrong; the process ends with 1 then. */
  verdict() {
    console.log(
      this.#wrong.length + this.#complaints.size === 0 ? '\n✔ every answer was right, and nothing is left' : '',
    );
    for (const text of [...this.#wrong.slice(0, SHOWN), ...this.#complaints]) console.error(`✘ ${text}`);
    if (this.#wrong.length + this.#complaints.size > 0) process.exitCode = 1;
  }
}
