import { imageFacts } from '../images/facts.ts';
import { tensorflowFacts } from '../tensorflow/tensorflow.ts';

/** What a stage that opens photos and runs a network brings into its key: versions of both libraries, and their files. */
export function libraryFacts({ threads }: { readonly threads: number }) {
  const [tensorflow, images] = [tensorflowFacts({ threads }), imageFacts()];
  return { facts: { ...tensorflow.facts, ...images.facts }, files: [...tensorflow.files, ...images.files] };
}
