import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawLineage } from '../../engine/cli/render/lineage-graph.ts';
import { colourless } from '../../engine/cli/render/paint.ts';
import { renderRow } from '../../engine/cli/render/row.ts';
import { ask, inProject } from './project.ts';

const wide = { paint: colourless, size: () => ({ columns: 200, rows: 24 }) };

/** Photos are measured one by one, grouped in a table, split among two models and scored; nothing of it is known to the engine. */
const pipeline = `
stages:
  size:
    run: 'cat \${p.path} > \${out.small}; echo "{ \\"id\\": \\"x\\", \\"letters\\": $(wc -c < \${p.path}) }" > \${out.facts}'
    each: { p: photos }
    out: { small: "\${p.dir}/\${p.stem}.txt", facts: "\${p.dir}/\${p.stem}.json" }
  groups:
    run: 'printf "photo,seat,stays\\nc/a.jpg,${'1'.repeat(64)},yes\\nb.jpg,${'1'.repeat(64)},no\\nd.jpg,${'2'.repeat(64)},yes\\n" > \${out}'
    in: { photos: size.small }
    out: groups.csv
    rows: photo
  model:
    matrix: { fold: [0, 1] }
    run: 'echo \${with.fold} > \${out.net}; printf "{\\"photo\\":\\"%s\\",\\"logit\\":0.5}\\n" \${with.photo} > \${out.logits}'
    in: { groups: groups }
    with: { fold: $fold, photo: "\${fold}.jpg" }
    out: { net: net.bin, logits: logits.jsonl }
    rows: { logits: photo }
  pasted:
    run: 'printf "photo,front\\nnew.jpg,c/a.jpg\\n" > \${out}'
    in: { groups: groups }
    out: sources.csv
    rows: photo
  scores:
    run: 'printf "[{\\"name\\":\\"c/a.jpg\\",\\"score\\":0.25},{\\"name\\":\\"0.jpg\\",\\"score\\":1}]" > \${out}'
    in: { photos: size.small, groups: groups, logits: model.logits }
    out: scores.json
    rows: name
`;
const files = { 'pipeline.yaml': pipeline, 'photos/c/a.jpg': 'aaa', 'photos/b.jpg': 'bb', 'photos/d.jpg': 'd' };

const digits = (text: string) => text.replaceAll(/ {2}[0-9a-f]{12}/g, '');

test('a row is followed through tables and items to its source, with its group and what was made of it', () =>
  inProject(files, async (project) => {
    await project.run();
    const answer = await ask(project, (opened) => opened.lineageOfRow('scores', 'c/a.jpg'));
    assert.equal(
      digits(renderRow(answer, wide)),
      `artifacts/scores/scores.json  by scores
│   name: c/a.jpg, score: 0.25
├─ photos: artifacts/size/small/c/a.txt  3 B  by size
│  │   beside it: facts  28 B  id: x, letters: 3
│  └─ p: photos/c/a.jpg  3 B  source
├─ groups: artifacts/groups/groups.csv  by groups
│  │   photo: c/a.jpg, seat: 111111111111, stays: yes
│  │   of one group with
│  │     photo: b.jpg, seat: 111111111111, stays: no
│  └─ photos: artifacts/size/small/c/a.txt  3 B  by size  (above)
├─ logits: artifacts/model/fold=0/logits.jsonl  by model@0
└─ logits: artifacts/model/fold=1/logits.jsonl  by model@1
named by pasted in 1 row
    photo: new.jpg, front: c/a.jpg
`,
    );
    const model = await ask(project, (opened) => opened.lineageOfRow('model', '0.jpg'));
    assert.deepEqual(
      model.nodes.map(({ artifact, rows, beside }) => [artifact, rows, beside?.map(({ out }) => out)]),
      [['artifacts/model/fold=0/logits.jsonl', [{ photo: '0.jpg', logit: 0.5 }], ['net']]],
    );
    const item = await ask(project, (opened) => opened.lineageOfRow('size', 'b.jpg'));
    assert.deepEqual(
      item.nodes.map(({ file }) => file?.path),
      ['b.txt'],
    );
    await assert.rejects(
      ask(project, (opened) => opened.lineageOfRow('scores', 'a.jpg')),
      /scores holds nothing of 'a\.jpg'/,
    );
  }));

