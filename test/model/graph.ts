/** The states found so far, by their key, how each was first reached, and the steps that are no faults. */
export class Graph {
  readonly #ids = new Map<string, number>();
  readonly #parents: number[] = [];
  readonly #labels: string[] = [];
  readonly #isGoal: boolean[] = [];
  readonly #knownLabels = new Map<string, string>();
  #sources = new Int32Array(1 << 16);
  #targets = new Int32Array(1 << 16);
  #edges = 0;

  get size(): number {
    return this.#parents.length;
  }

  /** The state's number; a new one was reached from `parent` by the step `label`. */
  add(
    key: string,
    parent: number,
    label: string,
    isGoal: boolean,
  ): { readonly id: number; readonly isNew: boolean } {
    const known = this.#ids.get(key);
    if (known !== undefined) return { id: known, isNew: false };
    const id = this.size;
    this.#ids.set(key, id);
    this.#parents.push(parent);
    this.#labels.push(this.#interned(label));
    this.#isGoal.push(isGoal);
    return { id, isNew: true };
  }

  /** Notes a step that may be counted on. */
  connect(source: number, target: number): void {
    if (this.#edges === this.#sources.length) {
      this.#sources = doubled(this.#sources);
      this.#targets = doubled(this.#targets);
    }
    this.#sources[this.#edges] = source;
    this.#targets[this.#edges] = target;
    this.#edges += 1;
  }

  /** The labels of a shortest way to a state. */
  traceTo(id: number): readonly string[] {
    const trace: string[] = [];
    for (let at = id; at > 0; at = this.#parents[at] ?? 0) trace.push(this.#labels[at] ?? '');
    return trace.reverse();
  }

  /** The first state found from which no goal is reachable by the noted steps; undefined if there is none. */
  firstStranded(): number | undefined {
    const { starts, sources } = this.#backwards();
    const isGood = new Uint8Array(this.size);
    const open: number[] = [];
    this.#isGoal.forEach((isGoal, id) => {
      if (!isGoal) return;
      isGood[id] = 1;
      open.push(id);
    });
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (let at = starts[id] ?? 0; at < (starts[id + 1] ?? 0); at += 1) {
        const source = sources[at] ?? 0;
        if (isGood[source] === 1) continue;
        isGood[source] = 1;
        open.push(source);
      }
    }
    const stranded = isGood.indexOf(0);
    return stranded < 0 ? undefined : stranded;
  }

  /** The sources of the steps into each state: those of `id` stand from `starts[id]` to before `starts[id + 1]`. */
  #backwards(): { readonly starts: Int32Array; readonly sources: Int32Array } {
    const starts = new Int32Array(this.size + 2);
    for (let at = 0; at < this.#edges; at += 1) {
      const target = (this.#targets[at] ?? 0) + 2;
      starts[target] = (starts[target] ?? 0) + 1;
    }
    for (let id = 2; id < starts.length; id += 1) starts[id] = (starts[id] ?? 0) + (starts[id - 1] ?? 0);
    // starts[id + 1] is where the next source of id goes; when all are placed it is where those of id + 1 begin.
    const sources = new Int32Array(this.#edges);
    for (let at = 0; at < this.#edges; at += 1) {
      const target = (this.#targets[at] ?? 0) + 1;
      const place = starts[target] ?? 0;
      sources[place] = this.#sources[at] ?? 0;
      starts[target] = place + 1;
    }
    return { starts, sources };
  }

  #interned(label: string): string {
    const known = this.#knownLabels.get(label);
    if (known !== undefined) return known;
    this.#knownLabels.set(label, label);
    return label;
  }
}

function doubled(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const next = new Int32Array(values.length * 2);
  next.set(values);
  return next;
}
