'use strict';
// The player: shows what the film says of a step. What the kernel holds is not computed here: each step says what has changed.
const film = JSON.parse(document.getElementById('film').textContent);
const steps = film.steps;
const by = id => document.getElementById(id);
let at = 0;
let playing = null;
let unfolded = new Set();

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// What the kernel holds after step n, and what of it is new.
function stateAfter(n) {
  const cells = new Map();
  for (let i = 0; i <= n; i++) {
    for (const [key, value] of Object.entries(steps[i].set)) {
      if (value === null) cells.delete(key); else cells.set(key, value);
    }
  }
  return cells;
}

const name = index => index === null || index === undefined ? '？' : film.actors[index].name;
// With its program, where that does not say who it is.
function whole(index) {
  const person = film.actors[index];
  return person.role === 'program' || film.terminals.length === 1 ? person.name : film.terminals[person.terminal] + '的' + person.name;
}
const acting = new Set(steps.map(step => step.actor));
const reachedLines = film.sources.map((_, source) => {
  const lines = new Map();
  steps.forEach((step, index) => {
    if (step.place && step.place[0] === source) {
      if (!lines.has(step.place[1])) lines.set(step.place[1], []);
      lines.get(step.place[1]).push(index);
    }
  });
  return lines;
});
// ①②③ of a line: those of the steps that were made there.
const marksOf = film.sources.map((_, source) => {
  const marks = new Map();
  for (const step of steps) {
    if (step.mark && step.place && step.place[0] === source && !marks.has(step.place[1])) marks.set(step.place[1], step.mark);
  }
  return marks;
});

// Who of a program acts, or was the last to do so.
function lastOf(terminal) {
  for (let i = at; i >= 0; i--) if (film.actors[steps[i].actor].terminal === terminal) return steps[i].actor;
  return null;
}

function sourceOf(terminal, cells) {
  // where everybody of this program is: line to names
  const people = new Map();
  for (const [key, cell] of cells) {
    if (key.startsWith('actor:') && cell.place && cell.tone !== 'gone' && film.actors[cell.actor].terminal === terminal) people.set(cell.actor, cell.place);
  }
  const last = lastOf(terminal);
  const own = last !== null && cells.get('actor:' + String(last).padStart(4, '0'));
  // who acts is where he acts; what he does until the next step may be elsewhere
  const acts = last === steps[at].actor && steps[at].place;
  const place = acts || (own && own.place) || [...people.values()][0];
  if (acts) people.set(last, acts);
  if (!place) return make('p', 'none', '源代码的哪一行，现在不知道');
  const [source, line] = place;
  const box = make('div', 'source');
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', film.sources[source].name + (line ? ' 第 ' + line + ' 行' : ''));
  const list = make('ol');
  const reached = reachedLines[source];
  const near = n => { for (let d = -2; d <= 2; d++) if (reached.has(n + d)) return true; return false; };
  const others = new Map();
  for (const [actor, [where, n]] of people) {
    if (where !== source || (actor === last && people.size === 1)) continue;
    others.set(n, [...(others.get(n) || []), name(actor)]);
  }
  const isOpen = n => near(n) || n === line || others.has(n) || unfolded.has(source + ':' + n);
  const lines = film.sources[source].lines;
  for (let n = 1; n <= lines.length; n++) {
    if (!isOpen(n)) {
      let end = n;
      while (end + 1 <= lines.length && !isOpen(end + 1)) end++;
      const fold = make('li', 'fold', '⋯ ' + (end - n + 1) + ' 行 ⋯');
      const from = n;
      fold.addEventListener('click', () => { for (let i = from; i <= end; i++) unfolded.add(source + ':' + i); show(); });
      list.append(fold);
      n = end;
      continue;
    }
    const item = make('li', (reached.has(n) ? 'reached ' : '') + (n === line ? 'here' : others.has(n) ? 'also' : ''));
    const mark = marksOf[source].get(n);
    item.append(make('span', 'n', (mark ? mark + ' ' : '') + n), make('span', '', lines[n - 1]));
    if (others.has(n)) item.append(make('span', 'whose', '← ' + others.get(n).join('、')));
    if (n === line) item.setAttribute('aria-current', 'true');
    if (reached.has(n)) {
      item.title = '哪几步在这一行：' + reached.get(n).map(i => i + 1).join('、');
      item.addEventListener('click', () => {
        const all = reached.get(n);
        go(all.find(i => i > at) ?? all[0]);
      });
    }
    list.append(item);
  }
  box.append(make('div', 'faint', film.sources[source].name), list);
  return box;
}

