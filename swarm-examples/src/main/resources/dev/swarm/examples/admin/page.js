// The page of a node: the list of seeds at /payload, one of them at /payload/<sha256>.
import {bytes, count, el, keyed, mark, plain, say, span, table} from './dom.js';
import {Detail} from './detail.js';

const REFRESH_MS = 5000;
const PATIENCE_MS = 15000;
const byId = id => document.getElementById(id);

async function read(path) {
  const answer = await fetch(path, {cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS)});
  const document = await answer.json();
  if (!answer.ok) {
    throw new Error(document.error ?? 'the node answered ' + answer.status);
  }
  return document;
}

/** The list: figures of the node, active and revoked seeds, peers, findings. */
class Overview {
  constructor(root) {
    this.figures = el('dl', {class: 'figures'});
    const columns = [['Seed'], ['Size', 'number wide'], ['For', 'wide'], ['Kept', 'number wide'], ['Origin', 'wide'],
      ['Progress', 'progress'], ['Nodes', 'number']];
    this.active = table('Active seeds', columns);
    this.revoked = table('Revoked seeds', columns);
    this.peers = table('Peers', [['Host'], ['Address', 'wide'], ['Blobs', 'number wide'], ['Heard', 'number'], ['Trust']]);
    this.checks = el('ul', {class: 'checks'});
    this.more = el('p', {class: 'quiet', hidden: ''});
    this.empty = el('p', {class: 'empty', hidden: ''}, 'Nothing is distributed. Give a file to the fleet with ',
      el('code', {}, "swarm distribute FILE --target '*'"), '.');
    root.append(
      el('h1', {}, 'Seeds'), this.figures,
      section('Active', this.empty, this.active.frame, this.more), section('Revoked', this.revoked.frame),
      section('Peers', this.peers.frame), section('Health', this.checks));
  }

  async refresh() {
    const [status, seeds, peers, health] =
      await Promise.all(['/api/status', '/api/seeds', '/api/peers', '/api/health'].map(read));
    header(status, health);
    this.showFigures(status);
    const active = seeds.seeds.filter(seed => seed.state === 'active');
    const ended = seeds.seeds.filter(seed => seed.state !== 'active');
    showSeeds(this.active.body, active);
    showSeeds(this.revoked.body, ended);
    this.empty.hidden = active.length > 0;
    this.active.frame.hidden = active.length === 0;
    this.revoked.frame.parentElement.hidden = ended.length === 0;
    this.more.hidden = seeds.total <= seeds.seeds.length;
    say(this.more, 'The newest ' + seeds.seeds.length + ' of ' + seeds.total + ' are shown.');
    showPeers(this.peers, peers.peers);
    showChecks(this.checks, health.checks);
    const whole = active.filter(seed => seed.summary.total > 0 && seed.summary.complete === seed.summary.total).length;
    document.title = 'swarm: ' + status.host;
    return count(active.length, 'active seed', 'active seeds') + ', ' + whole + ' complete on every node, '
      + count(status.peers, 'peer', 'peers') + '.';
  }

  showFigures(status) {
    const checkIn = status.last_checkin === null ? 'never' : span((Date.now() - status.last_checkin) / 1000) + ' ago';
    const figures = [['Active seeds', status.active_blobs], ['Complete here', status.complete_blobs],
      ['Coming in', Object.keys(status.downloading).length], ['Peers', status.peers],
      ['Cache', bytes(status.cache_bytes ?? 0)], ['Last check-in', checkIn]];
    keyed(this.figures, figures, ([name]) => name,
      ([name]) => el('div', {}, el('dt', {}, name), el('dd')),
      (box, [, value]) => say(box.lastElementChild, String(value)));
  }
}

function section(title, ...content) {
  return el('section', {'aria-label': title}, el('h2', {}, title), ...content);
}

function header(status, health) {
  say(byId('node'), status.host + ' at ' + status.address);
  const bad = health.checks.filter(check => !check.ok).length;
  say(byId('health'), bad === 0 ? 'healthy' : count(bad, 'finding', 'findings'));
  mark(byId('health'), 'class', 'badge ' + (bad === 0 ? 'complete' : 'skipped'));
}

