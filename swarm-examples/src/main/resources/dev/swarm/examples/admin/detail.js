// One seed: how far each node has come, whose chunks it got, and what bound the slowest.
import {bytes, count, el, keyed, mark, plain, say, span, table} from './dom.js';

/** States in the order in which they are drawn and listed. */
const STATES = ['complete', 'downloading', 'pending', 'skipped', 'revoking', 'revoked'];
const COLOURS = 7;
const MAX_NODES = 300;
const MAX_STRIPS = 60;
const MAX_COLUMNS = 12;
const BOUNDS = {
  seeder: 'waiting until somebody had what was missing (seeder)',
  peers: 'waiting for the lines of the other ends (peers)',
  downlink: "filling the node's own line (downlink)",
  disk: 'checking and writing (disk)',
};

export class Detail {
  constructor(root, sha, read, header) {
    Object.assign(this, {sha, read, header});
    this.title = el('bdi');
    this.state = el('span', {class: 'badge'});
    this.facts = el('dl', {class: 'figures'});
    this.bar = el('div', {class: 'states', role: 'img'});
    this.stateList = el('ul', {class: 'legend'});
    this.pace = el('p', {class: 'pace'}, el('strong', {class: 'ratio'}), el('span'));
    this.nodes = table('Nodes', [['Host'], ['State'], ['Progress', 'progress'], ['Pace', 'wide'], ['Reason', 'reason wide']]);
    this.unknown = el('p', {class: 'quiet', hidden: ''});
    this.legend = el('ul', {class: 'legend'});
    this.strips = el('ul', {class: 'strips'});
    this.flow = table('Chunks by receiver and source', []);
    this.flow.frame.classList.add('flow');
    this.flowNote = el('p', {class: 'quiet'});
    root.append(
      el('nav', {'aria-label': 'Path'}, el('a', {href: '/payload'}, 'All seeds')),
      el('h1', {}, this.title, ' ', this.state), el('p', {class: 'hash sha'}, sha), this.facts,
      section('Progress', this.bar, this.stateList, this.pace),
      section('Nodes', this.nodes.frame, this.unknown),
      this.sources = section('Where chunks came from', this.legend, this.strips),
      this.matrix = section('Chunk flow', this.flow.frame, this.flowNote),
      this.ending = this.revoking());
    new ResizeObserver(() => this.draw()).observe(this.strips);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  async refresh() {
    const [seed, status, health] =
      await Promise.all(['/api/seeds/' + this.sha, '/api/status', '/api/health'].map(this.read));
    this.header(status, health);
    this.seed = seed;
    this.sourceNames = rankSources(seed);
    this.domain = sharedDomain(seed.nodes.map(node => node.host.split('.')));
    say(this.title, plain(seed.label));
    say(this.state, seed.state);
    mark(this.state, 'class', 'badge ' + (seed.state === 'active' ? 'complete' : 'revoked'));
    document.title = 'swarm: ' + plain(seed.label);
    this.showFacts(seed);
    this.showProgress(seed);
    this.showNodes(seed);
    this.showSources(seed);
    this.showFlow(seed);
    this.ending.hidden = seed.state !== 'active';
    return plain(seed.label).slice(0, 80) + ': ' + seed.summary.complete + ' of ' + count(seed.summary.total, 'node', 'nodes')
      + ' complete' + (seed.summary.downloading ? ', ' + seed.summary.downloading + ' downloading' : '') + '.';
  }

  showFacts(seed) {
    const facts = [['Size', bytes(seed.size)], ['Chunks', String(seed.chunks)], ['For', plain(seed.target)],
      ['Kept', seed.retention === '0' ? 'for ever' : seed.retention], ['Origin', plain(seed.origin)],
      ['Age', span(seed.age_s)]];
    keyed(this.facts, facts, ([name]) => name, ([name]) => el('div', {}, el('dt', {}, name), el('dd')),
      (box, [, value]) => say(box.lastElementChild, value));
  }

  showProgress(seed) {
    const states = STATES.filter(state => seed.summary[state] > 0);
    keyed(this.bar, states, state => state, state => el('span', {class: 'part ' + state}),
      (part, state) => part.style.setProperty('flex-grow', seed.summary[state]));
    mark(this.bar, 'aria-label', states.map(state => seed.summary[state] + ' ' + state).join(', ') || 'no node yet');
    keyed(this.stateList, states, state => state,
      state => el('li', {}, el('i', {class: 'swatch ' + state, 'aria-hidden': 'true'}), el('b'), ' ' + state),
      (item, state) => say(item.children[1], String(seed.summary[state])));
    const paced = seed.nodes.filter(node => typeof node.ratio === 'number' && node.ratio > 0);
    const slowest = paced.reduce((a, b) => (a && a.ratio >= b.ratio ? a : b), null);
    this.pace.hidden = slowest === null;
    if (slowest !== null) {
      say(this.pace.children[0], slowest.ratio.toFixed(2) + '\u00d7');
      say(this.pace.children[1], ' as long as the best rate of ' + plain(slowest.host) + ' allows'
        + (paced.length > 1 ? ', the least near to its best of ' + paced.length + ' receivers' : '')
        + '. Most of that time went into ' + (BOUNDS[slowest.bound] ?? plain(slowest.bound)) + '.');
    }
  }

  showNodes(seed) {
    const order = node => STATES.indexOf(node.status) === 0 ? STATES.length : STATES.indexOf(node.status);
    const shown = [...seed.nodes]
      .sort((a, b) => order(a) - order(b) || (a.host < b.host ? -1 : 1)).slice(0, MAX_NODES);
    keyed(this.nodes.body, shown, node => node.host,
      () => el('tr', {}, el('th', {scope: 'row'}, el('bdi'), el('span', {class: 'sub narrow'})),
        el('td', {}, el('span', {class: 'badge'})),
        el('td', {class: 'progress'}, el('progress', {max: '1', value: '0'}), el('span', {class: 'sub'})),
        el('td', {class: 'wide'}), el('td', {class: 'reason wide'}, el('bdi'))),
      (row, node) => {
        const [host, state, progress, pace, reason] = row.children;
        const done = node.chunks_total > 0 ? node.chunks_have / node.chunks_total : node.status === 'complete' ? 1 : 0;
        say(host.firstElementChild, plain(node.host));
        say(state.firstElementChild, node.status);
        mark(state.firstElementChild, 'class', 'badge ' + node.status);
        mark(progress.firstElementChild, 'value', done.toFixed(4));
        mark(progress.firstElementChild, 'aria-label', Math.floor(done * 100) + ' %');
        say(progress.lastElementChild, node.chunks_have + '/' + node.chunks_total);
        say(pace, node.ratio > 0 ? node.ratio.toFixed(2) + '\u00d7 ' + plain(node.bound) : '');
        say(reason.firstElementChild, plain(node.skip_reason));
        say(host.lastElementChild, plain(node.skip_reason));
      });
    const notes = [];
    if (seed.nodes.length > shown.length) notes.push('The first ' + shown.length + ' of ' + seed.nodes.length + ' are shown.');
    if (seed.unknown) notes.push('Not known whether it is for: ' + plain(seed.unknown.slice(0, 20).join(', '))
      + (seed.unknown.length > 20 ? ' and ' + (seed.unknown.length - 20) + ' more.' : '.'));
    this.unknown.hidden = notes.length === 0;
    say(this.unknown, notes.join(' '));
  }

  showSources(seed) {
    const shown = seed.nodes.filter(node => (seed.strips[node.host] ?? []).length > 0).slice(0, MAX_STRIPS);
    this.sources.hidden = shown.length === 0;
    const ranked = this.sourceNames.slice(0, COLOURS).map((source, i) => ['source-' + i, short(this.domain, nameOf(seed, source))]);
    if (this.sourceNames.length > COLOURS) ranked.push(['source-other', 'others']);
    const cached = shown.some(node => seed.strips[node.host].some(([source]) => source === 'cached'));
    if (cached) ranked.push(['source-cached', 'cached']);
    keyed(this.legend, ranked, ([kind, name]) => kind + name,
      ([kind, name]) => el('li', {}, el('i', {class: 'swatch ' + kind, 'aria-hidden': 'true'}), el('bdi', {}, name)),
      () => {});
    keyed(this.strips, shown, node => node.host,
      () => el('li', {}, el('bdi', {class: 'who'}), el('canvas', {role: 'img', class: 'strip'})),
      (item, node) => {
        say(item.firstElementChild, short(this.domain, node.host));
        mark(item.lastElementChild, 'aria-label', 'Chunks of ' + plain(node.host) + ': '
        + (Object.entries(node.sources).map(([source, n]) => n + ' from ' + nameOf(seed, source)).join(', ') || 'none'));
      });
    this.draw();
  }

  /** Draws each strip: as many dots as the screen has, one rectangle for each run. */
  draw() {
    if (!this.seed) return;
    const styles = getComputedStyle(document.documentElement);
    const colourOf = source => {
      const rank = this.sourceNames.indexOf(source);
      const name = source === 'cached' ? 'cached' : rank >= 0 && rank < COLOURS ? rank : 'other';
      return styles.getPropertyValue('--source-' + name).trim();
    };
    for (const item of this.strips.children) {
      const canvas = item.lastElementChild;
      const width = Math.round(canvas.clientWidth * devicePixelRatio);
      const height = Math.round(canvas.clientHeight * devicePixelRatio);
      if (width === 0) continue;
      canvas.width = width;
      canvas.height = height;
      const context = canvas.getContext('2d');
      const scale = width / Math.max(1, this.seed.chunks);
      let at = 0;
      for (const [source, chunks] of this.seed.strips[item.dataset.key] ?? []) {
        if (source !== '') {
          const from = Math.floor(at * scale);
          context.fillStyle = colourOf(source);
          context.fillRect(from, 0, Math.max(1, Math.ceil((at + chunks) * scale) - from), height);
        }
        at += chunks;
      }
    }
  }

  showFlow(seed) {
    const receivers = seed.nodes.filter(node => Object.keys(node.sources).length > 0).slice(0, MAX_STRIPS);
    this.matrix.hidden = receivers.length === 0;
    const columns = this.sourceNames.slice(0, MAX_COLUMNS);
    const rest = this.sourceNames.slice(MAX_COLUMNS);
    const heads = ['Receiver', ...columns.map(source => short(this.domain, nameOf(seed, source))), ...(rest.length ? ['others'] : []), 'Sum'];
    const largest = Math.max(1, ...receivers.flatMap(node => columns.map(source => node.sources[source] ?? 0)));
    const head = this.flow.frame.querySelector('thead tr');
    keyed(head, heads.map((name, i) => [i, name]), ([i, name]) => i + name,
      ([i, name]) => el('th', {scope: 'col', class: i === 0 ? '' : 'number'}, el('bdi', {}, name)), () => {});
    const rows = receivers.map(node => {
      const cells = columns.map(source => node.sources[source] ?? 0);
      if (rest.length) cells.push(rest.reduce((sum, source) => sum + (node.sources[source] ?? 0), 0));
      return [node.host, cells, cells.reduce((a, b) => a + b, 0)];
    });
    keyed(this.flow.body, rows, ([host]) => host, () => el('tr', {}, el('th', {scope: 'row'}, el('bdi'))),
      (row, [host, cells, sum]) => {
        say(row.firstElementChild.firstElementChild, short(this.domain, host));
        while (row.children.length > cells.length + 2) row.lastElementChild.remove();
        while (row.children.length < cells.length + 2) row.append(el('td', {class: 'number'}));
        cells.forEach((n, i) => {
          const cell = row.children[i + 1];
          say(cell, n === 0 ? '\u00b7' : String(n));
          cell.className = 'number heat';
          cell.style.setProperty('--heat', n === 0 ? '0%' : Math.round(8 + 32 * n / largest) + '%');
        });
        const last = row.lastElementChild;
        last.className = 'number sum';
        last.style.removeProperty('--heat');
        say(last, String(sum));
      });
    const cached = receivers.reduce((sum, node) => sum + (node.sources.cached ?? 0), 0);
    const fetched = rows.reduce((all, [, , sum]) => all + sum, 0);
    say(this.flowNote, count(fetched, 'chunk', 'chunks') + ' fetched by ' + count(receivers.length, 'receiver', 'receivers')
      + (cached > 0 ? '; ' + cached + ' more were there before and are not in the table.' : '.'));
  }

  revoking() {
    const token = el('input', {type: 'password', id: 'token', autocomplete: 'off', spellcheck: 'false'});
    const button = el('button', {}, 'Revoke on every node');
    const form = el('form', {class: 'row'}, el('label', {for: 'token'}, 'Token'), token, button);
    const result = el('p', {class: 'quiet', role: 'status'});
    form.addEventListener('submit', async event => {
      event.preventDefault();
      button.disabled = true;
      try {
        const answer = await fetch('/api/seeds/' + this.sha + '/revoke',
          {method: 'POST', headers: {'X-Swarm-Token': token.value.trim()}});
        const told = await answer.json();
        say(result, answer.ok ? 'Revoked. Copies go as nodes hear of it.' : plain(told.error));
      } catch (failure) {
        say(result, 'The node does not answer; try again.');
      }
      button.disabled = false;
    });
    return el('details', {class: 'ending'}, el('summary', {}, 'Revoke'),
      el('p', {}, 'Every node deletes its copy. The token is in ', el('code', {}, 'admin.token'), " in the node's directory."),
      form, result);
  }
}

function section(title, ...content) {
  return el('section', {'aria-label': title}, el('h2', {}, title), ...content);
}

/** Every source but what was there before, those that gave most first, so that few colours tell most. */
function rankSources(seed) {
  const given = new Map();
  for (const node of seed.nodes) {
    for (const [source, chunks] of Object.entries(node.sources)) {
      if (source !== 'cached' && typeof chunks === 'number') given.set(source, (given.get(source) ?? 0) + chunks);
    }
  }
  const origin = source => seed.hosts[source] === seed.origin ? 0 : 1;
  return [...given.keys()].sort((a, b) => origin(a) - origin(b) || given.get(b) - given.get(a) || (a < b ? -1 : 1));
}

/** A host without the domain that all nodes of the seed share: what tells them apart is what a narrow place has room for. */
function short(domain, host) {
  return plain(domain !== '' && host.endsWith(domain) ? host.slice(0, -domain.length) : host);
}

/** The labels at the end that all of these names share, with a dot before them, and at least one label of each left over. */
function sharedDomain(names) {
  let shared = 0;
  while (names.length > 1 && names.every(name => name.length > shared + 1 && name.at(-1 - shared) === names[0].at(-1 - shared))) {
    shared++;
  }
  return shared === 0 ? '' : '.' + names[0].slice(-shared).join('.');
}

function nameOf(seed, source) {
  return plain(Object.hasOwn(seed.hosts, source) ? seed.hosts[source] : source).slice(0, 64);
}