test('the way of a row is that of its run, whatever changed since', () =>
  inProject(files, async (project) => {
    await project.run();
    const first = project.events().find((event) => event.kind === 'finished' || event.kind === 'run-started');
    assert.ok(first?.kind === 'run-started');
    project.write('photos/c/a.jpg', 'longer');
    await project.run();
    const bytes = async (reference: string) => {
      const { nodes } = await ask(project, (opened) => opened.lineageOfRow(reference, 'c/a.jpg'));
      return nodes[0]?.inputs[0]?.node.file?.bytes;
    };
    assert.equal(await bytes('size.small'), 6);
    assert.equal(await bytes(`${first.run}:size.small`), 3);
    const before = await ask(project, (opened) => opened.lineage(`${first.run}:scores`));
    const after = await ask(project, (opened) => opened.lineage('scores'));
    assert.notEqual(before.inputs[0]?.node.digest, after.inputs[0]?.node.digest);
    await assert.rejects(
      ask(project, (opened) => opened.lineage('20000101-000000-000abc:scores')),
      /there is no run/,
    );
  }));

test('downwards stands what was made of an artifact, in all of history', () =>
  inProject(files, async (project) => {
    await project.run();
    const down = await ask(project, (opened) => opened.lineageDown('groups'));
    const names = down.inputs.map(({ node }) => node.artifact).sort();
    assert.deepEqual(names, [
      'artifacts/model/fold=0/logits.jsonl',
      'artifacts/model/fold=0/net.bin',
      'artifacts/model/fold=1/logits.jsonl',
      'artifacts/model/fold=1/net.bin',
      'artifacts/pasted/sources.csv',
      'artifacts/scores/scores.json',
    ]);
    const logits = down.inputs.find(({ node }) => node.artifact === 'artifacts/model/fold=0/logits.jsonl')?.node;
    assert.deepEqual(
      logits?.inputs.map(({ node }) => node.artifact),
      ['artifacts/scores/scores.json'],
    );
  }));

test('of a source is told who reads it and what was made from it, now or ever', () =>
  inProject(files, async (project) => {
    await project.run();
    const of = (path: string, isWhole = false) =>
      ask(project, async (opened) => {
        const answer = await opened.lineageOfSource(path, isWhole);
        if (answer === undefined) return undefined;
        if ('nodes' in answer) return digits(renderRow(answer, wide));
        return answer.inputs.map(({ name, node }) => `${name} ${node.artifact}`);
      });
    assert.deepEqual(await of('photos'), ['p artifacts/size/small', 'p artifacts/size/facts']);
    assert.equal(
      await of('./photos/c/a.jpg'),
      `photos/c/a.jpg  3 B  source
├─ p: artifacts/size/small/c/a.txt  3 B  by size
│  ├─ photos: artifacts/groups/groups.csv  by groups
│  │  │   photo: c/a.jpg, seat: 111111111111, stays: yes
│  │  │   of one group with
│  │  │     photo: b.jpg, seat: 111111111111, stays: no
│  │  ├─ groups: artifacts/pasted/sources.csv  by pasted
│  │  │      photo: new.jpg, front: c/a.jpg
│  │  └─ groups: artifacts/scores/scores.json  by scores
│  │         name: c/a.jpg, score: 0.25
│  └─ photos: artifacts/scores/scores.json  by scores  (above)
└─ p: artifacts/size/facts/c/a.json  28 B  by size
       id: x, letters: 3
`,
    );
    for (const stage of ['size', 'sizes', 'artifacts/size']) assert.equal(await of(stage), undefined);
    await assert.rejects(of('photos/c'), /'photos\/c' is a folder in photos/);
    await assert.rejects(of('photos/x.jpg'), /photos held no such file as 'photos\/x.jpg' when size read it/);
    await assert.rejects(of('nowhere/x.jpg'), /no stage has read/);
    // A changed file was never read as it is now; what was made of the former contents is told until a run.
    project.write('photos/c/a.jpg', 'aaaa');
    await project.run();
    assert.equal(((await of('photos', true)) as string[]).length, 4);
    assert.equal(((await of('photos')) as string[]).length, 2);
  }));

