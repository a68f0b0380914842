// A simulated day, drawn contact by contact: whoever waits stands in the queue of the type, whoever is served sits with
// an agent. Everything is a function of the time shown, so that the slider may go to any time. A type is told by its
// shape as well as by its colour; without the wish for motion time goes on in steps and nothing flies.
const REPLAY = Symbol("replay");
const LANE = 46, DOT = 12, NARROW = 620, GAP = 10;
const ROOMY = 22, DENSE = 16, MANY = 150; // pixels of an agent, and agents from which they stand closer
const SHAPES = ["circle", "square", "triangle", "diamond", "cross", "pentagon", "bar", "ring"];
const FLIGHT = 0.35; // seconds on the screen from one place to the next
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");

const element = (name, attributes = {}, text = "") => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
};
const two = (number) => String(Math.floor(number)).padStart(2, "0");
const clock = (time) => `${two(time / 3600)}:${two((time % 3600) / 60)}`;
const span = (seconds) =>
  seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${two((seconds % 3600) / 60)} h` : `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const upTo = (times, time) => {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
};

class Replay {
  constructor(root) {
    this.frame = element("section", { class: "replay" });
    this.canvas = element("canvas", { role: "img", tabindex: "0" });
    this.bar = element("div", { class: "bar" });
    this.clock = element("span", { class: "clock" });
    this.play = element("button", { class: "play", type: "button" });
    this.slider = element("input", { type: "range", step: "60", min: "0" });
    this.speed = element("select");
    this.says = element("p", { class: "says", role: "status" });
    this.legend = element("p", { class: "legend" });
    this.bar.append(this.play, this.clock, this.slider, this.speed);
    this.frame.append(this.bar, this.canvas, this.says, this.legend);
    root.append(this.frame);
    this.running = false;
    this.play.addEventListener("click", () => this.toggle());
    this.slider.addEventListener("input", () => this.goTo(Number(this.slider.value)));
    this.speed.addEventListener("change", () => this.draw());
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.watching = new ResizeObserver(() => this.draw());
    this.watching.observe(this.canvas);
  }

  show(data) {
    const other = this.data?.id !== data.id;
    this.data = data;
    const { words } = data;
    this.canvas.setAttribute("aria-label", words.picture);
    this.slider.setAttribute("aria-label", words.time);
    this.speed.setAttribute("aria-label", words.speed);
    this.legend.textContent = `${words.legend} ${words.keys}`;
    const chosen = this.speed.value || "300";
    this.speed.replaceChildren(...data.speeds.map(([value, text]) => element("option", { value }, text)));
    this.speed.value = chosen;
    if (other) {
      this.stop();
      this.slider.max = data.length;
      this.place();
      this.goTo(data.first);
    }
    this.label();
    this.draw();
  }

  place() {
    this.seat = new Map();
    const agents = this.data.groups.reduce((sum, group) => sum + group.agents.length, 0);
    this.size = agents > MANY ? DENSE : ROOMY;
    this.data.groups.forEach((group, at) => group.agents.forEach((agent, seat) => this.seat.set(agent, [at, seat])));
  }

  // -- time ------------------------------------------------------------------------------------------------------

  toggle() {
    if (this.running) return this.stop();
    if (this.time >= this.data.length) this.time = this.data.first;
    this.running = true;
    this.before = undefined;
    this.label();
    this.says.setAttribute("aria-live", "off");
    this.next();
  }

  stop() {
    this.running = false;
    cancelAnimationFrame(this.request);
    clearTimeout(this.timer);
    if (!this.data) return;
    this.label();
    this.says.setAttribute("aria-live", "polite");
    this.draw();
  }

  label() {
    this.play.textContent = this.running ? `❚❚ ${this.data.words.pause}` : `▶ ${this.data.words.play}`;
  }

  next() {
    if (STILL.matches) this.timer = setTimeout(() => this.step(performance.now()), 1000);
    else this.request = requestAnimationFrame((now) => this.step(now));
  }

  step(now) {
    if (!this.running || !this.frame.isConnected) return;
    const passed = STILL.matches ? 1 : Math.min((now - (this.before ?? now)) / 1000, 0.25);
    this.before = now;
    this.time += passed * Number(this.speed.value);
    if (this.time >= this.data.length) {
      this.time = this.data.length;
      this.stop();
      return;
    }
    this.draw();
    this.next();
  }

  goTo(time) {
    this.time = Math.min(Math.max(time, 0), this.data.length);
    this.before = undefined;
    this.draw();
  }

  key(event) {
    const far = event.shiftKey ? 900 : 60;
    const rate = { "+": 1, "-": -1 }[event.key];
    if (event.key === " ") this.toggle();
    else if (event.key === "ArrowRight") this.goTo(this.time + far);
    else if (event.key === "ArrowLeft") this.goTo(this.time - far);
    else if (event.key === "Home") this.goTo(0);
    else if (event.key === "End") this.goTo(this.data.length);
    else if (rate) this.speed.selectedIndex = Math.min(Math.max(this.speed.selectedIndex + rate, 0), this.speed.length - 1);
    else return;
    event.preventDefault();
  }

