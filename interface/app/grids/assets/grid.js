// The grid of the app: Tabulator with the keys, the clipboard and the filling of a spreadsheet.
//
// Every entry has a number and is sent to the server until the server says that it was taken: an entry is neither lost
// nor taken twice, however often the page is drawn anew. Numbers are text here; the server reads them.
(() => {
  "use strict";
  const MINIMUM = { number: 96, text: 116, choice: 116, check: 64 };
  const GRID = Symbol("grid");
  let grids = 0;

  const keyOf = (row, column) => `${row}:${column}`;
  const element = (name, attributes = {}, text = "") => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };
  const tableOf = (text) => {
    const lines = text.replace(/\r\n?/g, "\n").split("\n");
    if (lines.length > 1 && lines.at(-1) === "") lines.pop();
    return lines.map((line) => line.split("\t"));
  };

  class Grid {
    constructor(root) {
      this.id = `planner-grid-${++grids}`;
      this.root = root;
      this.queue = [];
      this.local = new Map();
      this.marks = new Map();
      this.editing = null;
      this.leaving = false;
      const style = element("style", {}, globalThis.plannerGridStyle);
      this.frame = element("div", { class: "frame" });
      this.place = element("div");
      this.hint = element("div", { id: `${this.id}-hint`, class: "unseen" });
      this.says = element("div", { class: "says", role: "status" });
      this.frame.append(this.place, this.hint, this.says);
      root.append(style, this.frame);
    }

    // -- what the server shows ---------------------------------------------------------------------------------

    show(data, send) {
      this.send = send;
      if (this.number === undefined) this.number = data.taken;
      const before = this.data;
      const pasted = this.queue.some((entry) => entry.paste && entry.number <= data.taken);
      this.data = data;
      this.queue = this.queue.filter((entry) => entry.number > data.taken);
      this.local = new Map();
      for (const entry of this.queue) {
        for (const [row, column, text] of entry.cells ?? []) this.local.set(keyOf(row, column), text);
      }
      this.marks = new Map(data.marks.map(([row, column, words]) => [keyOf(row, column), words]));
      this.hint.textContent = data.words.keys;
      const layout = JSON.stringify([data.columns, data.height, data.shape]);
      if (!before || layout !== this.layout) {
        this.layout = layout;
        this.build(before ? undefined : data.first);
      } else if (this.ready) {
        this.refresh();
      }
      this.busy();
      if (pasted && data.marks.length && this.ready && !this.editing) {
        const [[row, column]] = [...data.marks].sort((one, other) => one[0] - other[0] || one[1] - other[1]);
        this.select(row, column);
      }
    }

    text(row, column) {
      return this.local.get(keyOf(row, column)) ?? this.data.rows[row]?.[column] ?? "";
    }

    record(row) {
      const record = { id: row };
      this.data.columns.forEach((_, column) => (record[`c${column}`] = this.text(row, column)));
      return record;
    }

    build(first) {
      const old = this.table;
      const kept = old && this.ready ? this.range() : null;
      const scrolled = old ? this.holder().scrollTop : 0;
      this.ready = false;
      this.editing = null;
      if (old) old.destroy();
      this.place.replaceChildren();
      const holder = element("div", { "aria-label": this.data.label, "aria-describedby": this.hint.id });
      this.place.append(holder);
      const columns = this.data.columns.map((column, at) => this.column(column, at));
      this.table = new Tabulator(holder, {
        data: this.data.rows.map((_, row) => this.record(row)),
        index: "id",
        rowHeader: columns[0],
        columns: columns.slice(1),
        columnDefaults: { headerSort: false, resizable: "header" },
        layout: "fitColumns",
        height: this.data.height ?? false,
        renderVertical: "basic",
        selectableRange: 1,
        selectableRangeColumns: true,
        selectableRangeRows: true,
        selectableRangeAutoFocus: false,
        editTriggerEvent: "dblclick",
        keybindings: false,
        placeholder: "",
      });
      this.table.on("rangeChanged", () => this.rangeMoved());
      this.table.on("tableBuilt", () => this.built(kept, kept ? undefined : first, scrolled));
    }

    column(column, at) {
      const definition = {
        title: column.title,
        field: `c${at}`,
        minWidth: at === 0 ? 88 : Math.max(MINIMUM[column.kind], column.width),
        hozAlign: column.kind === "number" ? "right" : column.kind === "check" ? "center" : "left",
        headerHozAlign: column.kind === "number" ? "right" : "left",
        titleFormatter: () => {
          const title = element("span", column.help ? { title: column.help } : {}, column.title);
          return title;
        },
        formatter: (cell) => this.drawn(cell, column, at),
      };
      if (at === 0) Object.assign(definition, { frozen: true, resizable: false, cssClass: "label" });
      if (column.fixed) definition.cssClass = `${definition.cssClass ?? ""} fixed`.trim();
      else definition.editor = (cell, rendered, _success, cancel) => this.editor(cell, column, at, rendered, cancel);
      if (this.data.totals) {
        definition.bottomCalc = () => this.data.totals[at] ?? "";
        definition.bottomCalcFormatter = (cell) => element("span", {}, cell.getValue() ?? "");
      }
      return definition;
    }

    drawn(cell, column, at) {
      const row = cell.getData().id;
      const refused = this.marks.get(keyOf(row, at));
      const box = cell.getElement();
      box.removeAttribute("tabindex"); // the grid has the focus, and says which cell is active
      box.classList.toggle("refused", Boolean(refused));
      if (refused) {
        box.setAttribute("aria-invalid", "true");
        box.title = refused;
      } else {
        box.removeAttribute("aria-invalid");
        box.removeAttribute("title");
      }
      const text = cell.getValue() ?? "";
      if (column.kind !== "check") return element("span", {}, text);
      const words = text ? this.data.words.yes : this.data.words.no;
      return element("span", { class: "box", role: "img", "aria-label": words }, text ? "☑" : "☐");
    }

    built(kept, first, scrolled) {
      this.ready = true;
      const grid = this.table.element;
      const holder = this.holder();
      const ranges = this.ranges();
      grid.tabIndex = 0;
      grid.setAttribute("aria-rowcount", this.data.rows.length);
      holder.removeAttribute("tabindex");
      this.table.columnManager.element.removeAttribute("tabindex");
      holder.focus = () => grid.focus({ preventScroll: true });
      ranges.restoreFocus = () => {
        holder.focus();
        return true;
      };
      ranges.initializeFocus = ranges.restoreFocus;
      this.handle = element("div", { class: "handle", title: this.data.words.fill });
      this.bubble = element("div", { class: "bubble", "aria-hidden": "true" });
      ranges.overlay.append(this.handle, this.bubble);
      this.handle.addEventListener("pointerdown", (event) => this.fillByPointer(event));
      grid.addEventListener("keydown", (event) => this.key(event), true);
      grid.addEventListener("copy", (event) => this.copy(event));
      grid.addEventListener("cut", (event) => this.copy(event, true));
      grid.addEventListener("paste", (event) => this.paste(event));
      grid.addEventListener("pointerdown", (event) => this.pointed(event), true);
      grid.addEventListener("click", (event) => this.clicked(event));
      this.refresh();
      setTimeout(() => {
        if (!this.data.rows.length || !this.table.initialized) return;
        if (kept) {
          this.select(kept.top, kept.left, kept.bottom, kept.right, false);
          holder.scrollTop = scrolled;
        } else {
          const row = Math.min(first ?? 0, this.data.rows.length - 1);
          const box = this.row(row).getElement();
          holder.scrollTop = box.offsetTop;
          this.select(row, this.firstColumn(), row, this.firstColumn(), false);
        }
      });
    }

    refresh() {
      const rows = this.data.rows.length;
      for (let row = this.table.getDataCount(); row < rows; row++) this.table.addRow(this.record(row));
      for (let row = this.table.getDataCount(); row > rows; row--) this.table.deleteRow(row - 1);
      for (let row = 0; row < rows; row++) this.refreshRow(row);
      if (this.data.totals) this.table.recalc();
      this.placeHandle();
      this.tell();
    }

    refreshRow(row) {
      const shown = this.table.getRow(row);
      if (!shown) return;
      for (const cell of shown.getCells()) {
        const column = Number(cell.getField().slice(1));
        if (this.editing && this.editing.row === row && this.editing.column === column) continue;
        const text = this.text(row, column);
        const marked = this.marks.get(keyOf(row, column)) ?? "";
        if (cell.getValue() !== text) cell.setValue(text, false);
        if ((cell.getElement().title ?? "") !== marked) cell._cell.layoutElement();
      }
    }

    busy() {
      this.place.setAttribute("aria-busy", String(this.queue.length > 0));
    }

    // -- entries -----------------------------------------------------------------------------------------------

    enter(entry) {
      this.number += 1;
      this.queue.push({ number: this.number, shape: this.data.shape, ...entry });
      this.busy();
      this.send("entries", [...this.queue]);
    }

    put(cells) {
      const changed = cells.filter(
        ([row, column, text]) =>
          this.data.columns[column] &&
          !this.data.columns[column].fixed &&
          this.data.rows[row] &&
          (text !== this.text(row, column) || this.marks.has(keyOf(row, column))),
      );
      if (!changed.length) return;
      for (const [row, column, text] of changed) this.local.set(keyOf(row, column), text);
      for (const row of new Set(changed.map(([row]) => row))) this.refreshRow(row);
      this.enter({ cells: changed });
    }

    // -- ranges ------------------------------------------------------------------------------------------------

    ranges() {
      return this.table.modules.selectRange;
    }

    holder() {
      return this.table.rowManager.element;
    }

    row(at) {
      return this.table.getRow(at);
    }

    firstColumn() {
      const at = this.data.columns.findIndex((column) => !column.fixed);
      return Math.max(at, 1);
    }

    range() {
      const { top, bottom, left, right, start } = this.ranges().activeRange;
      return { top, bottom, left: Math.max(left, 1), right: Math.max(right, 1), row: start.row, column: start.col };
    }

    select(row, column, toRow = row, toColumn = column, scroll = true) {
      const ranges = this.ranges();
      const range = ranges.activeRange;
      ranges.selecting = "cell";
      range.setStart(row, column);
      range.setEnd(toRow, toColumn);
      ranges.layoutElement();
      if (scroll) ranges.autoScroll(range);
      this.rangeMoved();
    }

    move(rows, columns, wrap = false) {
      const { row, column } = this.range();
      const last = this.data.columns.length - 1;
      let [toRow, toColumn] = [row + rows, column + columns];
      if (wrap && toColumn > last) [toRow, toColumn] = [row + 1, 1];
      if (wrap && toColumn < 1) [toRow, toColumn] = [row - 1, last];
      if (wrap && (toRow < 0 || toRow >= this.data.rows.length)) return false;
      toRow = Math.min(Math.max(toRow, 0), this.data.rows.length - 1);
      this.select(toRow, Math.min(Math.max(toColumn, 1), last));
      return true;
    }

    rangeMoved() {
      if (!this.ready) return;
      this.placeHandle();
      this.tell();
    }

    tell() {
      const cell = this.ranges().getActiveCell?.();
      if (!cell) return;
      const { row, column } = this.range();
      const box = cell.getElement();
      box.id = `${this.id}-${row}-${column}`;
      this.table.element.setAttribute("aria-activedescendant", box.id);
      for (const other of this.place.querySelectorAll("[aria-selected=true]")) other.setAttribute("aria-selected", "false");
      box.setAttribute("aria-selected", "true");
      const refused = this.marks.get(keyOf(row, column)) ?? "";
      this.bubble.textContent = refused;
      this.bubble.style.left = `${box.offsetLeft}px`;
      this.bubble.style.top = `${box.parentElement.offsetTop + box.offsetHeight + 2}px`;
      this.says.textContent = refused ? `${this.data.rows[row][0]}, ${this.data.columns[column].title}: ${refused}` : "";
    }

    placeHandle() {
      if (!this.handle || !this.ready) return;
      const { bottom, right } = this.range();
      const box = this.row(bottom)?.getCells()[right]?.getElement();
      if (!box) return;
      this.handle.style.left = `${box.offsetLeft + box.offsetWidth - 5}px`;
      this.handle.style.top = `${box.parentElement.offsetTop + box.offsetHeight - 5}px`;
    }

    // -- editing a cell ----------------------------------------------------------------------------------------

    edit(start) {
      const { row, column } = this.range();
      const definition = this.data.columns[column];
      if (!definition || definition.fixed) return false;
      if (definition.kind === "check") return this.toggle(row, column);
      this.start = start;
      const cell = this.row(row).getCells()[column];
      this.select(row, column);
      cell.edit(true);
      return true;
    }

    toggle(row, column) {
      this.put([[row, column, this.text(row, column) ? "" : "yes"]]);
      return true;
    }

    editor(cell, column, at, rendered, cancel) {
      const row = cell.getData().id;
      const typed = this.start;
      this.start = undefined;
      const label = `${column.title}, ${this.data.rows[row][0]}`;
      const choice = column.kind === "choice";
      const input = element(choice ? "select" : "input", { "aria-label": label, class: "editor" });
      if (choice) {
        const options = column.options.includes(this.text(row, at)) ? column.options : ["", ...column.options];
        for (const option of options) input.append(element("option", { value: option }, option));
      } else {
        input.type = "text";
        input.autocomplete = "off";
        input.spellcheck = false;
        if (column.kind === "number") input.inputMode = "decimal";
      }
      input.value = choice ? this.text(row, at) : typed ?? this.text(row, at);
      if (choice && typed) {
        const found = column.options.find((option) => option.toLowerCase().startsWith(typed.toLowerCase()));
        if (found) input.value = found;
      }
      const editing = { row, column: at, input, typing: typed !== undefined && !choice, over: false };
      editing.end = (keep) => {
        if (editing.over) return;
        editing.over = true;
        const text = input.value.trim();
        this.editing = null;
        cancel();
        if (keep) this.put([[row, at, text]]);
        this.refreshRow(row);
      };
      this.editing = editing;
      input.addEventListener("blur", () => editing.end(true));
      if (choice) input.addEventListener("change", () => (editing.typing = true));
      rendered(() => {
        input.focus({ preventScroll: true });
        if (!choice) input.setSelectionRange(input.value.length, input.value.length);
      });
      return input;
    }

    // -- keys --------------------------------------------------------------------------------------------------

    key(event) {
      if (event.isComposing || !this.ready || !this.data.rows.length) return;
      const handled = this.editing ? this.keyInCell(event) : this.keyInGrid(event);
      if (handled) event.preventDefault();
      if (handled || (event.key !== "Tab" && event.key !== "Escape")) event.stopPropagation();
    }

    keyInCell(event) {
      const { key, shiftKey } = event;
      const editing = this.editing;
      const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      if (key === "Escape") editing.end(false);
      else if (key === "Enter") this.leaveCell(shiftKey ? -1 : 1, 0);
      else if (key === "Tab") this.leaveCell(0, shiftKey ? -1 : 1, true);
      else if (moves[key] && editing.typing && editing.input.tagName === "INPUT") this.leaveCell(...moves[key]);
      else return false;
      return true;
    }

    leaveCell(rows, columns, wrap = false) {
      this.editing.end(true);
      this.move(rows, columns, wrap);
    }

    keyInGrid(event) {
      const { key, shiftKey, altKey } = event;
      const control = event.ctrlKey || event.metaKey;
      const arrows = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };
      if (key === "Escape") {
        this.leaving = true;
        return false;
      }
      if (key === "Tab") {
        if (this.leaving) return (this.leaving = false);
        return this.move(0, shiftKey ? -1 : 1, true);
      }
      if (key !== "Shift") this.leaving = false;
      if (arrows[key] && altKey && key === "ArrowDown") return this.edit();
      if (arrows[key] && !altKey) return this.arrow(arrows[key], control, shiftKey);
      if (control) return this.command(key.toLowerCase(), shiftKey);
      if (altKey) return false;
      return this.plainKey(key, shiftKey);
    }

    arrow(direction, jump, extend) {
      this.ranges().navigate(jump, extend, direction);
      this.rangeMoved();
      return true;
    }

    command(key, shift) {
      const { top, left, bottom, right } = this.range();
      const last = [this.data.rows.length - 1, this.data.columns.length - 1];
      if (key === "z") this.enter({ step: shift ? "redo" : "undo" });
      else if (key === "y") this.enter({ step: "redo" });
      else if (key === "d") this.fill(top, left, top, right, bottom, right);
      else if (key === "r" && right > left) this.fill(top, left, bottom, left, bottom, right);
      else if (key === "a") this.select(0, 1, ...last, false);
      else if (key === "home") this.select(0, 1);
      else if (key === "end") this.select(...last);
      else return false;
      return true;
    }

    plainKey(key, shift) {
      const { row, column } = this.range();
      const last = this.data.columns.length - 1;
      const page = Math.max(Math.floor(this.holder().clientHeight / 34) - 1, 1);
      if (key === "Enter") this.move(shift ? -1 : 1, 0);
      else if (key === "Home") this.extend(shift, row, 1);
      else if (key === "End") this.extend(shift, row, last);
      else if (key === "PageDown") this.move(page, 0);
      else if (key === "PageUp") this.move(-page, 0);
      else if (key === "F2") return this.edit();
      else if (key === "Delete" || key === "Backspace") this.clear();
      else if (key === " " && this.data.columns[column]?.kind === "check") this.toggle(row, column);
      else if (key.length === 1) return this.edit(key);
      else return false;
      return true;
    }

    extend(shift, row, column) {
      const start = this.range();
      if (shift) this.select(start.row, start.column, row, column);
      else this.select(row, column);
    }

    cells(top, left, bottom, right) {
      const cells = [];
      for (let row = top; row <= bottom; row++) for (let at = left; at <= right; at++) cells.push([row, at]);
      return cells;
    }

    clear() {
      const { top, left, bottom, right } = this.range();
      this.put(this.cells(top, left, bottom, right).map(([row, column]) => [row, column, ""]));
    }

    // -- copy, paste, fill -------------------------------------------------------------------------------------

    copy(event, cut = false) {
      if (this.editing) return;
      const { top, left, bottom, right } = this.range();
      const lines = [];
      for (let row = top; row <= bottom; row++) {
        const texts = [];
        for (let column = left; column <= right; column++) texts.push(this.text(row, column));
        lines.push(texts.join("\t"));
      }
      event.clipboardData.setData("text/plain", lines.join("\n"));
      event.preventDefault();
      if (cut) this.clear();
    }

    paste(event) {
      const text = event.clipboardData.getData("text/plain");
      if (this.editing) {
        if (!/[\t\n]/.test(text.trim())) return;
        this.editing.end(false);
      }
      event.preventDefault();
      if (!text.trim()) return;
      const { top, left, bottom, right } = this.range();
      const block = tableOf(text);
      if (block.length === 1 && block[0].length === 1) {
        const [single] = block[0];
        this.put(this.cells(top, left, bottom, right).map(([row, column]) => [row, column, single.trim()]));
        return;
      }
      this.enter({ paste: text, row: top, column: left });
      const rows = Math.min(top + block.length, this.data.rows.length) - 1;
      this.select(top, left, rows, Math.min(left + block[0].length, this.data.columns.length) - 1, false);
    }

    fill(top, left, bottom, right, toRow, toColumn) {
      const [rows, columns] = [bottom - top + 1, right - left + 1];
      const cells = [];
      for (let row = top; row <= toRow; row++) {
        for (let column = left; column <= toColumn; column++) {
          const source = [top + ((row - top) % rows), left + ((column - left) % columns)];
          cells.push([row, column, this.text(...source)]);
        }
      }
      this.put(cells);
    }

    fillByPointer(event) {
      event.preventDefault();
      event.stopPropagation();
      const { top, left, bottom, right } = this.range();
      const seen = (moved) => {
        const over = this.root.elementFromPoint(moved.clientX, moved.clientY)?.closest(".tabulator-row");
        const below = moved.clientY > this.holder().getBoundingClientRect().bottom;
        const at = over && !below ? [...over.parentElement.children].indexOf(over) : this.range().bottom + Number(below);
        this.select(top, left, Math.min(Math.max(at, bottom), this.data.rows.length - 1), right, below);
      };
      const done = () => {
        this.handle.removeEventListener("pointermove", seen);
        const { bottom: toRow } = this.range();
        if (toRow > bottom) this.fill(top, left, bottom, right, toRow, right);
        this.table.element.focus({ preventScroll: true });
      };
      this.handle.setPointerCapture(event.pointerId);
      this.handle.addEventListener("pointermove", seen);
      this.handle.addEventListener("pointerup", done, { once: true });
    }

    // -- pointer -----------------------------------------------------------------------------------------------

    pointed(event) {
      if (this.editing && event.target !== this.editing.input) this.editing.end(true);
      const { row, column } = this.range();
      const box = event.target.closest?.(".tabulator-cell");
      this.again = Boolean(box) && box.id === `${this.id}-${row}-${column}` && box.getAttribute("aria-selected") === "true";
      this.touch = event.pointerType === "touch";
    }

    clicked(event) {
      const box = event.target.closest?.(".tabulator-cell");
      if (!box || this.editing) return;
      const { row, column } = this.range();
      if (event.target.closest(".box")) this.toggle(row, column);
      else if (this.touch && this.again) this.edit();
    }
  }

  globalThis.plannerGrid = {
    draw({ data, parentElement, setStateValue }) {
      const grid = (parentElement[GRID] ??= new Grid(parentElement));
      grid.show(data, setStateValue);
    },
  };
  globalThis.dispatchEvent(new Event("planner-grid"));
})();