test('of a row of an artifact is told downwards, too, what was made from it', () =>
  inProject(files, async (project) => {
    await project.run();
    const down = (artifact: string, id: string) =>
      ask(project, async (opened) => digits(renderRow(await opened.lineageDownOfRow(artifact, id), wide)));
    assert.equal(
      await down('groups', 'b.jpg'),
      `artifacts/groups/groups.csv  by groups
    photo: b.jpg, seat: 111111111111, stays: no
    of one group with
      photo: c/a.jpg, seat: 111111111111, stays: yes
`,
    );
    await assert.rejects(down('groups', 'b.jp'), /groups holds nothing of 'b\.jp'/);
  }));

test('what holds nothing of a row is told where it alone leads to what does', () =>
  inProject(
    {
      'pipeline.yaml': `
stages:
  blob: { run: 'cat \${in.photos}/* > \${out}', in: { photos: photos }, out: blob.bin }
  dead: { run: 'cp \${in.blob} \${out}', in: { blob: blob }, out: dead.bin }
  names: { run: 'printf "photo\\na.jpg\\n" > \${out}; : \${in.blob}', in: { blob: blob }, out: names.csv, rows: photo }
`,
      'photos/a.jpg': 'a',
    },
    async (project) => {
      await project.run();
      const answer = await ask(project, (opened) => opened.lineageOfSource('photos/a.jpg', false));
      assert.ok(answer && 'nodes' in answer);
      assert.equal(
        digits(renderRow(answer, wide)),
        `photos/a.jpg  1 B  source
└─ photos: artifacts/blob/blob.bin  by blob
   └─ blob: artifacts/names/names.csv  by names
          photo: a.jpg
`,
      );
    },
  ));

test('PROV-JSON names each artifact, task and host once, and relates only what it names', () =>
  inProject(files, async (project) => {
    await project.run();
    const node = await ask(project, (opened) => opened.lineage('scores'));
    const prov = JSON.parse(drawLineage(node, 'prov', false)) as Record<string, Record<string, Record<string, string>>>;
    const ids = (kind: string) => new Set(Object.keys(prov[kind] ?? {}));
    const [entities, activities, agents] = [ids('entity'), ids('activity'), ids('agent')];
    // scores, small, photos, groups and two logits; scores, size, groups and two models.
    assert.deepEqual([entities.size, activities.size, agents.size], [6, 5, 1]);
    for (const id of [...entities, ...activities, ...agents]) assert.match(id, /^flow:\w+$/);
    for (const relation of ['used', 'wasGeneratedBy', 'wasAssociatedWith']) {
      assert.ok(Object.keys(prov[relation] ?? {}).length > 0, relation);
      for (const related of Object.values(prov[relation] ?? {})) {
        assert.ok(activities.has(related['prov:activity'] ?? ''), relation);
        if (relation === 'wasAssociatedWith') assert.ok(agents.has(related['prov:agent'] ?? ''));
        else assert.ok(entities.has(related['prov:entity'] ?? ''));
      }
    }
    for (const { 'prov:startTime': start = '', 'prov:endTime': end = '' } of Object.values(prov.activity ?? {})) {
      assert.ok(Date.parse(start) <= Date.parse(end));
    }
    const generated = Object.values(prov.wasGeneratedBy ?? {}).map((relation) => relation['prov:entity']);
    assert.equal(new Set(generated).size, entities.size - 1, 'all but the source');
    const dot = drawLineage(node, 'dot', false);
    assert.equal(dot.match(/^ {2}[at]\d+ \[/gm)?.length, 11);
    assert.match(drawLineage(node, 'mermaid', false), /^flowchart LR\n/);
  }));
