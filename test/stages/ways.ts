/** The whole way of every photo of a finished run of the shipped pipeline, as `flow lineage` tells it. */
import assert from 'node:assert/strict';
import { openProject } from '../../engine/engine.ts';
import { readTable } from '../../engine/lineage/tables.ts';
import type { JsonObject } from '../../engine/model/names.ts';
import type { RowNode } from '../../engine/model/provenance.ts';

/** Every node of the tree. */
function nodesOf(node: RowNode, found: Set<RowNode> = new Set()): Set<RowNode> {
  if (found.has(node)) return found;
  found.add(node);
  for (const input of node.inputs) nodesOf(input.node, found);
  return found;
}

const stageOf = (node: RowNode) => node.made?.task.split('@')[0] ?? 'source';

/** Gives how many test and training photos were followed; throws where a way has a gap. */
export async function checkWays(root: string): Promise<{ readonly test: number; readonly train: number }> {
  const project = await openProject({ root, settings: { set: [] } });
  const table = async (artifact: string, path: string): Promise<readonly JsonObject[]> =>
    readTable(Buffer.from(await project.cat(artifact)).toString(), path) ?? [];
  try {
    const choice = await table('ensemble.choice', 'choice.json');
    const predictions = await table('predict.predictions', 'predictions.json');
    for (const prediction of predictions) await checkTestPhoto(prediction, choice.length);
    const labels = await table('distill', 'labels.csv');
    const groups = await table('dedupe.groups', 'groups.csv');
    const pasted = await table('cutmix.sources', 'sources.csv');
    for (const label of labels) await checkTrainingPhoto(label, groups, pasted);
    return { test: predictions.length, train: labels.length };
  } finally {
    await project.close();
  }

  async function wayOf(artifact: string, photo: string) {
    const answer = await project.lineageOfRow(artifact, photo);
    const nodes = answer.nodes.flatMap((node) => [...nodesOf(node)]);
    const held = (stage: string) => nodes.filter((node) => stageOf(node) === stage && (node.file || node.rows));
    assert.ok(
      held('sample').some(({ file }) => (file?.bytes ?? 0) > 0),
      `${photo}: its source file with its size`,
    );
    return { answer, nodes, held };
  }

  async function checkTestPhoto({ image_name: name, score }: JsonObject, members: number): Promise<void> {
    const photo = String(name);
    const { answer, held } = await wayOf('predict', photo);
    assert.equal(answer.nodes[0]?.rows?.[0]?.score, score, `${photo}: its score`);
    const resized = held('resizeTest').find(({ file }) => file && !file.path.endsWith('.json'));
    assert.ok((resized?.file?.bytes ?? 0) > 0, `${photo}: its size after`);
    const facts = resized?.beside?.[0]?.file?.value as JsonObject | undefined;
    assert.ok(Number(facts?.width) > 0 && Number(facts?.resizedWidth) > 0, `${photo}: its sides before and after`);
    const logits = held('testLogits');
    assert.equal(logits.length, members, `${photo}: logits of each member`);
    for (const member of logits) {
      const value = member.file?.value as JsonObject;
      assert.ok(value.photo === photo && Object.keys(value.logits ?? {}).length > 0, `${photo}: the logits themselves`);
      const model = member.inputs.find((input) => input.name === 'model')?.node;
      assert.match(`${model?.made?.task} ${model?.whole}`, /^folds2?@\d [0-9a-f]{64}$/, `${photo}: the member's model`);
    }
  }

  async function checkTrainingPhoto(
    label: JsonObject,
    groups: readonly JsonObject[],
    pasted: readonly JsonObject[],
  ): Promise<void> {
    const photo = String(label.photo);
    const { answer, held } = await wayOf('distill', photo);
    assert.deepEqual(answer.nodes[0]?.rows?.[0], label, `${photo}: its soft label`);
    const resized = held('resize').find(({ file }) => file && !file.path.endsWith('.json'));
    assert.ok((resized?.file?.bytes ?? 0) > 0 && resized?.beside?.[0]?.file?.value, `${photo}: its sizes`);
    const [place] = held('split').flatMap(({ rows = [] }) => rows);
    assert.ok(place?.part === 'board' || place?.fold !== undefined, `${photo}: its fold`);
    const [group] = held('dedupe');
    const seat = group?.rows?.[0]?.seat;
    const others = groups.filter((row) => row.seat === seat && row.photo !== photo);
    assert.deepEqual(group?.kin ?? [], others, `${photo}: its group`);
    const stays = [...(group?.rows ?? []), ...others].filter((row) => row.stays === 'yes');
    assert.equal(stays.length, 1, `${photo}: who stayed`);
    const opinions = held('folds').filter(({ rows }) => rows?.some(({ part }) => part === 'oof'));
    assert.equal(opinions.length, place?.part === 'board' ? 0 : 1, `${photo}: who gave the soft label`);
    for (const { beside } of opinions)
      assert.ok(
        beside?.some(({ out }) => out === 'model'),
        `${photo}: its model`,
      );
    const made = pasted.filter(({ front, back }) => front === photo || back === photo);
    const named = answer.mentions.find(({ task }) => task === 'cutmix')?.rows ?? [];
    assert.deepEqual(named, made, `${photo}: pasted photos made of it`);
  }
}