function terminalOf(terminal) {
  const box = make('div', 'terminal');
  box.tabIndex = 0;
  box.setAttribute('role', 'log');
  box.setAttribute('aria-live', 'off');
  box.setAttribute('aria-label', film.terminals[terminal] + ' 的终端');
  for (const line of film.lines) {
    if (line.terminal !== terminal || line.step > at) continue;
    const text = (line.stream === 'in' ? '（键盘）' : '') + line.text + (line.count > 1 ? '　×' + line.count : '');
    const row = make('div', line.stream + (line.step === at ? ' new' : ''), text || ' ');
    row.addEventListener('click', () => go(line.step));
    box.append(row);
  }
  return box;
}

function programOf(terminal, cells) {
  const step = steps[at];
  const isActing = step && film.actors[step.actor].terminal === terminal;
  const box = make('article', 'program' + (isActing ? ' acts' : ''));
  box.append(make('h2', '', film.terminals[terminal]));
  const crowd = new Map();
  for (const [key, cell] of [...cells].sort(([one], [other]) => one < other ? -1 : 1)) {
    if (!key.startsWith('actor:') || film.actors[cell.actor].terminal !== terminal) continue;
    const person = film.actors[cell.actor];
    // a crowd of which nobody ever does anything is told together
    if (!acting.has(cell.actor) && person.role === 'thread') {
      crowd.set(cell.state, (crowd.get(cell.state) || 0) + 1);
      continue;
    }
    const row = make('div', 'person' + (step.actor === cell.actor ? ' acts' : ''));
    const kind = { program: '', process: '子进程 ', thread: '线程 ' }[person.role];
    row.append(make('b', '', /^(子进程|线程)/.test(person.name) ? person.name : kind + person.name), make('span', cell.tone, cell.state));
    box.append(row);
    if (cell.fds.length) {
      const list = make('ul', 'fds');
      for (const [fd, words] of cell.fds) list.append(make('li', '', 'fd ' + fd + ' → ' + words));
      box.append(list);
    }
  }
  for (const [state, count] of crowd) {
    const row = make('div', 'person');
    row.append(make('b', '', '另有 ' + count + ' 个线程'), make('span', 'gone', state));
    box.append(row);
  }
  box.append(sourceOf(terminal, cells), terminalOf(terminal));
  return box;
}

function bytes(pieces) {
  const box = make('span');
  for (const piece of pieces.slice(0, 12)) {
    const text = piece.text === undefined ? piece.bytes + ' 字节（不是文字）' : piece.text + '（' + piece.bytes + ' 字节）';
    const button = make('button', 'bytes' + (piece.step === at ? ' new' : ''), text);
    button.title = '第 ' + (piece.step + 1) + ' 步发的：点一下到那一步';
    button.addEventListener('click', () => go(piece.step));
    box.append(button);
  }
  if (pieces.length > 12) box.append(make('span', 'none', '……一共 ' + pieces.length + ' 段'));
  return box;
}

function way(from, to, cell, isShut) {
  const row = make('div', 'way');
  row.append(make('div', '', from + ' → ' + to));
  if (cell.pieces.length) {
    row.append(make('div', 'none', '已经发出、还没有收：' + cell.came + ' 字节'), bytes(cell.pieces));
  } else {
    row.append(make('span', 'none', '没有还没收的字节'));
  }
  const flags = [];
  if (isShut) flags.push(from + ' 不再发了');
  if (cell.sawEnd) flags.push(to + ' 读到了结尾（0 字节）');
  if (flags.length) row.append(make('div', 'flag', flags.join('；')));
  return row;
}