function showSeeds(body, seeds) {
  keyed(body, seeds, seed => seed.sha256, () => {
    const name = el('a', {}, el('bdi'));
    const cells = ['number wide', 'wide', 'number wide', 'wide'].map(kind => el('td', {class: kind}));
    return el('tr', {}, el('th', {scope: 'row'}, name, el('span', {class: 'sub hash'})), ...cells,
      el('td', {class: 'progress'}, el('progress', {max: '1', value: '0'})), el('td', {class: 'number'}));
  }, (row, seed) => {
    const [head, size, target, kept, origin, progress, nodes] = row.children;
    mark(head.firstElementChild, 'href', '/payload/' + seed.sha256);
    say(head.firstElementChild.firstElementChild, plain(seed.label));
    say(head.lastElementChild, seed.sha256.slice(0, 12) + ', ' + span(seed.age_s) + ' old');
    say(size, bytes(seed.size));
    say(target, plain(seed.target));
    say(kept, seed.retention === '0' ? 'for ever' : seed.retention);
    say(origin, plain(seed.origin));
    const total = seed.summary.total * Math.max(seed.chunks, 1);
    const done = seed.state !== 'active' ? seed.summary.revoked / Math.max(1, seed.summary.total)
      : seed.chunks === 0 ? seed.summary.complete / Math.max(1, seed.summary.total)
        : seed.chunks_have / Math.max(1, total);
    const word = seed.state === 'active' ? 'complete' : 'evicted';
    mark(progress.firstElementChild, 'value', done.toFixed(4));
    mark(progress.firstElementChild, 'aria-label', Math.floor(done * 100) + ' % ' + word);
    say(nodes, (seed.state === 'active' ? seed.summary.complete : seed.summary.revoked) + '/' + seed.summary.total);
  });
}

const TRUST = new Map([[-1, ['banned', 'skipped']], [0, ['hinted at', 'pending']], [1, ['proven', 'complete']],
  [2, ['served us', 'complete']]]);

function showPeers(peers, list) {
  peers.frame.hidden = list.length === 0;
  keyed(peers.body, list, peer => peer.address,
    () => el('tr', {}, el('th', {scope: 'row'}, el('bdi'), el('span', {class: 'sub hash narrow'})),
      el('td', {class: 'hash wide'}), el('td', {class: 'number wide'}),
      el('td', {class: 'number'}), el('td', {}, el('span', {class: 'badge'}))),
    (row, peer) => {
      const [host, address, blobs, heard, trust] = row.children;
      const [word, kind] = TRUST.get(peer.trust) ?? ['unknown', 'pending'];
      say(host.firstElementChild, plain(peer.host ?? 'not proven'));
      say(host.lastElementChild, plain(peer.address));
      say(address, plain(peer.address));
      say(blobs, String(peer.blobs));
      say(heard, span(peer.last_seen_s) + ' ago');
      say(trust.firstElementChild, peer.reachable || peer.trust < 0 ? word : word + ', resting');
      mark(trust.firstElementChild, 'class', 'badge ' + (peer.reachable || peer.trust < 0 ? kind : 'pending'));
    });
}

function showChecks(list, checks) {
  keyed(list, checks.map((check, at) => ({...check, key: check.name + at})), check => check.key,
    check => el('li', {}, el('span', {class: 'badge'}), ' ', el('b', {}, check.name), ' ', el('bdi')),
    (item, check) => {
      say(item.firstElementChild, check.ok ? 'ok' : 'look');
      mark(item.firstElementChild, 'class', 'badge ' + (check.ok ? 'complete' : 'skipped'));
      say(item.lastElementChild, plain(check.finding + (check.remedy ? '; ' + check.remedy : '')));
    });
}

const sha = location.pathname.match(/^\/payload\/([0-9a-f]{64})$/)?.[1];
const view = sha ? new Detail(byId('view'), sha, read, header) : new Overview(byId('view'));
let freshAt = 0;

async function refresh() {
  if (document.hidden) {
    setTimeout(refresh, REFRESH_MS);
    return;
  }
  try {
    say(byId('announce'), await view.refresh());
    freshAt = Date.now();
    byId('notice').hidden = true;
  } catch (failure) {
    const why = failure instanceof TypeError || failure.name === 'TimeoutError'
      ? 'The node does not answer. What is shown is from earlier; it is asked again every 5 seconds.'
      : plain(failure.message);
    say(byId('notice'), why);
    byId('notice').hidden = false;
  }
  setTimeout(refresh, REFRESH_MS);
}

setInterval(() => say(byId('age'), freshAt === 0 ? '' : span((Date.now() - freshAt) / 1000) + ' ago'), 1000);
refresh();