  // -- what is to be seen at a time --------------------------------------------------------------------------------

  now() {
    const { types, groups, waits, works, bots, duty } = this.data;
    const time = this.time;
    const flight = STILL.matches || !this.running ? 0 : FLIGHT * Number(this.speed.value);
    const waiting = types.map(() => []);
    const leaving = [];
    for (let at = 0; at < waits.from.length; at++) {
      if (waits.from[at] > time) break;
      if (waits.to[at] > time) waiting[waits.type[at]].push(at);
      else if (waits.to[at] + flight > time) leaving.push(at);
    }
    const sits = new Map();
    for (let at = 0; at < works.from.length; at++) {
      if (works.from[at] > time) break;
      if (works.wrap[at] > time) sits.set(works.agent[at], [...(sits.get(works.agent[at]) ?? []), at]);
    }
    const there = new Set();
    for (let at = 0; at < duty.from.length; at++) if (duty.from[at] <= time && time < duty.to[at]) there.add(duty.agent[at]);
    const inBot = types.map(() => 0);
    for (let at = 0; at < bots.from.length; at++) {
      if (bots.from[at] > time) break;
      if (bots.to[at] > time) inBot[bots.type[at]] += 1;
    }
    const busy = groups.map((group) => group.agents.filter((agent) => sits.has(agent)).length);
    const onDuty = groups.map((group) => group.agents.filter((agent) => there.has(agent) || sits.has(agent)).length);
    return { waiting, leaving, sits, there, inBot, busy, onDuty, flight };
  }

  tell(seen) {
    const { types, groups, waits, arrivals, lost, words } = this.data;
    const parts = types.map((type, at) => {
      const queue = seen.waiting[at];
      const longest = queue.length ? this.time - waits.from[queue[0]] : 0;
      const values = { type: type.name, waiting: queue.length, longest: span(longest) };
      values.arrived = upTo(arrivals[at], this.time);
      values.lost = upTo(lost[at], this.time);
      return filled(queue.length ? words.waiting : words.nobody, values);
    });
    const people = groups.map((group, at) => filled(words.busy, { group: group.name, busy: seen.busy[at], there: seen.onDuty[at] }));
    this.says.textContent = `${clock(this.time)} – ${parts.join("; ")}. ${people.join("; ")}.`;
  }

  // -- drawing -----------------------------------------------------------------------------------------------------

  layout(width) {
    const { types, groups } = this.data;
    const narrow = width < NARROW;
    const left = narrow ? width : Math.floor(width * 0.46);
    const right = narrow ? width : width - left - 2 * GAP;
    const columns = Math.max(Math.floor((right - 2 * GAP) / this.size), 1);
    let y = narrow ? types.length * LANE + GAP : 0;
    const blocks = groups.map((group) => {
      const block = { x: narrow ? GAP : left + GAP, y, columns };
      y += 24 + Math.ceil(Math.max(group.agents.length, 1) / columns) * this.size + GAP;
      return block;
    });
    return { left, blocks, height: Math.max(types.length * LANE, y) + GAP };
  }

