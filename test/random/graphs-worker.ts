import { checkRandomGraphs } from './graphs.ts';

const [start, end] = process.argv.slice(2).map(Number) as [number, number];
await checkRandomGraphs({ cases: end - start, kills: true, size: 6 });