const KERNEL = {
  listener: cell => {
    const box = make('div');
    box.append(make('h3', '', whole(cell.who) + ' 在 ' + cell.at + ' 监听'));
    const queue = cell.queue.length ? '排着队、还没有接受：' + cell.queue.join('、') : '队列里没有人';
    box.append(make('div', cell.queue.length ? 'flag' : 'none', queue + '（listen 写的长度 ' + cell.backlog + '）'));
    return box;
  },
  connection: cell => {
    const box = make('div');
    const [client, server] = cell.ends;
    const a = client.who === null ? client.at : whole(client.who);
    const b = server.who === null ? server.at : whole(server.who);
    if (client.closed && server.closed && !client.pieces.length && !server.pieces.length) {
      return make('div', 'none', '连接：' + a + ' ⇄ ' + b + '，两边都关闭了');
    }
    box.append(make('h3', '', '连接：' + a + ' ⇄ ' + b + (cell.accepted ? '' : '（还没有 accept）')));
    const ended = [client.closed ? a + ' 已经关闭' : '', server.closed ? b + ' 已经关闭' : ''].filter(Boolean);
    if (ended.length) box.append(make('div', 'flag', ended.join('，')));
    const wire = make('div', 'wire');
    wire.append(way(a, b, server, client.shut), way(b, a, client, server.shut));
    box.append(wire);
    return box;
  },
  pipe: cell => {
    const box = make('div');
    box.append(make('h3', '', '管道 ' + cell.number));
    const who = list => list.length ? list.map(whole).join('、') : '没有人';
    box.append(make('div', 'none', '写端：' + who(cell.writers) + '；读端：' + who(cell.readers)));
    if (cell.pieces.length) box.append(make('div', 'none', '里面有 ' + cell.bytes + ' 字节'), bytes(cell.pieces));
    else box.append(make('div', 'none', '里面是空的'));
    return box;
  },
  datagrams: cell => {
    const box = make('div');
    box.append(make('h3', '', '到了 ' + cell.at + '、还没有收的数据报：' + cell.pieces.length + ' 个'), bytes(cell.pieces));
    return box;
  },
  unix: cell => {
    const box = make('div');
    box.append(make('h3', '', '本机的套接字里：' + cell.bytes + ' 字节'), bytes(cell.pieces));
    return box;
  },
  file: cell => make('div', '', '文件 ' + cell.name + '：写了 ' + cell.bytes + ' 字节'),
};
const ORDER = ['listener', 'connection', 'pipe', 'datagrams', 'unix', 'file'];

function kernelOf(cells) {
  const box = make('div');
  for (const kind of ORDER) {
    for (const key of [...cells.keys()].sort()) {
      if (!key.startsWith(kind + ':')) continue;
      const cell = make('div', 'cell' + (key in steps[at].set ? ' changed' : ''));
      cell.append(KERNEL[kind](cells.get(key)));
      box.append(cell);
    }
  }
  if (!box.childElementCount) box.append(make('p', 'none', '没有监听的套接字、连接、管道，也没有看到写文件'));
  return box;
}

function keepInSight(box) {
  const here = box.querySelector('.here');
  const source = box.querySelector('.source');
  if (here && source) source.scrollTop = Math.max(0, here.offsetTop - source.offsetTop - source.clientHeight / 2);
  const terminal = box.querySelector('.terminal');
  if (terminal) terminal.scrollTop = terminal.scrollHeight;
}

