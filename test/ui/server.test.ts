import assert from 'node:assert/strict';
import { existsSync, symlinkSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { main } from '../../engine/cli/main.ts';
import { startServer, type UiServer } from '../../ui/server/server.ts';
import { createTestConsole } from '../cli/test-console.ts';
import { inProject, type TraceProject } from '../traces/project.ts';
import { drawPhotos, pipeline, tables } from './project.ts';

async function inServed(body: (project: TraceProject, server: UiServer) => Promise<void>): Promise<void> {
  await inProject({ 'pipeline.yaml': pipeline, ...tables, 'secret.txt': 'secret' }, async (project) => {
    await drawPhotos(project);
    await project.run();
    const server = await startServer({ root: project.root, settings: { set: [] } }, 0);
    try {
      await body(project, server);
    } finally {
      await server.close();
    }
  });
}

const ask = async (server: UiServer, path: string, init?: RequestInit) => {
  const response = await fetch(`${server.url}${path}`, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
};

/** A request as fetch would not make it: dots stay in its path, and its headers are chosen freely. */
function askRaw(server: UiServer, path: string, headers: Record<string, string> = {}): Promise<number> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject);
    sent.end();
  });
}

test('only who has the token is answered, from this machine, by its own page', () =>
  inServed(async (_, server) => {
    const { origin, pathname, host } = new URL(server.url);
    assert.equal((await ask(server, 'api/structure')).status, 200);
    assert.equal(await askRaw(server, '/'), 403);
    assert.equal(await askRaw(server, '/api/structure'), 403);
    assert.equal(await askRaw(server, `/${'x'.repeat(24)}/api/structure`), 403);
    assert.equal(await askRaw(server, `${pathname}api/structure`, { host: 'evil.example' }), 421);
    assert.equal(await askRaw(server, `${pathname}api/structure`, { host, origin: 'http://evil.example' }), 403);
    assert.equal(await askRaw(server, `${pathname}api/structure`, { host, origin }), 200);
    const body = JSON.stringify({ photo: 'a/one.jpg', label: 'b', turn: '' });
    const foreign = { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' };
    assert.equal((await ask(server, 'api/corrections', { method: 'POST', body, headers: foreign })).status, 403);
    const form = { 'content-type': 'text/plain' };
    assert.equal((await ask(server, 'api/corrections', { method: 'POST', body, headers: form })).status, 415);
  }));

test('nothing outside of artifacts/ is shown, however it is asked for', () =>
  inServed(async ({ root }, server) => {
    const { pathname } = new URL(server.url);
    symlinkSync(join(root, 'secret.txt'), join(root, 'artifacts', 'link.txt'));
    assert.equal((await ask(server, 'artifacts/resize/a/one.jpg')).status, 200);
    for (const path of ['artifacts/../secret.txt', 'artifacts/%2e%2e/secret.txt', 'artifacts/..%2fsecret.txt']) {
      assert.ok([403, 404].includes(await askRaw(server, `${pathname}${path}`)), path);
    }
    assert.equal(await askRaw(server, `${pathname}artifacts/..%2fsecret.txt`), 403);
    assert.equal(await askRaw(server, `${pathname}artifacts/link.txt`), 403);
    assert.equal(await askRaw(server, `${pathname}thumbnails/..%2fphotos/a/one.jpg`), 403);
    assert.equal((await ask(server, 'api/table/resize')).status, 415);
    assert.equal(await askRaw(server, `${pathname}api/table/..%2fknown.csv`), 403);
    assert.equal(await askRaw(server, `${pathname}artifacts/%E0%A4%A`), 400);
  }));

test('a report that a stage wrote gets neither scripts nor the address of the page', () =>
  inServed(async (_, server) => {
    const { headers } = await ask(server, 'artifacts/predict/predictions.json');
    assert.match(headers.get('content-security-policy') ?? '', /^sandbox;/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    const page = await ask(server, '');
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self'/);
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
  }));

test('thumbnails are made once and follow their photo', () =>
  inServed(async ({ root, write, run }, server) => {
    const first = await fetch(`${server.url}thumbnails/resize/a/one.jpg`);
    assert.equal(first.headers.get('content-type'), 'image/webp');
    const bytes = Buffer.from(await first.arrayBuffer());
    assert.ok(existsSync(join(root, '.flow/cache/thumbnails')));
    const again = Buffer.from(await (await fetch(`${server.url}thumbnails/resize/a/one.jpg`)).arrayBuffer());
    assert.deepEqual(again, bytes);
    write('photos/a/one.jpg', 'no picture any more');
    await run();
    assert.equal((await ask(server, 'thumbnails/resize/a/one.jpg')).status, 415);
  }));

const post = (server: UiServer, path: string, body: unknown) =>
  ask(server, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('a correction is added to the file that only a person writes, and what was there stays', () =>
  inServed(async ({ read, write }, server) => {
    assert.equal((await post(server, 'api/corrections', { photo: 'a/one.jpg', label: 'b', turn: '' })).status, 200);
    assert.equal(read('corrections.csv'), 'photo,label,turn\na/one.jpg,b,\n');
    write('corrections.csv', 'photo,turn,label\n"b/two, too.jpg",90,\nb/two.jpg,,a');
    assert.equal((await post(server, 'api/corrections', { photo: 'a/one.jpg', label: '', turn: '90' })).status, 200);
    assert.equal(read('corrections.csv'), 'photo,turn,label\n"b/two, too.jpg",90,\nb/two.jpg,,a\na/one.jpg,90,\n');
    assert.equal((await post(server, 'api/corrections', { photo: 'b/two.jpg', label: '', turn: '180' })).status, 200);
    assert.equal(read('corrections.csv'), 'photo,turn,label\n"b/two, too.jpg",90,\nb/two.jpg,180,a\na/one.jpg,90,\n');
    write('corrections.csv', 'image,class\n');
    const refused = await post(server, 'api/corrections', { photo: 'a/one.jpg', label: 'b', turn: '' });
    assert.equal(refused.status, 409);
    assert.match(refused.text, /no column photo, label, turn/);
    assert.equal(read('corrections.csv'), 'image,class\n');
    assert.equal((await post(server, 'api/corrections', { photo: 'x', label: 'b', turn: '45' })).status, 400);
  }));

test('a choice is written into pipeline.yaml with its comments, and a wrong one is taken back', () =>
  inServed(async ({ read, run }, server) => {
    const choice = { stage: 'ensemble', members: ['folds@1'] };
    assert.equal((await post(server, 'api/choice', choice)).status, 200);
    const written = read('pipeline.yaml');
    assert.match(written, /logits: \[ ?folds@1\.logits ?\]/);
    assert.match(written, /atLeast: 1, atMost: 1/);
    assert.match(written, /# every photo by itself/);
    assert.match(written, /# all of them/);
    assert.deepEqual(
      (await run()).filter((line) => line.startsWith('ran')),
      ['ran ensemble'],
    );
    const wrong = await post(server, 'api/choice', { stage: 'ensemble', members: ['folds@7'] });
    assert.equal(wrong.status, 422);
    assert.equal(read('pipeline.yaml'), written);
    assert.equal((await post(server, 'api/choice', { stage: 'folds', members: ['folds@1'] })).status, 409);
    assert.equal((await post(server, 'api/choice', { stage: 'ensemble', members: ['; rm -rf'] })).status, 400);
  }));

test('what was never made is no error, and a port that is taken is told as such', () =>
  inProject({ 'pipeline.yaml': pipeline, ...tables }, async (project) => {
    const { root } = project;
    await drawPhotos(project);
    const server = await startServer({ root, settings: { set: [] } }, 0);
    try {
      const read = async (path: string) => {
        const { status, text } = await ask(server, path);
        assert.equal(status, 200, path);
        return JSON.parse(text);
      };
      assert.equal(await read('api/table/dedupe/groups.csv'), null);
      assert.equal(await read('api/input/predict/labels'), null);
      const folders = await read('api/folders');
      assert.ok(folders.length > 0);
      assert.deepEqual(
        folders.filter((folder: object) => 'made' in folder),
        [],
      );
      const console = createTestConsole({ cwd: root });
      const { port } = new URL(server.url);
      assert.equal(await main(['ui', '--port', port], { console }), 2);
      assert.match(console.written().err, new RegExp(`port ${port} is taken by another program`));
      assert.equal(await main(['ui', '--port', '65536'], { console }), 2);
      assert.match(console.written().err, /port 65536 is none: they end at 65535/);
    } finally {
      await server.close();
    }
  }));

test('folders come with their first pictures, of one task or of all', () =>
  inServed(async (_, server) => {
    const read = async (query: string) => JSON.parse((await ask(server, `api/folders${query}`)).text);
    const [resized] = await read('?task=resize');
    assert.equal(resized.made.files, 3);
    assert.deepEqual(resized.made.pictures, ['a/one.jpg', 'b/three.jpg', 'b/two.jpg']);
    assert.deepEqual(await read('?task=no-such'), []);
  }));

test('a pipeline with faults is answered with them', () =>
  inProject({ 'pipeline.yaml': 'stages: { a: { rum: "true", out: b } }' }, async ({ root }) => {
    const server = await startServer({ root, settings: { set: [] } }, 0);
    try {
      const { status, text } = await ask(server, 'api/structure');
      assert.equal(status, 422);
      assert.match(text, /pipeline\.yaml:1:\d+: .*rum/);
    } finally {
      await server.close();
    }
  }));
