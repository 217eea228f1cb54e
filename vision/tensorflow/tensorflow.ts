/**
 * TensorFlow's room: facts for keys, preparation, and the import. Nothing here imports TensorFlow before `loadTensorflow`.
 */
export { type TensorflowFacts, tensorflowFacts, tensorflowVariables } from './facts.ts';
export { type LoadRequest, loadTensorflow, type Tensorflow } from './load.ts';
export type { Preparation } from './preparation.ts';
export { prepareTensorflow } from './prepare.ts';
export { tensorflowReport } from './report.ts';