  draw() {
    const width = this.canvas.clientWidth;
    if (!this.data || !width || this.time === undefined) return;
    const { left, blocks, height } = this.layout(width);
    const scale = window.devicePixelRatio || 1;
    this.canvas.style.height = `${height}px`;
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
    }
    const style = getComputedStyle(this.frame);
    const pen = this.canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = `13px ${style.fontFamily}`;
    pen.textBaseline = "middle";
    this.ink = style.color;
    const seen = this.now();
    this.lanes(pen, seen, left);
    this.agents(pen, seen, blocks);
    this.flights(pen, seen, left, blocks);
    this.clock.textContent = clock(this.time);
    this.slider.value = this.time;
    this.slider.setAttribute("aria-valuetext", clock(this.time));
    this.tell(seen);
  }

  slot(left, type, place) {
    return [left - GAP - DOT / 2 - place * (DOT + 2), type * LANE + 33];
  }

  lanes(pen, seen, left) {
    const { types, waits, words } = this.data;
    const room = Math.max(Math.floor((left - 3 * GAP - 44) / (DOT + 2)), 1);
    types.forEach((type, at) => {
      const queue = seen.waiting[at];
      const y = at * LANE;
      this.mark(pen, at, GAP + DOT / 2, y + 13);
      this.text(pen, type.name, 2 * GAP + DOT, y + 13, left / 2);
      const bot = type.bot ? ` · ${filled(words.bot, { count: seen.inBot[at] })}` : "";
      this.text(pen, `${queue.length}${bot}`, left - GAP, y + 13, left / 2, "right");
      pen.strokeStyle = this.ink;
      pen.globalAlpha = 0.25;
      pen.strokeRect(GAP - 4, y + 24, left - GAP - 2, 18);
      pen.globalAlpha = 1;
      queue.slice(0, room).forEach((wait, place) => {
        const [x, middle] = this.slot(left, at, place);
        const age = this.time - waits.from[wait];
        const part = seen.flight ? Math.min(age / seen.flight, 1) : 1;
        this.mark(pen, at, GAP + (x - GAP) * part, middle, { late: type.late !== null && age > type.late });
      });
      if (queue.length > room) this.text(pen, `+${queue.length - room}`, GAP, y + 33, 44);
    });
  }

  agents(pen, seen, blocks) {
    const { groups, works, words } = this.data;
    groups.forEach((group, at) => {
      const { x, y } = blocks[at];
      this.text(pen, filled(words.busy, { group: group.name, busy: seen.busy[at], there: seen.onDuty[at] }), x, y + 13, 400);
      group.agents.forEach((agent) => {
        const [left, top] = this.cell(agent, blocks);
        const held = seen.sits.get(agent) ?? [];
        const there = seen.there.has(agent) || held.length > 0;
        pen.strokeStyle = this.ink;
        pen.globalAlpha = there ? 0.75 : 0.15;
        pen.lineWidth = 1;
        pen.strokeRect(left + 1.5, top + 1.5, this.size - 4, this.size - 4);
        pen.globalAlpha = 1;
        if (!held.length) return;
        const first = held[0];
        const part = seen.flight ? (this.time - works.from[first]) / seen.flight : 1;
        if (part >= 1) this.mark(pen, works.type[first], left + (held.length > 1 ? this.size / 3 : this.size / 2), top + this.size / 2 - 0.5, { size: Math.min(this.size - 7, DOT), hollow: works.to[first] <= this.time });
        if (held.length > 1) this.text(pen, String(held.length), left + this.size - 4, top + this.size / 2, 12, "right", this.size / 2);
      });
    });
  }

  cell(agent, blocks) {
    const [group, seat] = this.seat.get(agent);
    const { x, y, columns } = blocks[group];
    return [x + (seat % columns) * this.size, y + 24 + Math.floor(seat / columns) * this.size];
  }

  flights(pen, seen, left, blocks) {
    const { waits } = this.data;
    for (const wait of seen.leaving) {
      const type = waits.type[wait];
      const part = (this.time - waits.to[wait]) / seen.flight;
      const [x, y] = this.slot(left, type, 0);
      if (waits.agent[wait] >= 0 && this.seat.has(waits.agent[wait])) {
        const [toX, toY] = this.cell(waits.agent[wait], blocks);
        this.mark(pen, type, x + (toX + this.size / 2 - x) * part, y + (toY + this.size / 2 - y) * part);
      } else {
        pen.globalAlpha = 1 - part;
        this.mark(pen, type, x, y + 14 * part, { crossed: waits.agent[wait] === -1 });
        pen.globalAlpha = 1;
      }
    }
  }

  text(pen, words, x, y, most, align = "left", size = 13) {
    pen.font = `${size}px ${getComputedStyle(this.frame).fontFamily}`;
    pen.fillStyle = this.ink;
    pen.textAlign = align;
    pen.fillText(words, x, y, most);
  }

  // A contact: its type by shape and colour, a frame if it waits longer than the target, hollow in wrap-up.
  mark(pen, type, x, y, { size = DOT, hollow = false, late = false, crossed = false } = {}) {
    const half = size / 2 - 1;
    pen.beginPath();
    const corners = (count, turn) => {
      for (let at = 0; at < count; at++) {
        const angle = turn + (2 * Math.PI * at) / count;
        pen.lineTo(x + half * Math.cos(angle), y + half * Math.sin(angle));
      }
      pen.closePath();
    };
    const shape = SHAPES[type % SHAPES.length];
    if (shape === "circle" || shape === "ring") pen.arc(x, y, half, 0, 2 * Math.PI);
    else if (shape === "square") pen.rect(x - half + 0.5, y - half + 0.5, 2 * half - 1, 2 * half - 1);
    else if (shape === "triangle") corners(3, -Math.PI / 2);
    else if (shape === "diamond") corners(4, 0);
    else if (shape === "pentagon") corners(5, -Math.PI / 2);
    else if (shape === "bar") pen.rect(x - half, y - half / 2, 2 * half, half);
    else {
      const arm = half / 2.4;
      pen.rect(x - half, y - arm, 2 * half, 2 * arm);
      pen.rect(x - arm, y - half, 2 * arm, 2 * half);
    }
    const colour = this.data.types[type].colour;
    pen.lineWidth = 2;
    pen.strokeStyle = pen.fillStyle = colour;
    if (hollow || shape === "ring") pen.stroke();
    else pen.fill();
    if (late) {
      pen.strokeStyle = this.ink;
      pen.lineWidth = 1.5;
      pen.strokeRect(x - size / 2 - 0.5, y - size / 2 - 0.5, size + 1, size + 1);
    }
    if (crossed) {
      pen.strokeStyle = this.ink;
      pen.beginPath();
      pen.moveTo(x - half, y - half);
      pen.lineTo(x + half, y + half);
      pen.stroke();
    }
  }

  end() {
    this.stop();
    this.watching.disconnect();
  }
}

export default function ({ data, parentElement }) {
  const replay = (parentElement[REPLAY] ??= new Replay(parentElement));
  replay.show(data);
  return () => {
    replay.end();
    replay.frame.remove();
    delete parentElement[REPLAY];
  };
}
