import { killAndGoOn, kills } from './kills.ts';

const [start, end] = process.argv.slice(2).map(Number) as [number, number];
await killAndGoOn(kills, { start, end });