function show() {
  const step = steps[at];
  if (!step) { by('now').textContent = '没有看到程序做什么'; return; }
  const cells = stateAfter(at);
  const now = by('now');
  now.replaceChildren(make('span', 'who', name(step.actor)));
  if (step.mark) now.append(make('span', 'mark', step.mark));
  now.append(make('span', step.tone, step.words));
  if (step.from !== undefined) {
    const button = make('button', '', '因为第 ' + (step.from + 1) + ' 步');
    button.addEventListener('click', () => go(step.from));
    now.append(' ', button);
  }
  const programs = film.terminals.map((_, terminal) => programOf(terminal, cells));
  by('programs').replaceChildren(...programs);
  by('cells').replaceChildren(kernelOf(cells));
  programs.forEach(keepInSight);
  by('bar').value = at;
  by('bar').setAttribute('aria-valuetext', '第 ' + (at + 1) + ' 步，共 ' + steps.length + ' 步：' + name(step.actor) + ' ' + step.words);
  by('clock').textContent = '第 ' + (at + 1) + '/' + steps.length + ' 步　' + step.at.toFixed(3) + ' 秒' + (film.is_virtual ? '（虚拟的时间）' : '');
  for (const item of by('remarks').children) {
    item.hidden = item.dataset.step !== undefined && Number(item.dataset.step) > at && !item.querySelector('button');
  }
}

function go(step) {
  at = Math.max(0, Math.min(steps.length - 1, step));
  history.replaceState(null, '', '#' + (at + 1));
  show();
}

// One step of the same program, forwards or back.
function sameProgram(way) {
  const terminal = film.actors[steps[at].actor].terminal;
  for (let i = at + way; i >= 0 && i < steps.length; i += way) {
    if (film.actors[steps[i].actor].terminal === terminal) return go(i);
  }
}

function pause() {
  clearTimeout(playing);
  playing = null;
  by('play').setAttribute('aria-pressed', 'false');
  by('play').textContent = '放映';
}

// Steps that matter stay longer.
function play() {
  if (at >= steps.length - 1) go(0);
  by('play').setAttribute('aria-pressed', 'true');
  by('play').textContent = '停';
  const turn = () => {
    if (at >= steps.length - 1) return pause();
    go(at + 1);
    const step = steps[at];
    playing = setTimeout(turn, step.mark || step.tone === 'failure' ? 1600 : step.tone === 'print' || step.from !== undefined ? 1200 : 700);
  };
  playing = setTimeout(turn, 300);
}

function large() {
  const on = document.documentElement.classList.toggle('large');
  by('large').setAttribute('aria-pressed', String(on));
}

const KEYS = {
  ArrowRight: () => go(at + 1), ArrowLeft: () => go(at - 1), ArrowDown: () => sameProgram(1), ArrowUp: () => sameProgram(-1),
  Home: () => go(0), End: () => go(steps.length - 1), ' ': () => playing ? pause() : play(), l: large, L: large,
};
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey || !KEYS[event.key]) return;
  // Space on a button presses it
  if (event.key === ' ' && event.target instanceof HTMLButtonElement) return;
  event.preventDefault();
  if (event.key !== ' ' && playing) pause();
  KEYS[event.key]();
});
by('first').addEventListener('click', () => go(0));
by('back').addEventListener('click', () => go(at - 1));
by('next').addEventListener('click', () => go(at + 1));
by('last').addEventListener('click', () => go(steps.length - 1));
by('play').addEventListener('click', () => playing ? pause() : play());
by('large').addEventListener('click', large);
by('bar').addEventListener('input', event => { pause(); go(Number(event.target.value)); });
window.addEventListener('hashchange', () => go(Number(location.hash.slice(1)) - 1 || 0));

by('title').textContent = film.title;
by('bar').max = Math.max(0, steps.length - 1);
steps.forEach((step, index) => {
  const kind = step.tone === 'call' ? '' : step.tone;
  if (kind) addMark(index, kind);
});
for (const remark of film.remarks) {
  const item = make('li', remark.title ? '' : 'note');
  if (remark.title) item.append(make('b', '', remark.title + '　'));
  item.append(make('span', '', remark.text));
  if (remark.step !== undefined) {
    addMark(remark.step, 'remark');
    const button = make('button', '', '看第 ' + (remark.step + 1) + ' 步');
    button.addEventListener('click', () => go(remark.step));
    item.append(button);
  }
  by('remarks').append(item);
}
function addMark(index, kind) {
  const mark = make('i', kind);
  mark.style.left = steps.length > 1 ? 100 * index / (steps.length - 1) + '%' : '0';
  by('marks').append(mark);
}
go((Number(location.hash.slice(1)) || 1) - 1);
